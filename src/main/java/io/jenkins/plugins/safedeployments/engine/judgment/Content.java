package io.jenkins.plugins.safedeployments.engine.judgment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What is judged.
 *
 * @param app the application
 * @param target {@code addressbook in shop on production}
 * @param release number of the release
 * @param image as the release has it
 * @param digests of the images that the canary's pods run, as they report them
 * @param manifests SHA-256 of what is applied, in hexadecimal
 * @param phase where the release is
 * @param maker id of the actor that made the release; empty in what was asked before it was kept
 * @param findings what was found out about it; null in what was asked before it was kept, which is bound to none
 */
public record Content(
        String app,
        String target,
        int release,
        String image,
        List<String> digests,
        String manifests,
        String phase,
        String maker,
        @CheckForNull Findings findings) {

    public Content {
        digests = List.copyOf(digests);
        maker = maker == null ? "" : maker;
    }

    /**
     * What was found out about a release, and is seen by who judges it.
     *
     * @param tests how each test in its canary has ended, {@code 'npm run ping' passed}, sorted. Why one has failed is not part
     *     of it, since the next run of the same test may say it in other words
     * @param evidence hash of where the evidence is kept that was collected of it, and of the cause that this gives; empty if
     *     none was. Not of its files: the same evidence collected again has other pods and times in it
     */
    public record Findings(List<String> tests, String evidence) {

        public Findings {
            tests = List.copyOf(tests);
        }

        static Findings of(Release release) {
            List<String> tests = release.tested().results().stream()
                    .map(result ->
                            "'" + InertText.oneLine(result.name()) + "' " + (result.passed() ? "passed" : "failed"))
                    .sorted()
                    .toList();
            String kept = release.facts().evidence();
            return new Findings(tests, kept.isEmpty() ? "" : hash(List.of(kept, release.cause())));
        }

        private List<String> changes(Findings before) {
            List<String> changes = new ArrayList<>();
            for (String test : tests) {
                if (!before.tests.contains(test)) {
                    changes.add("test " + test);
                }
            }
            if (changes.isEmpty() && !tests.equals(before.tests)) {
                changes.add("the tests are others");
            }
            if (!evidence.equals(before.evidence)) {
                changes.add(before.evidence.isEmpty() ? "evidence was collected" : "the evidence is another");
            }
            return changes;
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** What a release is. */
    @NonNull
    public static Content of(Target target, Release release) {
        return new Content(
                target.app(),
                target.toString(),
                release.number(),
                release.plan().image(),
                release.facts().digests(),
                hash(applied(release.plan())),
                release.phase().name(),
                release.origin().id(),
                Findings.of(release));
    }

    private static List<Object> applied(Plan plan) {
        return List.of(plan.canary(), plan.stable(), plan.canarySupport(), plan.stableSupport(), plan.canaryReplicas());
    }

    private static String hash(List<?> values) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(JSON.writeValueAsBytes(values));
            return HexFormat.of().formatHex(digest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists and texts are always JSON", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What somebody who looks at it is shown, in short. */
    @NonNull
    public String shown() {
        List<Object> seen = new ArrayList<>(List.of(target, digests, phase));
        if (findings != null) {
            seen.addAll(List.of(findings.tests(), findings.evidence()));
        }
        return release + "-" + manifests + "-" + hash(seen);
    }

    /** {@code release 17 (registry/app:1.4) of addressbook in shop}. */
    @NonNull
    public String title() {
        return "release " + release + " (" + image + ") of " + target;
    }

    /** Whether it is the same that is released, wherever the release may be by now. */
    public boolean isSameRelease(Content other) {
        return target.equals(other.target)
                && release == other.release
                && image.equals(other.image)
                && digests.equals(other.digests)
                && manifests.equals(other.manifests);
    }

    /**
     * What has changed since, in words: {@code the image is registry/app:1.5 instead of registry/app:1.4}. Empty if it is nothing
     * that a vote was about.
     */
    @NonNull
    public String changes(Content before) {
        List<String> changes = new ArrayList<>();
        if (!target.equals(before.target)) {
            changes.add("it is for " + target + " instead of " + before.target);
        }
        if (release != before.release) {
            changes.add("it is release " + release + " instead of " + before.release);
        }
        if (!image.equals(before.image)) {
            changes.add("the image is " + image + " instead of " + before.image);
        }
        if (!digests.equals(before.digests)) {
            changes.add("the pods run another digest of the image");
        }
        if (!phase.equals(before.phase)) {
            changes.add("it is " + phase + " instead of " + before.phase);
        }
        if (!manifests.equals(before.manifests)) {
            changes.add("the manifests are others");
        }
        // what is found out about another release tells nothing of this one
        if (findings != null && before.findings != null && target.equals(before.target) && release == before.release) {
            changes.addAll(findings.changes(before.findings));
        }
        return String.join(", ", changes);
    }
}

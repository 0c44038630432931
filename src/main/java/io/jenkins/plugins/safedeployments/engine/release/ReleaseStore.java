package io.jenkins.plugins.safedeployments.engine.release;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The releases of one application, one Secret each in its namespace, as gzipped JSON. Secrets, because rendered manifests
 * may hold what nobody else should read; one each, because together they would outgrow an object's 1 MiB.
 */
public final class ReleaseStore {

    /** As many as Helm keeps. */
    private static final int KEPT = 10;

    /** What the data of a Secret may have; in text it is a third more. */
    private static final int MAX_SECRET = 1024 * 1024;

    private static final int MAX_RECORD = 64 * 1024 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Cluster cluster;
    private final String app;

    /** The records as they were last seen or written here, by their number. */
    private final Map<Integer, KubeObject> known = new HashMap<>();

    public ReleaseStore(Cluster cluster, String app) {
        this.cluster = cluster;
        this.app = app;
    }

    /** The release of a number, or empty if there is none, or none any more. */
    @NonNull
    public Optional<Release> get(int number) {
        return look(number).map(ReleaseStore::decode);
    }

    private Optional<KubeObject> look(int number) {
        known.remove(number);
        Optional<KubeObject> seen = cluster.get(Kind.SECRET, Names.secret(app, number));
        seen.ifPresent(secret -> known.put(number, secret));
        return seen;
    }

    /** All releases that are kept, the newest first. */
    @NonNull
    public List<Release> list() {
        List<Release> releases = new ArrayList<>();
        for (KubeObject secret : cluster.list(Kind.SECRET, Names.APP, app)) {
            Release release = decode(secret);
            releases.add(release);
            known.put(release.number(), secret);
        }
        releases.sort(Comparator.comparingInt(Release::number).reversed());
        return releases;
    }

    /**
     * Writes the record, whether or not there is one of its number: only who holds the claim on the target writes, so the
     * last word is right; one from before a change of holder is refused by the fencing number it is written with.
     *
     * @throws FencedException if the record was last written by a later holder of the claim
     */
    public void put(Release release, int fence) {
        KubeObject secret = encode(release, fence);
        int number = release.number();
        if (!known.containsKey(number)) {
            try {
                known.put(number, cluster.create(secret));
                return;
            } catch (ClusterException e) {
                if (e.reason() != Reason.ALREADY_EXISTS) {
                    throw e;
                }
                // our own first try, whose answer was lost; or somebody who is about to be fenced off
            }
        }
        KubeObject seen = look(number)
                .orElseThrow(() -> new ClusterException(
                        Reason.CONFLICT, "Secret " + secret.name() + " was deleted meanwhile", null));
        Fence.check(seen, fence);
        update(number, seen, secret);
    }

    private void update(int number, KubeObject seen, KubeObject secret) {
        known.remove(number);
        known.put(
                number,
                cluster.update(secret.with(seen.uid(), "metadata", "uid")
                        .with(seen.resourceVersion(), "metadata", "resourceVersion")));
    }

    /**
     * Changes the record from what it is at this moment: unlike {@link #put} it keeps what others wrote under the same
     * fencing number. Refused as a conflict if somebody writes at the same time.
     *
     * @param before the record as it was, from which it is made again if somebody has deleted it
     * @param change gives the very same release if there is nothing to change; may be asked twice
     * @return the record as it is after it
     * @throws FencedException if the record was last written by a later holder of the claim
     */
    @NonNull
    public Release change(Release before, int fence, UnaryOperator<Release> change) {
        int number = before.number();
        KubeObject last = known.get(number);
        if (last != null) {
            // what was seen before does for a write, which is refused if it is true no more; not for doing nothing
            try {
                Release now = decode(last);
                Release next = change.apply(now);
                if (!next.equals(now)) {
                    Fence.check(last, fence);
                    update(number, last, encode(next, fence));
                    return next;
                }
            } catch (ClusterException e) {
                if (e.reason() != Reason.CONFLICT && e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        Optional<KubeObject> seen = look(number);
        if (seen.isEmpty()) {
            Release next = change.apply(before);
            known.put(number, cluster.create(encode(next, fence)));
            return next;
        }
        Fence.check(seen.get(), fence);
        Release now = decode(seen.get());
        Release next = change.apply(now);
        if (!next.equals(now)) {
            update(number, seen.get(), encode(next, fence));
        }
        return next;
    }

    /**
     * Forgets the oldest releases beyond the number that is kept, but never the last good one.
     *
     * @param stable the Deployment, whose release is not forgotten either: it may be an old one, returned to; null if there is none
     */
    public void prune(@CheckForNull KubeObject stable) {
        String serving = stable == null ? null : stable.annotation(Names.RELEASE);
        List<KubeObject> secrets = new ArrayList<>(cluster.list(Kind.SECRET, Names.APP, app));
        secrets.sort(Comparator.comparingInt(ReleaseStore::number));
        String lastGood = secrets.stream()
                .filter(secret -> Phase.PROMOTED
                        .name()
                        .equals(secret.map("metadata", "labels").get(Names.PHASE)))
                .reduce((older, newer) -> newer)
                .map(KubeObject::name)
                .orElse("");
        for (KubeObject secret : secrets.subList(0, Math.max(0, secrets.size() - KEPT))) {
            boolean serves = serving != null && serving.equals(secret.annotation(Names.RELEASE));
            if (!serves && !secret.name().equals(lastGood)) {
                cluster.delete(secret);
            }
        }
    }

    private static int number(KubeObject secret) {
        try {
            return Integer.parseInt(String.valueOf(secret.annotation(Names.RELEASE)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private KubeObject encode(Release release, int fence) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
            zipped.write(JSON.writeValueAsBytes(release));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a release is always JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (bytes.size() > MAX_SECRET) {
            throw new UserException("The record of " + release.title() + " would have " + bytes.size() / 1024
                    + " KiB, and a Secret holds " + MAX_SECRET / 1024
                    + ": it keeps all manifests of the release, so take out of 'manifests' what is big and does not"
                    + " belong to its version, such as ConfigMaps with data.");
        }
        return KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "type",
                Names.SECRET_TYPE,
                "metadata",
                Map.of(
                        "name", Names.secret(app, release.number()),
                        "namespace", cluster.namespace(),
                        "labels",
                                Map.of(
                                        Names.APP,
                                        app,
                                        Names.PHASE,
                                        release.phase().name()),
                        "annotations",
                                Map.of(
                                        Names.RELEASE, Integer.toString(release.number()),
                                        Names.FENCE, Integer.toString(fence))),
                "data",
                Map.of("release", Base64.getEncoder().encodeToString(bytes.toByteArray()))));
    }

    private static Release decode(KubeObject secret) {
        try (GZIPInputStream zipped = new GZIPInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(secret.string("data", "release"))))) {
            JsonNode tree = JSON.readTree(zipped.readNBytes(MAX_RECORD));
            if (tree.path("format").asInt() > Release.FORMAT) {
                throw new UserException(secret + " was written by a newer version of the plugin: update this Jenkins.");
            }
            if (tree.hasNonNull("plan") && tree.hasNonNull("phase") && tree.hasNonNull("origin")) {
                return JSON.treeToValue(tree, Release.class);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(secret, e);
        }
        throw damaged(secret, null);
    }

    private static UserException damaged(KubeObject secret, @CheckForNull Exception cause) {
        return new UserException(secret + " is no readable release record: delete it if it is damaged.", cause);
    }
}

package io.jenkins.plugins.safedeployments.engine.release;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The claim of one release on its target: a Lease whose holder is the release, not a build. It does not expire while
 * people and clocks are waited for, and it is taken over by compare-and-swap only.
 *
 * <p>The Lease stays when nobody holds it, since it also counts the releases and the fencing numbers.
 */
public final class Claim {

    private static final int ATTEMPTS = 8;

    private final Cluster cluster;
    private final String app;

    public Claim(Cluster cluster, String app) {
        this.cluster = cluster;
        this.app = app;
    }

    /**
     * What the Lease says.
     *
     * @param holder number of the release that holds the target; 0 if none does
     * @param lastRelease the highest number ever given to a release of the target
     * @param fence the fencing number: how often the holder, or who acts for it, has changed
     * @param operation what is or was last done for the release: {@code canaryDeploy}, {@code promoteStable} …
     * @param actor id of who does it
     * @param run for people
     * @param runUrl of the run; may be empty
     * @param since when the release got the claim, ISO 8601
     */
    public record State(
            int holder,
            int lastRelease,
            int fence,
            String operation,
            String actor,
            String run,
            String runUrl,
            String since) {

        /** {@code release 17, held by shop/release #4 (canaryDeploy) since 2026-01-02T03:04:05Z}. */
        public String text() {
            return "release " + holder + ", by " + run + " (" + operation + ") since " + since;
        }
    }

    /** What the claim says now. */
    @NonNull
    public State look() {
        return cluster.get(Kind.LEASE, Names.lease(app)).map(Claim::state).orElseGet(this::recovered);
    }

    /**
     * Gives a new release its number and the target; or, to who is the very actor of the release that holds it, the same
     * number again.
     *
     * @return the claim, or empty together with nothing changed if another release holds the target
     */
    @NonNull
    public State begin(String operation, Actor actor, Instant now) {
        return change(now, state -> {
            if (state.holder() != 0 && !state.actor().equals(actor.id())) {
                return null;
            }
            int number = state.holder() != 0 ? state.holder() : state.lastRelease() + 1;
            return taken(state, number, operation, actor, state.holder() != 0 ? state.since() : now.toString());
        });
    }

    /**
     * Makes {@code actor} the one who acts for the release that holds the target; whoever did so before is fenced off.
     *
     * @return the claim as it is after it, held by another release or none if {@code release} does not hold the target
     */
    @NonNull
    public State act(int release, String operation, Actor actor, Instant now) {
        return change(
                now,
                state -> state.holder() == release ? taken(state, release, operation, actor, state.since()) : null);
    }

    /** @throws FencedException if somebody else took the claim over since {@code fence} was its fencing number */
    public void check(int fence) {
        check(look(), fence);
    }

    private void check(State state, int fence) {
        if (state.fence() > fence) {
            throw new FencedException("Another operation took over the claim on " + app + " (fencing number "
                    + state.fence() + ", ours is " + fence + "): this one stops and changes nothing more.");
        }
    }

    /** Gives the target free, if {@code fence} is still the fencing number of the claim. */
    public void release(int fence, Instant now) {
        change(now, state -> {
            check(state, fence);
            return state.holder() == 0
                    ? null
                    : new State(
                            0,
                            state.lastRelease(),
                            state.fence(),
                            state.operation(),
                            state.actor(),
                            state.run(),
                            state.runUrl(),
                            state.since());
        });
    }

    private static State taken(State state, int number, String operation, Actor actor, String since) {
        return new State(
                number,
                Math.max(state.lastRelease(), number),
                state.fence() + 1,
                operation,
                actor.id(),
                actor.text(),
                actor.url(),
                since);
    }

    /** Reads, decides, writes if the decision is not null, and begins anew if another was quicker. */
    private State change(Instant now, UnaryOperator<State> decision) {
        ClusterException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            KubeObject seen = cluster.get(Kind.LEASE, Names.lease(app)).orElse(null);
            State state = seen == null ? recovered() : state(seen);
            State next = decision.apply(state);
            if (next == null) {
                return state;
            }
            try {
                KubeObject lease = lease(next, now);
                if (seen == null) {
                    cluster.create(lease);
                } else {
                    cluster.update(lease.with(seen.uid(), "metadata", "uid")
                            .with(seen.resourceVersion(), "metadata", "resourceVersion"));
                }
                return next;
            } catch (ClusterException e) {
                if (e.reason() != Reason.CONFLICT && e.reason() != Reason.ALREADY_EXISTS) {
                    throw e;
                }
                last = e;
            }
        }
        throw new ClusterException(
                Reason.UNAVAILABLE,
                "The claim on " + app + " changed " + ATTEMPTS + " times while it was being taken",
                last);
    }

    private KubeObject lease(State state, Instant now) {
        Map<String, Object> spec = new HashMap<>();
        spec.put("leaseTransitions", state.fence());
        if (state.holder() != 0) {
            spec.put("holderIdentity", "release-" + state.holder());
            spec.put(
                    "acquireTime",
                    java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                            .withZone(java.time.ZoneOffset.UTC)
                            .format(now));
        }
        return KubeObject.of(Map.of(
                "apiVersion", Kind.LEASE.apiVersion(),
                "kind", Kind.LEASE.kind(),
                "metadata",
                        Map.of(
                                "name", Names.lease(app),
                                "namespace", cluster.namespace(),
                                "labels", Map.of(Names.APP, app),
                                "annotations",
                                        Map.of(
                                                Names.RELEASE, Integer.toString(state.holder()),
                                                Names.LAST_RELEASE, Integer.toString(state.lastRelease()),
                                                Names.OPERATION, state.operation(),
                                                Names.ACTOR, state.actor(),
                                                Names.RUN, state.run(),
                                                Names.RUN_URL, state.runUrl(),
                                                Names.SINCE, state.since())),
                "spec", spec));
    }

    /** Without a Lease there was no release yet; or somebody has deleted it, and the records tell what it said. */
    private State recovered() {
        int last = 0;
        int fence = 0;
        boolean over = true;
        for (KubeObject record : cluster.list(Kind.SECRET, Names.APP, app)) {
            fence = Math.max(fence, number(record, Names.FENCE));
            int number = number(record, Names.RELEASE);
            if (number > last) {
                last = number;
                Object phase = record.map("metadata", "labels").get(Names.PHASE);
                over = Arrays.stream(Phase.values())
                        .anyMatch(known -> known.isFinal() && known.name().equals(phase));
            }
        }
        return new State(over ? 0 : last, last, fence, "", "", last == 0 ? "" : "a run that is not known", "", "");
    }

    private static State state(KubeObject lease) {
        return new State(
                number(lease, Names.RELEASE),
                number(lease, Names.LAST_RELEASE),
                lease.integer(0, "spec", "leaseTransitions"),
                text(lease, Names.OPERATION),
                text(lease, Names.ACTOR),
                text(lease, Names.RUN),
                text(lease, Names.RUN_URL),
                text(lease, Names.SINCE));
    }

    private static String text(KubeObject lease, String annotation) {
        String value = lease.annotation(annotation);
        return value == null ? "" : value;
    }

    private static int number(KubeObject lease, String annotation) {
        try {
            return Integer.parseInt(text(lease, annotation));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

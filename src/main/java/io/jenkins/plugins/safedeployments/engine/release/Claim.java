package io.jenkins.plugins.safedeployments.engine.release;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    /** The Lease as it was last seen or written here; null if it has to be looked at. */
    private KubeObject known;

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
     * @param job full name of the job that made the last release; may be empty
     * @param build number of the run that made it; 0 if it is not known
     * @param waiting who waits for the target to become free, in order
     */
    public record State(
            int holder,
            int lastRelease,
            int fence,
            String operation,
            String actor,
            String run,
            String runUrl,
            String since,
            String job,
            int build,
            List<Waiting> waiting) {

        public State {
            waiting = List.copyOf(waiting);
        }

        /** {@code release 17, by shop/release #4 (canaryDeploy) since 2026-01-02T03:04:05Z}. */
        public String text() {
            return "release " + holder + ", by " + run + " (" + operation + ") since " + since;
        }

        /** Whether {@code who} is the one who acts for the release that holds the target. */
        public boolean isActedOnBy(Actor who) {
            return actor.equals(who.id());
        }

        private State with(List<Waiting> queue) {
            return new State(holder, lastRelease, fence, operation, actor, run, runUrl, since, job, build, queue);
        }

        private State free() {
            return new State(0, lastRelease, fence, operation, actor, run, runUrl, since, job, build, waiting);
        }

        /** Acted on by {@code who} from now on, which raises the fencing number. */
        private State taken(int number, String what, Actor who, String from) {
            boolean begun = number > lastRelease;
            return new State(
                    number,
                    Math.max(lastRelease, number),
                    fence + 1,
                    what,
                    who.id(),
                    who.text(),
                    who.url(),
                    from,
                    begun ? who.job() : job,
                    begun ? who.build() : build,
                    begun ? without(who.id()) : waiting);
        }

        private List<Waiting> without(String id) {
            return waiting.stream().filter(w -> !w.actor().equals(id)).toList();
        }
    }

    /**
     * Somebody who waits for the target.
     *
     * @param actor id of who waits
     * @param run for people
     */
    public record Waiting(String actor, String run) {}

    /** Name of the Lease that holds the claim on an application. */
    @NonNull
    public static String leaseName(String app) {
        return Names.lease(app);
    }

    /** What the claim says now. */
    @NonNull
    public State look() {
        known = cluster.get(Kind.LEASE, Names.lease(app)).orElse(null);
        return known == null ? recovered() : ClaimLease.state(known);
    }

    /** What the claim has been seen to say, where it may be behind for some milliseconds: writes are refused by what it is. */
    @NonNull
    public State seenIn(ClusterReader seen) {
        return seen.get(Kind.LEASE, Names.lease(app)).map(ClaimLease::state).orElseGet(this::look);
    }

    /**
     * Gives a new release its number and the target; or, to who is the very actor of the release that holds it, the same
     * number again.
     *
     * @param number that the release is to get, by what was seen before; if the target had another release since, this
     *     changes nothing
     * @param evenIfOlder whether a run may release although a later one of its job has done so
     * @return the claim; with nothing changed, and not by this actor, if it does not get the target
     * @throws UserException if a later run of the same job has made a release since
     */
    @NonNull
    public State begin(int number, String operation, Actor actor, boolean evenIfOlder, Instant now) {
        return change(now, state -> {
            if (state.holder() != 0) {
                return state.isActedOnBy(actor) ? state.taken(state.holder(), operation, actor, state.since()) : null;
            }
            if (state.lastRelease() + 1 != number) {
                return null;
            }
            checkOrder(state, actor, evenIfOlder);
            return state.taken(number, operation, actor, text(now));
        });
    }

    /** @throws UserException if a later run of the same job has made a release since */
    public void checkOrder(State state, Actor actor, boolean evenIfOlder) {
        if (!evenIfOlder
                && !actor.job().isEmpty()
                && actor.job().equals(state.job())
                && actor.build() < state.build()) {
            throw new UserException(actor.run() + " is older than build " + state.build()
                    + " of the same job, which has made release " + state.lastRelease() + " of " + app
                    + " since: an older build does not overtake a newer one. Start a new build, or give 'force' and a"
                    + " 'reason'.");
        }
    }

    /**
     * Makes {@code actor} the one who acts for the release that holds the target; whoever did so before is fenced off.
     *
     * @return the claim as it is after it, held by another release or none if {@code release} does not hold the target
     */
    @NonNull
    public State act(int release, String operation, Actor actor, Instant now) {
        return change(
                now, state -> state.holder() == release ? state.taken(release, operation, actor, state.since()) : null);
    }

    /**
     * Like {@link #act}, but only if nobody else has taken anything over since the claim was seen.
     *
     * @return the claim as it is after it, acted on by another if somebody was quicker
     */
    @NonNull
    public State actIfStill(State seen, String operation, Actor actor, Instant now) {
        return change(
                now,
                state -> state.holder() == seen.holder() && state.fence() == seen.fence()
                        ? state.taken(seen.holder(), operation, actor, state.since())
                        : null);
    }

    /**
     * Gives the target, if it is free, to a release of before once more; else like {@link #act}.
     *
     * @return the claim as it is after it; held by another release if that has the target
     */
    @NonNull
    public State reclaim(int release, String operation, Actor actor, Instant now) {
        return change(
                now,
                state -> state.holder() == 0 || state.holder() == release
                        ? state.taken(release, operation, actor, text(now))
                        : null);
    }

    /** Joins those who wait, at the end or before all others; who waits already keeps its place. */
    @NonNull
    public State join(Actor actor, boolean first, Instant now) {
        return change(now, state -> {
            if (state.waiting().stream().anyMatch(w -> w.actor().equals(actor.id()))) {
                return null;
            }
            List<Waiting> queue = new ArrayList<>(state.waiting());
            queue.add(first ? 0 : queue.size(), new Waiting(actor.id(), actor.run()));
            return state.with(queue);
        });
    }

    /** Takes somebody out of those who wait. */
    @NonNull
    public State leave(String actor, Instant now) {
        return change(
                now,
                state -> state.waiting().stream().anyMatch(w -> w.actor().equals(actor))
                        ? state.with(state.without(actor))
                        : null);
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
            return state.holder() == 0 ? null : state.free();
        });
    }

    /**
     * Reads, decides, writes if the decision is not null, and begins anew if another was quicker. What was seen before does
     * for a write, since that is refused if it is true no more; not for a decision against one.
     */
    private State change(Instant now, UnaryOperator<State> decision) {
        if (known != null) {
            KubeObject seen = known;
            known = null;
            try {
                State next = decision.apply(ClaimLease.state(seen));
                if (next != null) {
                    known = write(seen, next, now);
                    return next;
                }
            } catch (FencedException | UserException e) {
                // so it is to be looked at whether that is still so
            } catch (ClusterException e) {
                if (!isOutdated(e) && e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        ClusterException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            State state = look();
            KubeObject seen = known;
            State next = decision.apply(state);
            if (next == null) {
                return state;
            }
            known = null;
            try {
                known = write(seen, next, now);
                return next;
            } catch (ClusterException e) {
                if (!isOutdated(e)) {
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

    private static boolean isOutdated(ClusterException e) {
        return e.reason() == Reason.CONFLICT || e.reason() == Reason.ALREADY_EXISTS;
    }

    private KubeObject write(@CheckForNull KubeObject seen, State next, Instant now) {
        KubeObject lease = ClaimLease.of(next, app, cluster.namespace(), now);
        return seen == null
                ? cluster.create(lease)
                : cluster.update(lease.with(seen.uid(), "metadata", "uid")
                        .with(seen.resourceVersion(), "metadata", "resourceVersion"));
    }

    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Without a Lease there was no release yet; or somebody has deleted it, and the records tell what it said. */
    private State recovered() {
        int last = 0;
        int fence = 0;
        boolean over = true;
        for (KubeObject record : cluster.list(Kind.SECRET, Names.APP, app)) {
            fence = Math.max(fence, ClaimLease.number(record, Names.FENCE));
            int number = ClaimLease.number(record, Names.RELEASE);
            if (number > last) {
                last = number;
                Object phase = record.map("metadata", "labels").get(Names.PHASE);
                over = Arrays.stream(Phase.values())
                        .anyMatch(known -> known.isFinal() && known.name().equals(phase));
            }
        }
        String run = last == 0 ? "" : "a run that is not known";
        return new State(over ? 0 : last, last, fence, "", "", run, "", "", "", 0, List.of());
    }
}

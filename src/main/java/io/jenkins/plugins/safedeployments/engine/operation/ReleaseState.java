package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterReader;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.ServiceAddress;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Facts;
import io.jenkins.plugins.safedeployments.engine.release.FencedException;
import io.jenkins.plugins.safedeployments.engine.release.Names;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The release that an operation acts on, with the claim it acts under: what the moves of all operations share. */
final class ReleaseState {

    final Session session;
    final ReleaseStore store;
    final Claim claim;
    final Applying applying;
    final Workloads workloads;
    final SupportObjects supportObjects;

    /** How long there is at the least to record a failure, however little time was left when it happened. */
    private static final Duration CLEANING_UP = Duration.ofMinutes(1);

    private final Instant begun;

    private Instant deadline;
    private Release release;
    private int fence;
    private View view;
    private Runnable open;
    private ServiceAddress serviceAddress = ServiceAddress.UNKNOWN;
    private volatile String status = "starting";

    /** Told of the release; nobody is of one that only makes room for the operation's own. */
    private final BiConsumer<Release, Boolean> told;

    ReleaseState(Session session) {
        this(session, session.report()::release);
    }

    private ReleaseState(Session session, BiConsumer<Release, Boolean> told) {
        this.session = session;
        this.told = told;
        this.store = new ReleaseStore(session.cluster(), session.target().app());
        this.claim = new Claim(session.cluster(), session.target().app());
        this.applying = new Applying(session.cluster(), session.report());
        this.workloads = new Workloads(session.cluster(), session.target(), claim, applying);
        this.supportObjects = new SupportObjects(session.cluster(), applying, workloads::checkClaim);
        this.begun = session.now();
        this.deadline = session.deadline();
    }

    /** For a release that makes room for the operation's own. */
    static ReleaseState ofAnother(Session session) {
        return new ReleaseState(session, (release, acting) -> {});
    }

    /** Takes up a release under a fencing number; 0 if there is nothing more to do for it. */
    void hold(Release held, int number) {
        release = held;
        fence = number;
        if (held.plan().forced()) {
            applying.takeOver();
        }
        told.accept(held, number != 0);
    }

    @NonNull
    Release release() {
        if (release == null) {
            throw new IllegalStateException("no release is held yet");
        }
        return release;
    }

    @CheckForNull
    Release releaseOrNull() {
        return release;
    }

    /** Whether a Deployment is as this release has made it. */
    boolean isOfRelease(@CheckForNull KubeObject deployment) {
        return deployment != null && Integer.toString(release().number()).equals(deployment.annotation(Names.RELEASE));
    }

    Plan plan() {
        return release().plan();
    }

    int fence() {
        return fence;
    }

    /** Lets the release enter a phase and writes its record, unless it is in it already. */
    void enter(Phase phase, String text) {
        enter(phase, text, release().facts());
    }

    /** The same, together with what was found out. */
    void enter(Phase phase, String text, Facts facts) {
        if (release().phase() != phase) {
            // from what it is by now: tests may have left something in it
            release = store.change(
                    release(),
                    fence,
                    now -> now.phase() == phase // our own first try, whose answer was lost
                            ? now.with(facts)
                            : entered(now.with(facts), phase, text));
            told.accept(release, true);
        }
    }

    /**
     * Like {@link #enter(Phase, String)}, but only if the record is still what was held: whoever had the claim before may have
     * written to it after it was read. If it is not, the release is held no more.
     *
     * @return whether it has entered the phase
     */
    boolean enterIfStill(Phase phase, String text) {
        Release seen = release();
        Release now = store.change(
                seen,
                fence,
                found -> found.equals(seen) && !isEntered(found, phase) ? entered(found, phase, text) : found);
        boolean entered = isEntered(now, phase);
        release = entered ? now : null;
        if (entered) {
            told.accept(now, true);
        }
        return entered;
    }

    private boolean isEntered(Release found, Phase phase) {
        return found.phase() == phase && found.isRecordedBy(session.actor().id());
    }

    private Release entered(Release from, Phase phase, String text) {
        return from.note(skipped(phase), session.actor(), session.now())
                .enter(phase, text, session.actor(), session.now());
    }

    /**
     * Whether somebody else has taken the claim on a release that was at rest, and is about to record what for. If their run
     * is over nothing comes of it, and nothing has if it was an earlier step of this run.
     */
    boolean isTakenUp(Release found, Claim.State now) {
        boolean atRest = found.phase() == Phase.CANARY_READY
                || found.phase() == Phase.FAILED
                || found.phase().isFinal();
        return atRest
                && !now.run().equals(session.actor().text())
                && !found.isRecordedBy(now.actor())
                && !session.runs().isOver(now.actor());
    }

    /** Changes what is known of the release, and writes its record, unless that is so already. */
    void learn(Facts facts) {
        if (!release().facts().equals(facts)) {
            release = store.change(release(), fence, now -> now.with(facts));
        }
    }

    /**
     * Changes the record of the release from what it is by now, if the claim is still as it was when this operation took the
     * release up; and looks at the claim once more, so that what follows is not done for a release that others act for.
     */
    void change(UnaryOperator<Release> change) {
        claim.check(fence);
        release = store.change(release(), fence, change);
        claim.check(fence);
    }

    /** The record of the release as it is now: others may have written to it under the same fencing number. */
    @NonNull
    Release fresh() {
        change(UnaryOperator.identity());
        return release;
    }

    /**
     * The release that this very actor has acted on before, if it was interrupted: it is about this one whoever holds the
     * target by now.
     */
    Optional<Release> own() {
        return own(store.list());
    }

    /** The same, of records that are known. */
    Optional<Release> own(List<Release> records) {
        return records.stream().filter(release -> release.isOf(session.actor())).findFirst();
    }

    /** The release that this very actor has made. */
    Optional<Release> made() {
        return store.list().stream()
                .filter(made -> made.origin().id().equals(session.actor().id()))
                .findFirst();
    }

    /** The pods of a track's present template, as the watches know them. */
    List<KubeObject> newPods(Track track) {
        ClusterReader source = view().isComplete() ? view() : session.cluster();
        return Observation.of(source, session.target().deployment(track), "").newPods();
    }

    /** Those digests of the images that stable runs by now which are not among some others; empty also if there are none of these. */
    SortedSet<String> unproved(List<String> proved) {
        if (Digests.unproved(newPods(Track.STABLE), proved).isEmpty()) {
            return new TreeSet<>();
        }
        // watches may be behind, and show the pods of before
        Observation now = Observation.of(session.cluster(), session.target().deployment(Track.STABLE), "");
        return Digests.unproved(now.newPods(), proved);
    }

    /** Warns if stable, which is an earlier release again, runs other images than that one had proved. */
    void compareImages(Release earlier) {
        SortedSet<String> other = unproved(earlier.facts().digests());
        if (!other.isEmpty()) {
            say(
                    "warning",
                    "Stable runs " + String.join(", ", other) + ", but the canary of " + earlier.title()
                            + " had proved "
                            + String.join(", ", earlier.facts().digests())
                            + ": its tag names another image by now, or somebody has changed stable. Release with a digest,"
                            + " so that what a rollback brings back is what it was");
        }
    }

    /** Applies an object that comes with the release. */
    void support(KubeObject object) {
        KubeObject applied =
                supportObjects.apply(object, fence, () -> workloads.ifOvertaken(new LateSupport(this)::withdraw));
        if (applied.kind().kind().equals(Kind.AUTOSCALER.kind())) {
            workloads.autoscaler().forget();
        }
        if (applied.kind().equals(Kind.SERVICE) && applied.name().equals(plan().service())) {
            serviceAddress = ServiceAddress.of(applied);
        }
    }

    /** Finds out where the Service can be reached, and says so; that it can't be found out is no reason to fail. */
    void findService() {
        if (plan().service().isEmpty()) {
            return;
        }
        try {
            if (!serviceAddress.isSettled()) {
                serviceAddress = session.cluster()
                        .get(Kind.SERVICE, plan().service())
                        .map(ServiceAddress::of)
                        .orElse(ServiceAddress.UNKNOWN);
            }
        } catch (ClusterException e) {
            say(
                    "service",
                    plan().service() + ": its address is not known, since the API server said: " + e.getMessage());
        }
        sayIfAny("service", serviceAddress.text());
    }

    /** From outside of the cluster; empty if there is none, or none was looked for. */
    String serviceAddress() {
        return serviceAddress.external();
    }

    /** Takes away what was being made for a release when that was taken back: nobody else looks after it. */
    void removeLeft(Release over) {
        if (workloads.deleteLeftCanary(over.number())) {
            say("canary", "removed: it was being made when " + over.title() + " was taken back");
        }
        new LateSupport(this).remove(over);
    }

    /** Gives back the claim of a release that is over: somebody died between the last record and that. */
    void free(Release over) {
        Claim.State now = claim.look();
        if (now.holder() == over.number()) {
            claim.release(now.fence(), session.now());
        }
    }

    /** Until when there may be waiting. */
    Instant deadline() {
        return deadline;
    }

    /** What passed up to now does not count, since it was spent on something else: the time begins now. */
    void countAnew() {
        deadline = session.now().plus(session.timeout());
    }

    /** A release that had to wait for its turn has its time from when it was begun. */
    void countFromBegin() {
        Instant end = release().begun().plus(session.timeout());
        deadline = deadline.isBefore(end) ? end : deadline;
    }

    /** What passes until then does not count, since nothing is waited for that could be late. */
    void countAfter(Instant end) {
        Instant later = end.plus(session.timeout());
        deadline = deadline.isBefore(later) ? later : deadline;
    }

    /** Gives taking a release back its own time: as much as the operation had, and at least a minute. */
    void takeBack() {
        countAnew();
        cleanUp();
    }

    /** Gives what follows a failure time to be said. */
    void cleanUp() {
        Instant least = session.now().plus(CLEANING_UP);
        deadline = deadline.isBefore(least) ? least : deadline;
    }

    /** The watches of the namespace, begun at the first call. */
    @NonNull
    View view() {
        if (view == null) {
            view = session.cluster().watch(session.wake());
        }
        return view;
    }

    KubeObject manifest(Track track) {
        return KubeObject.of(track == Track.CANARY ? plan().canary() : plan().stable());
    }

    /**
     * Says what an operation failed with; unless somebody else acts for the release by now, which then is the reason.
     *
     * @throws FencedException if so
     */
    void sayFailed(String cause) {
        Claim.State now = view != null && view.isComplete() ? claim.seenIn(view) : claim.look();
        if (now.fence() > fence) {
            throw new FencedException(release().title() + " was taken over by " + now.run() + " (" + now.operation()
                    + "): this operation stops and changes nothing more.");
        }
        say("failed", cause);
    }

    void say(String topic, String text) {
        session.report().line(topic, text);
    }

    /** Nothing is skipped for a rollback, which is held up by no window. */
    private List<String> skipped(Phase next) {
        return next == Phase.PROMOTING ? session.skipped() : List.of();
    }

    void sayIfAny(String topic, String text) {
        if (!text.isEmpty()) {
            say(topic, text);
        }
    }

    void status(String text) {
        status = text;
    }

    String status() {
        return status;
    }

    /** A move that gets its work only when it is its turn, with a phrase for status lines. */
    Move during(String phrase, Supplier<Next> look) {
        return () -> {
            status = phrase;
            return look.get();
        };
    }

    /** Like {@link #during}, for what is done with one look. */
    Move act(String phrase, Runnable action) {
        return during(phrase, () -> {
            action.run();
            return Next.DONE;
        });
    }

    /** How long the operation has been at it, as {@code 4.2 s}. */
    String elapsed() {
        return seconds(Duration.between(begun, session.now()));
    }

    /** Of a duration that was measured by a clock that may have been set back meanwhile. */
    static String seconds(Duration measured) {
        Duration duration = measured.isNegative() ? Duration.ZERO : measured;
        if (duration.toMinutes() >= 2) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return String.format(java.util.Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    /** Remembers where evidence is kept; that must not keep a rollback from going on. */
    void keepEvidence(String url) {
        if (!url.isEmpty()) {
            try {
                learn(release().facts().withEvidence(url));
            } catch (ClusterException e) {
                say("post-mortem", "its place could not be recorded: " + e.getMessage());
            }
        }
    }

    /** The sentence for a target that another release holds. */
    UserException busy(Claim.State now) {
        String phase = store.get(now.holder())
                .map(held -> " It is " + held.phase().text() + (isDriven(held.phase()) ? atIt(now) : "") + ".")
                .orElse("");
        return new UserException(
                session.target() + " is held by " + now.text()
                        + (now.runUrl().isEmpty() ? "" : ", " + now.runUrl()) + "." + phase
                        + " Promote that release with promoteStable, or take it back with rollbackCanary, then run this again.");
    }

    /** Whether a release in a phase does not stay in it, as long as somebody acts for it. */
    private static boolean isDriven(Phase phase) {
        return phase == Phase.CANARY_STARTING || phase == Phase.PROMOTING || phase == Phase.ROLLING_BACK;
    }

    private String atIt(Claim.State now) {
        return session.runs().isOver(now.actor()) ? ", but its run is over, so nobody goes on with it" : "";
    }

    /** Keeps how to end what is under way in a pod; the last one counts. */
    void closeAtTheEnd(Runnable underWay) {
        open = underWay;
    }

    void close() {
        if (open != null) {
            open.run();
        }
        if (view != null) {
            view.close();
            view = null;
        }
    }
}

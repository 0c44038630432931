package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleasingRun;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;

/** What is known of one release of a target: from the runs that acted on it, or from the record in the cluster. */
public final class KnownRelease {

    private final Target target;
    private final int number;
    private String image;
    private Phase phase;
    private String cause = "";

    /** The run that made it, for people; empty if it is not known. */
    private String madeBy = "";

    private String madeByUrl = "";

    /** The same run, by its id at the time; empty if it is not known, or was of another Jenkins. */
    private String maker = "";

    private String user = "";
    private Instant made;
    private List<String> digests = List.of();

    /** The run that acted on it last. */
    private String lastBy = "";

    private String lastByUrl = "";
    private boolean promotedOnce;
    private boolean stable;
    private boolean underWay;

    /** The record in the cluster; null if it was not asked. */
    private Release recorded;

    KnownRelease(Target target, int number) {
        this.target = target;
        this.number = number;
        this.image = "";
        this.phase = Phase.CANARY_STARTING;
        this.made = Instant.EPOCH;
    }

    /** As the cluster has it. */
    @NonNull
    static KnownRelease of(Target target, Release release) {
        KnownRelease known = new KnownRelease(target, release.number());
        known.image = release.plan().image();
        known.phase = release.phase();
        known.cause = release.cause();
        known.madeBy = release.origin().run();
        // whoever may write to the namespace has written it
        known.madeByUrl =
                release.origin().url().matches("https?://.*") ? release.origin().url() : "";
        known.user = release.origin().user();
        known.made = release.begun();
        known.promotedOnce = release.history().stream().anyMatch(entry -> entry.phase() == Phase.PROMOTED);
        known.recorded = release;
        known.digests = release.facts().digests();
        Run<?, ?> maker = ReleasingRun.of(target, release);
        known.maker = maker == null ? "" : maker.getExternalizableId();
        if (!release.history().isEmpty()) {
            known.lastBy = release.history().get(release.history().size() - 1).by();
        }
        return known;
    }

    void madeBy(Run<?, ?> run, String who, Instant when) {
        madeBy = run.getFullDisplayName();
        madeByUrl = run.getUrl();
        maker = run.getExternalizableId();
        user = who;
        made = when;
    }

    void actedOn(String run, String url) {
        lastBy = run;
        lastByUrl = url;
    }

    /** What a step saw of it; steps that look later are told later. */
    void seen(ReleaseEntry entry) {
        image = entry.getImage();
        phase = entry.getPhase();
        cause = entry.getCause();
        promotedOnce |= phase == Phase.PROMOTED;
        digests = entry.getDigests().isEmpty() ? digests : entry.getDigests();
    }

    void underWay(boolean is) {
        underWay = is;
    }

    /** Whether the run that made it has not ended yet, as far as is known. */
    boolean isUnderWay() {
        return underWay;
    }

    void stable(boolean is) {
        stable = is;
    }

    /** Stable has come back to it. */
    void returnedTo() {
        phase = Phase.PROMOTED;
        cause = "";
        promotedOnce = true;
    }

    @NonNull
    public Target getTarget() {
        return target;
    }

    public int getNumber() {
        return number;
    }

    @NonNull
    public String getImage() {
        return image;
    }

    /** Of the images that its canary ran, as far as they are known, shortened for people. */
    @NonNull
    public String getDigests() {
        return digests.stream()
                .map(digest -> digest.replaceFirst("(sha256:[0-9a-f]{12})[0-9a-f]+$", "$1"))
                .collect(Collectors.joining(", "));
    }

    @NonNull
    public Phase getPhase() {
        return phase;
    }

    @NonNull
    public String getCause() {
        return cause;
    }

    @NonNull
    public String getMadeBy() {
        return madeBy;
    }

    /** Id of the run that made it; empty if it is not known, or was of another Jenkins. */
    @NonNull
    String maker() {
        return maker;
    }

    /** Relative to the root of Jenkins, or absolute if the cluster says so; empty if it is not known. */
    @NonNull
    public String getMadeByUrl() {
        return madeByUrl;
    }

    @NonNull
    public String getUser() {
        return user;
    }

    /** Null if it is not known. */
    @CheckForNull
    public Date getMade() {
        return made.equals(Instant.EPOCH) ? null : Date.from(made);
    }

    /** Who has taken it back; empty if nobody has. */
    @NonNull
    public String getRolledBackBy() {
        return isRolledBack() ? lastBy : "";
    }

    @NonNull
    public String getRolledBackByUrl() {
        return isRolledBack() ? lastByUrl : "";
    }

    private boolean isRolledBack() {
        return phase == Phase.ROLLED_BACK || phase == Phase.ROLLING_BACK;
    }

    /** Whether it has been stable at some time. */
    public boolean isPromotedOnce() {
        return promotedOnce;
    }

    /** Whether stable runs it, as far as is known. */
    public boolean isStable() {
        return stable;
    }

    @CheckForNull
    Release recorded() {
        return recorded;
    }

    /** {@code release 17 (registry/app:1.4)}. */
    @NonNull
    public String getTitle() {
        return "release " + number + (image.isEmpty() ? "" : " (" + image + ")");
    }
}

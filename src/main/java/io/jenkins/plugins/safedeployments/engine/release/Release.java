package io.jenkins.plugins.safedeployments.engine.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The record of one attempt to bring one version to one target, as it is kept in the target's namespace.
 *
 * @param format version of this form, raised when a reader of the old one would misunderstand the new one
 * @param number counts the releases of a target, from 1
 * @param app the application
 * @param origin who made the release
 * @param phase where it is
 * @param cause why it failed or was rolled back, in one sentence; empty if neither
 * @param history what happened, oldest first
 * @param tested what tests in its canary have left
 * @param facts what else was found out on the way
 */
public record Release(
        int format,
        int number,
        String app,
        Actor origin,
        Plan plan,
        Phase phase,
        String cause,
        List<Entry> history,
        Tested tested,
        Facts facts) {

    public static final int FORMAT = 1;

    /**
     * One thing that happened.
     *
     * @param at ISO 8601 instant, by the controller's clock
     * @param by the run that did it
     * @param user who started that run
     * @param actor id of the step of that run; null in records of before it was kept
     */
    public record Entry(
            String at,
            Phase phase,
            String by,
            String user,
            String text,
            @CheckForNull String actor) {}

    public Release {
        history = List.copyOf(history);
        // null in records of before they were kept
        tested = tested == null ? Tested.NOTHING : tested;
        facts = facts == null ? Facts.NONE : facts;
    }

    private static Release made(int number, String app, Actor origin, Plan plan) {
        return new Release(
                FORMAT, number, app, origin, plan, Phase.CANARY_STARTING, "", List.of(), Tested.NOTHING, Facts.NONE);
    }

    @NonNull
    public static Release begin(int number, String app, Actor origin, Plan plan, Instant now) {
        return made(number, app, origin, plan).enter(Phase.CANARY_STARTING, "canary of " + plan.image(), origin, now);
    }

    /** The record of a release whose maker died before it could write one, so that a late first write of it is refused. */
    @NonNull
    public static Release endedUnrecorded(int number, String app, Actor origin, Actor by, Instant now) {
        return made(number, app, origin, Plan.UNKNOWN)
                .enter(Phase.ROLLED_BACK, "it ended before it had changed anything", by, now);
    }

    /** The release with what is said of it in its history, as far as it is not there already. */
    @NonNull
    public Release note(List<String> texts, Actor by, Instant now) {
        Release noted = this;
        for (String text : texts) {
            if (noted.history.stream().noneMatch(entry -> entry.text().equals(text))) {
                List<Entry> entries = noted.with(phase, text, by, now);
                noted = new Release(format, number, app, origin, plan, phase, cause, entries, tested, facts);
            }
        }
        return noted;
    }

    /** Whether {@code actor} made the release or did anything for it. */
    public boolean isOf(Actor actor) {
        return origin.id().equals(actor.id())
                || history.stream().anyMatch(entry -> actor.id().equals(entry.actor()));
    }

    /** Whether an actor has recorded something in the phase that the release is in, by its id; true also if that was not kept. */
    public boolean isRecordedBy(String actor) {
        return history.stream()
                .filter(entry -> entry.phase() == phase)
                .map(Entry::actor)
                .anyMatch(by -> by == null || by.equals(actor));
    }

    /** The release in a phase, with an entry in its history. */
    @NonNull
    public Release enter(Phase next, String text, Actor by, Instant now) {
        boolean undone = next == Phase.FAILED || next == Phase.ROLLING_BACK || next == Phase.ROLLED_BACK;
        List<Entry> entries = with(next, text, by, now);
        return new Release(format, number, app, origin, plan, next, undone ? text : cause, entries, tested, facts);
    }

    private List<Entry> with(Phase next, String text, Actor by, Instant now) {
        List<Entry> entries = new ArrayList<>(history);
        entries.add(
                new Entry(now.truncatedTo(ChronoUnit.SECONDS).toString(), next, by.run(), by.user(), text, by.id()));
        return entries;
    }

    /** The release with something more known of its tests, and an entry in its history that says so. */
    @NonNull
    public Release learn(Tested known, String text, Actor by, Instant now) {
        return new Release(format, number, app, origin, plan, phase, cause, with(phase, text, by, now), known, facts);
    }

    /** Whether a migration was begun, so that its data may have changed in a way that no rollback takes back. */
    public boolean hasMigrated() {
        return !tested.migrations().isEmpty();
    }

    /** Names of its migrations, for people. */
    @NonNull
    public String migrations() {
        return tested.migrations().stream().map(Tested.Migration::name).collect(Collectors.joining(", "));
    }

    /** Names of the tests that failed in its canary and have not passed since, with why. */
    @NonNull
    public String failedTests() {
        return tested.results().stream()
                .filter(result -> !result.passed())
                .map(Tested.Result::cause)
                .collect(Collectors.joining(" "));
    }

    /** Whether a test failed in its canary, and has not passed since. */
    public boolean testsFailed() {
        return tested.results().stream().anyMatch(result -> !result.passed());
    }

    /** The release with other facts. */
    @NonNull
    public Release with(Facts found) {
        return new Release(format, number, app, origin, plan, phase, cause, history, tested, found);
    }

    /** Whether stable is on its way back to an earlier release. */
    @JsonIgnore
    public boolean isReturning() {
        return facts.returnTo() != null && !phase.isFinal();
    }

    /** Whether its canary has served and passed its tests. */
    public boolean hasPassed() {
        return history.stream().anyMatch(entry -> entry.phase() == Phase.CANARY_READY);
    }

    /** Whether stable has run it, if not now then earlier. */
    public boolean wasPromoted() {
        return history.stream().anyMatch(entry -> entry.phase() == Phase.PROMOTED);
    }

    /** When it was begun, by the clock of the controller that did so. */
    @NonNull
    public Instant begun() {
        return history.isEmpty() ? Instant.EPOCH : Instant.parse(history.get(0).at());
    }

    /** {@code release 17 (registry/app:1.4)}. */
    @NonNull
    public String title() {
        return "release " + number + " (" + plan.image() + ")";
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Tested;
import java.time.Instant;

/**
 * Sees to it that a command is run at most once for a release, by whichever step, over restarts and crashes: the record says
 * that it was begun before it is started, and what has no known end is not tried again.
 */
final class Migration {

    private final ReleaseState state;
    private final String name;

    /** When this very run wrote that it begins; null as long as it has not tried to. */
    private Instant mark;

    Migration(ReleaseState state, String name) {
        this.state = state;
        this.name = name;
    }

    /**
     * Whether it was run for this release before, and well.
     *
     * @throws UserException if it was run and failed, or if nobody knows how it ended
     */
    boolean isDone() {
        Tested.Migration known = state.fresh().tested().migration(name).orElse(null);
        if (known == null || isOurs(known)) {
            return false;
        }
        Integer code = known.exitCode();
        if (code == null) {
            throw new UserException("The migration '" + name + "' was begun for "
                    + state.release().title() + " at "
                    + known.begun()
                    + ", and it is not known how it ended, so it is not run again. Look at the data; then"
                    + " take the release back with rollbackCanary and release again, or go on without this test.");
        }
        if (code != 0) {
            throw new UserException("The migration '" + name + "' was run for "
                    + state.release().title()
                    + " before, and failed with exit code " + code + " at " + known.ended()
                    + ": it is run once per release only. Take the release back with rollbackCanary.");
        }
        state.say("test", "'" + name + "' is not run: this release was migrated at " + known.ended());
        return true;
    }

    /** Writes that it begins. What follows may start it. */
    void begin() {
        if (mark == null) {
            mark = state.session.now();
        }
        Tested.Migration begun = new Tested.Migration(
                name, mark.toString(), state.session.actor().id(), null, null);
        state.change(release -> {
            Tested.Migration known = release.tested().migration(name).orElse(null);
            if (known != null && !isOurs(known)) {
                throw new UserException("The migration '" + name
                        + "' is run by another step at the same time, which began" + " it at " + known.begun() + ".");
            }
            return known != null
                    ? release // the answer to the first try was lost
                    : release.learn(
                            release.tested().with(begun),
                            "migration '" + name + "' begins",
                            state.session.actor(),
                            mark);
        });
    }

    private boolean isOurs(Tested.Migration known) {
        return mark != null
                && known.exitCode() == null
                && known.begun().equals(mark.toString())
                && known.actor().equals(state.session.actor().id());
    }

    /** Writes that it was not started after all. */
    void notStarted() {
        Instant now = state.session.now();
        state.change(release -> release.tested().migration(name).isEmpty()
                ? release
                : release.learn(
                        release.tested().withoutMigration(name),
                        "migration '" + name + "' could not be started",
                        state.session.actor(),
                        now));
    }

    void ended(int exitCode) {
        Instant now = state.session.now();
        Tested.Migration ended = new Tested.Migration(
                name, String.valueOf(mark), state.session.actor().id(), now.toString(), exitCode);
        state.change(release -> release.tested()
                        .migration(name)
                        .filter(m -> m.exitCode() != null)
                        .isPresent()
                ? release
                : release.learn(
                        release.tested().with(ended),
                        "migration '" + name + "' ended with exit code " + exitCode,
                        state.session.actor(),
                        now));
    }
}

package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.RenamedJobs;
import java.io.Serializable;
import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;

/** What a failed run knows of one rollback job: that it was asked for, started, or not started, and how it ended. Never changed. */
public final class RollbackLink implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Where the rollback is. */
    public enum State {
        /** To be started if the run fails. */
        ASKED_FOR,
        /** It has been put into the queue. */
        QUEUED,
        RUNNING,
        ENDED,
        REFUSED
    }

    private final String job;
    private final State state;

    /** When the job was called so, in milliseconds of the epoch; 0 in links of before it was kept. */
    private final long at;

    /** In the queue; 0 before. */
    private final long queueId;

    /** Of the job's run; 0 before it has one. */
    private final int number;

    /**
     * Why it was refused, in a sentence; or how it ended, {@code SUCCESS}; or, until it runs, the best result with which the run
     * that has asked for it has it started; empty else.
     */
    private final String outcome;

    private RollbackLink(String job, State state, long queueId, int number, String outcome) {
        this.job = job;
        this.state = state;
        this.at = ReleaseRuntime.get().clock().millis();
        this.queueId = queueId;
        this.number = number;
        this.outcome = outcome;
    }

    @NonNull
    static RollbackLink askedFor(String job, Result best) {
        return new RollbackLink(job, State.ASKED_FOR, 0, 0, best.toString());
    }

    /**
     * @param queueId 0 if it is about to be put into the queue
     * @param before null if the run itself has not asked for it
     */
    @NonNull
    static RollbackLink queued(String job, long queueId, @CheckForNull RollbackLink before) {
        return new RollbackLink(job, State.QUEUED, queueId, 0, before == null ? "" : before.outcome);
    }

    @NonNull
    static RollbackLink refused(String job, String why) {
        return new RollbackLink(job, State.REFUSED, 0, 0, why);
    }

    @NonNull
    static RollbackLink running(Run<?, ?> rollback) {
        return new RollbackLink(rollback.getParent().getFullName(), State.RUNNING, 0, rollback.getNumber(), "");
    }

    @NonNull
    static RollbackLink ended(Run<?, ?> rollback) {
        return new RollbackLink(
                rollback.getParent().getFullName(),
                State.ENDED,
                0,
                rollback.getNumber(),
                String.valueOf(rollback.getResult()));
    }

    /** Full name of the rollback job, as it is now. */
    @NonNull
    public String getJob() {
        return RenamedJobs.now(job, at);
    }

    @NonNull
    public State getState() {
        return state;
    }

    long queueId() {
        return queueId;
    }

    public int getNumber() {
        return number;
    }

    @NonNull
    public String getOutcome() {
        return outcome;
    }

    /** As it is now: nobody is told how a run ended that was killed with Jenkins. */
    @NonNull
    RollbackLink now() {
        Run<?, ?> run = state == State.RUNNING ? getVisibleRun() : null;
        return run == null || run.isBuilding() ? this : ended(run);
    }

    /** The rollback job, if it is there and who asks may see it. */
    @CheckForNull
    public Job<?, ?> getVisibleJob() {
        try {
            Job<?, ?> found = Jenkins.get().getItemByFullName(getJob(), Job.class);
            return found != null && found.hasPermission(Item.READ) ? found : null;
        } catch (AccessDeniedException e) {
            return null;
        }
    }

    /** The run that rolled back, if it is there and who asks may see it. */
    @CheckForNull
    public Run<?, ?> getVisibleRun() {
        Job<?, ?> visible = number == 0 ? null : getVisibleJob();
        return visible == null ? null : visible.getBuildByNumber(number);
    }
}

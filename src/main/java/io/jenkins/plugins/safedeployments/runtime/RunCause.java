package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import org.springframework.security.access.AccessDeniedException;

/** That a run is there because of another one, whose job may have been renamed since. */
public abstract class RunCause extends Cause.UpstreamCause {

    /** When the other run's job was called as it was then, in milliseconds of the epoch; 0 in causes of before it was kept. */
    private final long at;

    protected RunCause(Run<?, ?> run) {
        super(run);
        this.at = ReleaseRuntime.get().clock().millis();
    }

    /** Full name of the other run's job, as it is called now. */
    @NonNull
    public final String job() {
        return RenamedJobs.now(getUpstreamProject(), at);
    }

    @CheckForNull
    @Override
    public final Run<?, ?> getUpstreamRun() {
        return RenamedJobs.run(getUpstreamProject(), at, getUpstreamBuild());
    }

    /** Full name of the other run's job, and its number. */
    @NonNull
    protected final String name() {
        return job() + " #" + getUpstreamBuild();
    }

    /** The other run, if it is still there and who asks may see it. */
    @CheckForNull
    protected final Run<?, ?> visibleRun() {
        try {
            Run<?, ?> run = getUpstreamRun();
            return run != null && run.hasPermission(Item.READ) ? run : null;
        } catch (AccessDeniedException e) {
            return null; // its job may be discovered, but not read
        }
    }

    /** The cause in words, with the other run called so. */
    @NonNull
    protected abstract String text(String run);

    @Override
    public final String getShortDescription() {
        return text(name());
    }

    @Override
    public final void print(TaskListener listener) {
        Run<?, ?> run = visibleRun();
        listener.getLogger()
                .println(text(run == null ? name() : ModelHyperlinkNote.encodeTo("/" + run.getUrl(), name())));
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && other.getClass() == getClass();
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}

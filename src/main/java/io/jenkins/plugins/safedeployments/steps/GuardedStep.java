package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Items;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.operation.Guarded;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.triggers.NamesRollbackJob;
import io.jenkins.plugins.safedeployments.triggers.RollbackRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/** A release step that brings something new: it begins only under conditions, and another job can take back what it leaves. */
public abstract class GuardedStep extends ForceableStep implements NamesRollbackJob {

    private static final long serialVersionUID = 1L;

    /** Null if there are none. */
    private ArrayList<Precondition> preconditions;

    private String rollbackJob;

    GuardedStep(String app) {
        super(app);
    }

    /** What must be the case before anything is written. */
    @NonNull
    public final List<Precondition> getPreconditions() {
        return preconditions == null ? new ArrayList<>() : new ArrayList<>(preconditions);
    }

    @DataBoundSetter
    public final void setPreconditions(List<Precondition> preconditions) {
        this.preconditions = preconditions == null || preconditions.isEmpty() ? null : new ArrayList<>(preconditions);
    }

    /** Name of the job that is started if the run fails and leaves a release in the cluster; null for none. */
    @CheckForNull
    public final String getRollbackJob() {
        return rollbackJob;
    }

    @DataBoundSetter
    public final void setRollbackJob(String rollbackJob) {
        this.rollbackJob = Util.fixEmptyAndTrim(rollbackJob);
    }

    @Override
    public final boolean rename(String from, String to, Item owner) {
        String before = rollbackJob;
        rollbackJob =
                before == null ? null : Items.computeRelativeNamesAfterRenaming(from, to, before, owner.getParent());
        return !Objects.equals(before, rollbackJob);
    }

    @Override
    final void check() {
        getPreconditions().forEach(Precondition::check);
        checkOwn();
    }

    /** Like {@link #check}, for the parameters of the step itself. */
    abstract void checkOwn();

    @Override
    final void begins(Run<?, ?> run) {
        if (rollbackJob != null) {
            RollbackRequests.ask(run, rollbackJob, false);
        }
    }

    @Override
    final Operation operation(Session session, ReleaseDriver.Caller caller, boolean resumed) {
        Operation operation = ownOperation(session, caller, resumed);
        if (preconditions == null) {
            return operation;
        }
        Run<?, ?> run = run(caller);
        return new Guarded(
                session,
                operation,
                preconditions.stream()
                        .map(precondition -> precondition.of(run, in -> acted(run, in)))
                        .toList(),
                resumed);
    }

    /** Like {@link #operation}, without the preconditions. */
    abstract Operation ownOperation(Session session, ReleaseDriver.Caller caller, boolean resumed);

    /** The release of before that the step is about to act on, as the cluster has it now; empty if it makes one. */
    @NonNull
    Optional<Release> acted(Run<?, ?> run, Session session) {
        return Optional.empty();
    }

    /** What their descriptors have in common. */
    abstract static class GuardedStepDescriptor extends ForceableStepDescriptor {

        @Restricted(NoExternalUse.class) // guard.jelly
        public List<? extends Descriptor<Precondition>> getPreconditionDescriptors() {
            return ExtensionList.lookup(Precondition.PreconditionDescriptor.class);
        }
    }
}

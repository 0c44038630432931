package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.io.Serializable;
import java.util.Optional;
import java.util.function.Function;

/** Something that must be the case before {@code canaryDeploy} or {@code promoteStable} writes anything. */
public abstract class Precondition implements Describable<Precondition>, ExtensionPoint, Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * The precondition as the engine asks it.
     *
     * @param acted finds the release of before that the step is about to act on, if it is about one
     * @throws UserException if a parameter is no good
     */
    @NonNull
    abstract Requirement of(Run<?, ?> run, Function<Session, Optional<Release>> acted);

    /** @throws UserException if a parameter is no good */
    abstract void check();

    /** Descriptor of a kind of precondition. */
    public abstract static class PreconditionDescriptor extends Descriptor<Precondition> {

        /** What is wrong with a precondition, for who may configure the job. */
        static FormValidation checked(@CheckForNull Item item, Precondition precondition) {
            return ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)
                    ? ReleaseStep.ReleaseStepDescriptor.checked(precondition::check)
                    : FormValidation.ok();
        }
    }
}

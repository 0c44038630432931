package io.jenkins.plugins.safedeployments.steps;

import hudson.ExtensionPoint;
import hudson.model.Describable;
import hudson.model.Descriptor;
import io.jenkins.plugins.safedeployments.engine.operation.CommandTest;
import java.io.Serializable;

/** Something that is tried on a canary before stable is touched. */
public abstract class CanaryTest implements Describable<CanaryTest>, ExtensionPoint, Serializable {

    private static final long serialVersionUID = 1L;

    /** The test as the engine runs it; {@code UserException} if a parameter is no good. */
    abstract CommandTest toCommandTest();

    /** Descriptor of a kind of test. */
    public abstract static class CanaryTestDescriptor extends Descriptor<CanaryTest> {}
}

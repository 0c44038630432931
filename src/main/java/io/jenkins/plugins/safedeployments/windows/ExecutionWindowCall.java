package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import groovy.lang.Closure;
import hudson.Extension;
import hudson.ExtensionList;
import org.jenkinsci.plugins.workflow.cps.CpsScript;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.cps.DSL;
import org.jenkinsci.plugins.workflow.cps.GlobalVariable;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/**
 * Lets a Pipeline call {@code executionWindow} with and without a body: Pipeline refuses a call without one of a step that may
 * have one, and a name can't be that of two steps, but what a script calls is looked for among its global variables first.
 */
@Extension(optional = true)
public final class ExecutionWindowCall extends GlobalVariable {

    private static final String NAME = "executionWindow";

    @NonNull
    @Override
    public String getName() {
        return NAME;
    }

    @NonNull
    @Override
    public Object getValue(@NonNull CpsScript script) {
        return new Call(CpsThread.current().getExecution().getOwner());
    }

    /** One call, made and done with within a line of the script. */
    public static final class Call extends DSL {

        private static final long serialVersionUID = 1L;

        Call(FlowExecutionOwner owner) {
            super(owner);
        }

        public Object call(Object... arguments) {
            return invokeMethod(NAME, arguments);
        }

        /** Takes the other step where there is no body, by the name that the script has called, which Pipeline insists on. */
        @Override
        protected Object invokeStep(StepDescriptor step, String name, Object arguments) {
            Object[] all = (Object[]) arguments;
            boolean body = all.length > 0 && all[all.length - 1] instanceof Closure;
            return super.invokeStep(
                    body ? step : ExtensionList.lookupSingleton(AwaitExecutionWindowStep.DescriptorImpl.class),
                    name,
                    arguments);
        }
    }
}

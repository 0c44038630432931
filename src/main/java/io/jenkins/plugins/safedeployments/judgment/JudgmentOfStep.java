package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.steps.SynchronousStepExecution;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code judgmentOf}: what was decided in a judgment of this run, by its id. */
public final class JudgmentOfStep extends Step {

    private final String id;

    @DataBoundConstructor
    public JudgmentOfStep(String id) {
        this.id = Util.fixNull(Util.fixEmptyAndTrim(id));
    }

    /** Of the judgment. */
    @NonNull
    public String getId() {
        return id;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(id, context);
    }

    private static final class Execution extends SynchronousStepExecution<Map<String, Object>> {

        private static final long serialVersionUID = 1L;

        private final String id;

        Execution(String id, StepContext context) {
            super(context);
            this.id = id;
        }

        @Override
        protected Map<String, Object> run() throws Exception {
            return JudgmentResult.of(id, Judgments.find(getContext().get(Run.class), id));
        }
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public String getFunctionName() {
            return "judgmentOf";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgmentOfStep_DisplayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class);
        }
    }
}

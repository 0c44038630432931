package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.condition.Answer;
import io.jenkins.plugins.safedeployments.engine.condition.Condition;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.triggers.RunValues;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.steps.SynchronousStepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code checkCondition}: fails the run unless a condition on it holds, and says why. */
public final class CheckConditionStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String condition;

    @DataBoundConstructor
    public CheckConditionStep(String condition) {
        this.condition = Util.fixNull(Util.fixEmptyAndTrim(condition));
    }

    @NonNull
    public String getCondition() {
        return condition;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(context, condition);
    }

    private static final class Execution extends SynchronousStepExecution<Void> {

        private static final long serialVersionUID = 1L;

        private final String condition;

        Execution(StepContext context, String condition) {
            super(context);
            this.condition = condition;
        }

        @Override
        protected Void run() throws Exception {
            PrintStream log = getContext().get(TaskListener.class).getLogger();
            Answer answer;
            try {
                answer = Condition.parse(condition)
                        .check(RunValues.underWay(getContext().get(Run.class)));
            } catch (UserException e) {
                throw new AbortException(e.getMessage());
            }
            answer.lines().forEach(log::println);
            if (!answer.holds()) {
                throw new AbortException("The condition does not hold: " + answer.why() + ".");
            }
            log.println("The condition holds: " + answer.why() + ".");
            return null;
        }
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public String getFunctionName() {
            return "checkCondition";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.CheckConditionStep_DisplayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        @POST
        public FormValidation doCheckCondition(@AncestorInPath Item item, @QueryParameter String value) {
            return ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)
                    ? ReleaseStep.ReleaseStepDescriptor.checked(() -> Condition.parse(Util.fixNull(value)))
                    : FormValidation.ok();
        }
    }
}

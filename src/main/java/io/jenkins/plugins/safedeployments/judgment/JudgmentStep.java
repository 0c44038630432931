package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.ParameterDefinition;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.notify.Notification;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * {@code judgment}: asks people to decide, by rules of its own, and goes on with what they decided. To all who look it is an
 * {@code input}.
 */
public final class JudgmentStep extends Step {

    private final JudgmentSettings settings = new JudgmentSettings();

    @DataBoundConstructor
    public JudgmentStep(String message) {
        settings.setMessage(message);
    }

    @NonNull
    JudgmentSettings settings() {
        return settings;
    }

    /** What is to be decided. */
    @NonNull
    public String getMessage() {
        return settings.getMessage();
    }

    @CheckForNull
    public String getId() {
        return settings.getId();
    }

    @DataBoundSetter
    public void setId(String id) {
        settings.setId(id);
    }

    /** The outcomes that may be chosen, each {@code name: label | description}; none for {@code continue} and {@code stop}. */
    @NonNull
    public List<String> getInputs() {
        return settings.getInputs();
    }

    @DataBoundSetter
    public void setInputs(List<String> inputs) {
        settings.setInputs(inputs);
    }

    /** What the page says besides, for the markup formatter of this Jenkins. */
    @CheckForNull
    public String getInstructions() {
        return settings.getInstructions();
    }

    @DataBoundSetter
    public void setInstructions(String instructions) {
        settings.setInstructions(instructions);
    }

    /** Like {@code 1 of qa and 2 of ops}; null for all who have the permission to judge. */
    @CheckForNull
    public String getApprovers() {
        return settings.getApprovers();
    }

    @DataBoundSetter
    public void setApprovers(String approvers) {
        settings.setApprovers(approvers);
    }

    /** Whether those who started the run or wrote its changes may decide. */
    public boolean isAllowRequester() {
        return settings.isAllowRequester();
    }

    @DataBoundSetter
    public void setAllowRequester(boolean allowRequester) {
        settings.setAllowRequester(allowRequester);
    }

    /** Whether an administrator may decide alone, with a reason. */
    public boolean isAllowOverride() {
        return settings.isAllowOverride();
    }

    @DataBoundSetter
    public void setAllowOverride(boolean allowOverride) {
        settings.setAllowOverride(allowOverride);
    }

    /** When it ends without people, in {@link #getTimeoutUnit}; 0 for never. */
    public int getTimeout() {
        return settings.getTimeout();
    }

    @DataBoundSetter
    public void setTimeout(int timeout) {
        settings.setTimeout(timeout);
    }

    @NonNull
    public TimeUnit getTimeoutUnit() {
        return settings.getTimeoutUnit();
    }

    @DataBoundSetter
    public void setTimeoutUnit(TimeUnit timeoutUnit) {
        settings.setTimeoutUnit(timeoutUnit);
    }

    /** What comes of it then: an outcome, or a result; null for the same as if it was stopped. */
    @CheckForNull
    public String getOnTimeout() {
        return settings.getOnTimeout();
    }

    @DataBoundSetter
    public void setOnTimeout(String onTimeout) {
        settings.setOnTimeout(onTimeout);
    }

    /** The result of the run if it is stopped: {@code FAILURE}, {@code ABORTED}, {@code UNSTABLE}, or {@code NONE} to return. */
    @NonNull
    public String getRejectResult() {
        return settings.getRejectResult();
    }

    @DataBoundSetter
    public void setRejectResult(String rejectResult) {
        settings.setRejectResult(rejectResult);
    }

    /** How often people are told again, in {@link #getTimeoutUnit}; 0 for never. */
    public int getRemindEvery() {
        return settings.getRemindEvery();
    }

    @DataBoundSetter
    public void setRemindEvery(int remindEvery) {
        settings.setRemindEvery(remindEvery);
    }

    /** When further people may decide, too, in {@link #getTimeoutUnit}; 0 for never. */
    public int getEscalateAfter() {
        return settings.getEscalateAfter();
    }

    @DataBoundSetter
    public void setEscalateAfter(int escalateAfter) {
        settings.setEscalateAfter(escalateAfter);
    }

    /** Those people: names of users and groups. */
    @CheckForNull
    public String getEscalateTo() {
        return settings.getEscalateTo();
    }

    @DataBoundSetter
    public void setEscalateTo(String escalateTo) {
        settings.setEscalateTo(escalateTo);
    }

    /** What is to be filled in besides. */
    @NonNull
    public List<ParameterDefinition> getParameters() {
        return settings.getParameters();
    }

    @DataBoundSetter
    public void setParameters(List<ParameterDefinition> parameters) {
        settings.setParameters(parameters);
    }

    /** Who is told of what becomes of it. */
    @NonNull
    public List<Notification> getNotify() {
        return settings.getNotify();
    }

    @DataBoundSetter
    public void setNotify(List<Notification> notify) {
        settings.setNotify(notify);
    }

    /** The application whose newest release is judged; null for none. */
    @CheckForNull
    public String getApp() {
        return settings.getApp();
    }

    @DataBoundSetter
    public void setApp(String app) {
        settings.setApp(app);
    }

    @CheckForNull
    public String getCluster() {
        return settings.getCluster();
    }

    @DataBoundSetter
    public void setCluster(String cluster) {
        settings.setCluster(cluster);
    }

    @CheckForNull
    public String getNamespace() {
        return settings.getNamespace();
    }

    @DataBoundSetter
    public void setNamespace(String namespace) {
        settings.setNamespace(namespace);
    }

    @CheckForNull
    public String getCredentialsId() {
        return settings.getCredentialsId();
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        settings.setCredentialsId(credentialsId);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new JudgmentExecution(settings, context);
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements JudgmentFields {

        @Override
        public String getFunctionName() {
            return "judgment";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgmentStep_DisplayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, FlowNode.class, TaskListener.class);
        }

        @Override
        public String argumentsToString(@NonNull Map<String, Object> namedArgs) {
            Object message = namedArgs.get("message");
            return message == null ? null : message.toString();
        }

        @Override
        public Step newInstance(StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            return super.newInstance(request, JudgmentForm.withLists(form));
        }
    }
}

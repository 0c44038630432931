package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code executionWindow} with a body, which runs only while a window is open and no freeze applies. Without a body, the
 * Pipeline calls {@link AwaitExecutionWindowStep}, since a step has either always a body or never one.
 */
public class ExecutionWindowStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    static final String WAIT = "wait";
    static final String FAIL = "fail";
    static final String CHECK = "check";
    static final String CONTINUE = "continue";
    static final String STOP = "stop";

    private static final Duration LONGEST = Duration.ofDays(366);

    private final WindowSettings window = new WindowSettings();
    private String mode = WAIT;
    private String onWindowEnd = CONTINUE;

    /** In {@link #giveUpAfterUnit}; 0 for never. */
    private int giveUpAfter;

    private TimeUnit giveUpAfterUnit = TimeUnit.MINUTES;

    @DataBoundConstructor
    public ExecutionWindowStep() {}

    @NonNull
    WindowSettings window() {
        return window;
    }

    @CheckForNull
    public final String getDays() {
        return window.getDays();
    }

    @DataBoundSetter
    public final void setDays(String days) {
        window.setDays(days);
    }

    @CheckForNull
    public final String getFrom() {
        return window.getFrom();
    }

    @DataBoundSetter
    public final void setFrom(String from) {
        window.setFrom(from);
    }

    @CheckForNull
    public final String getTo() {
        return window.getTo();
    }

    @DataBoundSetter
    public final void setTo(String to) {
        window.setTo(to);
    }

    @NonNull
    public final List<String> getWindows() {
        return window.getWindows();
    }

    @DataBoundSetter
    public final void setWindows(List<String> windows) {
        window.setWindows(windows);
    }

    @NonNull
    public final List<String> getFreezes() {
        return window.getFreezes();
    }

    @DataBoundSetter
    public final void setFreezes(List<String> freezes) {
        window.setFreezes(freezes);
    }

    @CheckForNull
    public final String getTimeZone() {
        return window.getTimeZone();
    }

    @DataBoundSetter
    public final void setTimeZone(String timeZone) {
        window.setTimeZone(timeZone);
    }

    @CheckForNull
    public final String getCalendar() {
        return window.getCalendar();
    }

    @DataBoundSetter
    public final void setCalendar(String calendar) {
        window.setCalendar(calendar);
    }

    public final int getJitter() {
        return window.getJitter();
    }

    @DataBoundSetter
    public final void setJitter(int jitter) {
        window.setJitter(jitter);
    }

    public final boolean isSkipJitterForManual() {
        return window.isSkipJitterForManual();
    }

    @DataBoundSetter
    public final void setSkipJitterForManual(boolean skipJitterForManual) {
        window.setSkipJitterForManual(skipJitterForManual);
    }

    @CheckForNull
    public final String getSkipMessage() {
        return window.getSkipMessage();
    }

    @DataBoundSetter
    public final void setSkipMessage(String skipMessage) {
        window.setSkipMessage(skipMessage);
    }

    /** What to do while it is closed: {@link #WAIT}, {@link #FAIL}, or go on all the same and say so: {@link #CHECK}. */
    @NonNull
    public final String getMode() {
        return mode;
    }

    @DataBoundSetter
    public final void setMode(String mode) {
        this.mode = Objects.requireNonNullElse(Util.fixEmptyAndTrim(mode), WAIT);
    }

    /** What to do when the window ends while the body runs: {@link #CONTINUE} or {@link #STOP}. */
    @NonNull
    public final String getOnWindowEnd() {
        return onWindowEnd;
    }

    @DataBoundSetter
    public final void setOnWindowEnd(String onWindowEnd) {
        this.onWindowEnd = Objects.requireNonNullElse(Util.fixEmptyAndTrim(onWindowEnd), CONTINUE);
    }

    /** After how long a wait it fails, in {@link #getGiveUpAfterUnit}; 0 for never. */
    public final int getGiveUpAfter() {
        return giveUpAfter;
    }

    @DataBoundSetter
    public final void setGiveUpAfter(int giveUpAfter) {
        this.giveUpAfter = giveUpAfter;
    }

    @NonNull
    public final TimeUnit getGiveUpAfterUnit() {
        return giveUpAfterUnit;
    }

    @DataBoundSetter
    public final void setGiveUpAfterUnit(TimeUnit giveUpAfterUnit) {
        this.giveUpAfterUnit = giveUpAfterUnit == null ? TimeUnit.MINUTES : giveUpAfterUnit;
    }

    /** Zero for never. */
    @NonNull
    Duration longestWait() {
        return Duration.of(giveUpAfter, giveUpAfterUnit.toChronoUnit());
    }

    /** @throws UserException if a parameter that is no part of a calendar is no good */
    void check() {
        oneOf("mode", mode, WAIT, FAIL, CHECK);
        oneOf("onWindowEnd", onWindowEnd, CONTINUE, STOP);
        window.spread();
        if (giveUpAfter < 0 || longestWait().compareTo(LONGEST) > 0) {
            throw new UserException("'giveUpAfter' is " + giveUpAfter + " " + giveUpAfterUnit
                    + ": it must be at least 0, which is never, and at most 366 days.");
        }
    }

    private static void oneOf(String parameter, String value, String... known) {
        if (!List.of(known).contains(value)) {
            throw new UserException("'" + parameter + "' is '" + value + "': it must be "
                    + Stream.of(known).map(word -> "'" + word + "'").collect(Collectors.joining(" or ")) + ".");
        }
    }

    @Override
    public final StepExecution start(StepContext context) {
        return new ExecutionWindowExecution(this, context);
    }

    @Extension
    public static final class DescriptorImpl extends WindowStepDescriptor {

        @Override
        public String getFunctionName() {
            return "executionWindow";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ExecutionWindowStep_DisplayName();
        }

        /** By its body it is also allowed among the options of Declarative Pipelines. */
        @Override
        public boolean takesImplicitBlockArgument() {
            return true;
        }
    }

    /** What the step with a body and that without one have in common. */
    public abstract static class WindowStepDescriptor extends StepDescriptor implements WindowFields {

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, FlowNode.class, TaskListener.class);
        }

        @Override
        public String argumentsToString(@NonNull Map<String, Object> namedArgs) {
            String text = Stream.of("calendar", "days", "from", "to", "windows", "timeZone")
                    .map(namedArgs::get)
                    .filter(Objects::nonNull)
                    .map(Object::toString)
                    .collect(Collectors.joining(" "));
            return text.isEmpty() ? null : text;
        }

        @Override
        public Step newInstance(StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            return super.newInstance(request, WindowForm.withLists(form));
        }

        @POST
        public ListBoxModel doFillModeItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (WindowForm.mayConfigure(item)) {
                items.add(Messages.ExecutionWindowStep_Wait(), WAIT);
                items.add(Messages.ExecutionWindowStep_Fail(), FAIL);
                items.add(Messages.ExecutionWindowStep_Check(), CHECK);
            }
            return items;
        }

        @POST
        public ListBoxModel doFillOnWindowEndItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (WindowForm.mayConfigure(item)) {
                items.add(Messages.ExecutionWindowStep_Continue(), CONTINUE);
                items.add(Messages.ExecutionWindowStep_Stop(), STOP);
            }
            return items;
        }

        @POST
        public ListBoxModel doFillGiveUpAfterUnitItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (WindowForm.mayConfigure(item)) {
                for (TimeUnit unit : List.of(TimeUnit.MINUTES, TimeUnit.HOURS, TimeUnit.DAYS)) {
                    items.add(unit.name().toLowerCase(Locale.ROOT), unit.name());
                }
            }
            return items;
        }
    }
}

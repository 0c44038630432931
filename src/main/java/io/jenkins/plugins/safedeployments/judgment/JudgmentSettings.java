package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.PasswordParameterDefinition;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.judgment.Terms;
import io.jenkins.plugins.safedeployments.engine.judgment.Who;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.notify.Notification;
import io.jenkins.plugins.safedeployments.notify.Notifications;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** What a judgment asks, of whom and for how long, as jobs say it: the step and the build step have this in common. */
public final class JudgmentSettings implements Describable<JudgmentSettings>, Serializable {

    private static final long serialVersionUID = 1L;

    /** No result: the step returns. */
    static final String NONE = "NONE";

    static final List<String> RESULTS = List.of("FAILURE", "ABORTED", "UNSTABLE", NONE);

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9_.]{0,59}");
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int LONGEST_MESSAGE = 1_000;

    private String message = "";

    /** Unique in the run; null to have one made. */
    private String id;

    /** Each {@code name: label | description}. */
    private ArrayList<String> inputs = new ArrayList<>();

    private String instructions;

    /** Like {@code 1 of qa and 2 of ops}; null for all who have the permission. */
    private String approvers;

    private boolean allowRequester;
    private boolean allowOverride;

    /** In {@link #timeoutUnit}; 0 for never. */
    private int timeout;

    private TimeUnit timeoutUnit = TimeUnit.HOURS;

    /** Name of an outcome, or a result; null for the result of a rejection. */
    private String onTimeout;

    private String rejectResult = "FAILURE";

    /** In {@link #timeoutUnit}; 0 for never. */
    private int remindEvery;

    /** In {@link #timeoutUnit}; 0 for never. */
    private int escalateAfter;

    /** Names of users and groups; null for nobody. */
    private String escalateTo;

    private ArrayList<ParameterDefinition> parameters = new ArrayList<>();

    /** Who is told of what becomes of it. */
    /** Null in judgments that were asked before there was any. */
    private ArrayList<Notification> notify = new ArrayList<>();

    /** The application whose release is judged; null for none. */
    private String app;

    private String cluster;
    private String namespace;
    private String credentialsId;

    JudgmentSettings() {}

    @DataBoundConstructor
    public JudgmentSettings(String message) {
        setMessage(message);
    }

    @NonNull
    public String getMessage() {
        return message;
    }

    void setMessage(String message) {
        this.message = Util.fixNull(Util.fixEmptyAndTrim(message));
    }

    @CheckForNull
    public String getId() {
        return id;
    }

    @DataBoundSetter
    public void setId(String id) {
        this.id = Util.fixEmptyAndTrim(id);
    }

    @NonNull
    public List<String> getInputs() {
        return new ArrayList<>(inputs);
    }

    @DataBoundSetter
    public void setInputs(List<String> inputs) {
        this.inputs = inputs == null ? new ArrayList<>() : new ArrayList<>(inputs);
    }

    @CheckForNull
    public String getInstructions() {
        return instructions;
    }

    @DataBoundSetter
    public void setInstructions(String instructions) {
        this.instructions = Util.fixEmptyAndTrim(instructions);
    }

    @CheckForNull
    public String getApprovers() {
        return approvers;
    }

    @DataBoundSetter
    public void setApprovers(String approvers) {
        this.approvers = Util.fixEmptyAndTrim(approvers);
    }

    public boolean isAllowRequester() {
        return allowRequester;
    }

    @DataBoundSetter
    public void setAllowRequester(boolean allowRequester) {
        this.allowRequester = allowRequester;
    }

    public boolean isAllowOverride() {
        return allowOverride;
    }

    @DataBoundSetter
    public void setAllowOverride(boolean allowOverride) {
        this.allowOverride = allowOverride;
    }

    public int getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(int timeout) {
        this.timeout = timeout;
    }

    @NonNull
    public TimeUnit getTimeoutUnit() {
        return timeoutUnit;
    }

    @DataBoundSetter
    public void setTimeoutUnit(TimeUnit timeoutUnit) {
        this.timeoutUnit = timeoutUnit == null ? TimeUnit.HOURS : timeoutUnit;
    }

    @CheckForNull
    public String getOnTimeout() {
        return onTimeout;
    }

    @DataBoundSetter
    public void setOnTimeout(String onTimeout) {
        this.onTimeout = Util.fixEmptyAndTrim(onTimeout);
    }

    @NonNull
    public String getRejectResult() {
        return rejectResult;
    }

    @DataBoundSetter
    public void setRejectResult(String rejectResult) {
        this.rejectResult = Objects.requireNonNullElse(Util.fixEmptyAndTrim(rejectResult), "FAILURE");
    }

    public int getRemindEvery() {
        return remindEvery;
    }

    @DataBoundSetter
    public void setRemindEvery(int remindEvery) {
        this.remindEvery = remindEvery;
    }

    public int getEscalateAfter() {
        return escalateAfter;
    }

    @DataBoundSetter
    public void setEscalateAfter(int escalateAfter) {
        this.escalateAfter = escalateAfter;
    }

    @CheckForNull
    public String getEscalateTo() {
        return escalateTo;
    }

    @DataBoundSetter
    public void setEscalateTo(String escalateTo) {
        this.escalateTo = Util.fixEmptyAndTrim(escalateTo);
    }

    @NonNull
    public List<ParameterDefinition> getParameters() {
        return new ArrayList<>(parameters);
    }

    @DataBoundSetter
    public void setParameters(List<ParameterDefinition> parameters) {
        this.parameters = parameters == null ? new ArrayList<>() : new ArrayList<>(parameters);
    }

    @NonNull
    public List<Notification> getNotify() {
        return notify == null ? new ArrayList<>() : new ArrayList<>(notify);
    }

    @DataBoundSetter
    public void setNotify(List<Notification> notify) {
        this.notify = notify == null ? new ArrayList<>() : new ArrayList<>(notify);
    }

    @CheckForNull
    public String getApp() {
        return app;
    }

    @DataBoundSetter
    public void setApp(String app) {
        this.app = Util.fixEmptyAndTrim(app);
    }

    @CheckForNull
    public String getCluster() {
        return cluster;
    }

    @DataBoundSetter
    public void setCluster(String cluster) {
        this.cluster = Util.fixEmptyAndTrim(cluster);
    }

    @CheckForNull
    public String getNamespace() {
        return namespace;
    }

    @DataBoundSetter
    public void setNamespace(String namespace) {
        this.namespace = Util.fixEmptyAndTrim(namespace);
    }

    @CheckForNull
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Whether it is about a release. */
    boolean isBound() {
        return app != null;
    }

    /** @throws UserException if any of it is no good */
    void check() {
        if (InertText.lines(message).isEmpty()) {
            throw new UserException("'message' is missing: say what is to be decided.");
        }
        if (message.length() > LONGEST_MESSAGE) {
            throw new UserException("'message' has " + message.length() + " characters: keep it to " + LONGEST_MESSAGE
                    + ", and put the rest into 'instructions'.");
        }
        if (id != null && !ID.matcher(id).matches()) {
            throw new UserException("'id' is '" + shortened(id)
                    + "': it must be letters, digits, '-', '_' and '.', and at most 60 of them.");
        }
        if (id != null && JudgmentTab.TAKEN.contains(id)) {
            throw new UserException("'id' is '" + id + "', a name that Jenkins itself has among the pages of judgments:"
                    + " choose another one.");
        }
        oneOf("rejectResult", rejectResult, RESULTS);
        duration("timeout", timeout);
        duration("remindEvery", remindEvery);
        duration("escalateAfter", escalateAfter);
        if ((escalateAfter > 0) != (escalateTo != null)) {
            throw new UserException("'escalateAfter' and 'escalateTo' go together: say both or none.");
        }
        if (!isBound() && (cluster != null || namespace != null)) {
            throw new UserException(
                    "'app' is missing: name the application whose release is judged, or leave 'cluster' and"
                            + " 'namespace' out.");
        }
        checkParameters();
        Notifications.check(getNotify());
        terms(Instant.EPOCH, List.of(), false, false);
    }

    /** Whether the end of its time is an outcome by which it goes on. */
    private boolean goesOnByTime() {
        return onTimeout != null && !RESULTS.contains(onTimeout) && !onTimeout.equals(Choice.STOP);
    }

    private void checkParameters() {
        Set<String> names = new HashSet<>();
        for (ParameterDefinition parameter : parameters) {
            if (JudgmentForm.isFile(parameter.getClass())) {
                throw new UserException("'parameters' has the file '" + parameter.getName()
                        + "', but a judgment takes no files: take it from a place where it can be looked at.");
            }
            if (isSecret(parameter)) {
                throw new UserException("'parameters' has the password '" + parameter.getName()
                        + "', but what a judgment asks is kept and shown: use credentials.");
            }
            if (JudgmentInput.OUTCOME.equals(parameter.getName())
                    || JudgmentInput.COMMENT.equals(parameter.getName())) {
                throw new UserException("'parameters' has '" + parameter.getName()
                        + "', which every judgment has: give it another name.");
            }
            if (!names.add(parameter.getName())) {
                throw new UserException(
                        "'parameters' has '" + parameter.getName() + "' twice: give each a name of its own.");
            }
        }
    }

    /** As far as that is known before it is filled in; other plugins have kinds of their own. */
    private static boolean isSecret(ParameterDefinition parameter) {
        if (parameter instanceof PasswordParameterDefinition) {
            return true;
        }
        ParameterValue value = parameter.getDefaultParameterValue();
        return value != null && value.isSensitive();
    }

    /**
     * @param demanded what folders and clusters demand besides
     * @param forbidRequester whether one of these forbids that the requester decides
     * @param forbidOverride whether one of these forbids overriding
     * @throws UserException if a part of it can't be understood
     */
    @NonNull
    Terms terms(Instant now, List<Rules> demanded, boolean forbidRequester, boolean forbidOverride) {
        List<Choice> choices = Choice.parse(inputs);
        List<Rules> rules = new ArrayList<>(demanded);
        if (approvers != null || demanded.isEmpty()) {
            rules.add(0, Rules.parse("approvers", Util.fixNull(approvers)));
        }
        List<Who> escalation = escalateTo == null ? List.<Who>of() : Rules.parseNames("escalateTo", escalateTo);
        if (onTimeout != null
                && !RESULTS.contains(onTimeout)
                && choices.stream().noneMatch(choice -> choice.name().equals(onTimeout))) {
            throw new UserException("'onTimeout' is '" + shortened(onTimeout) + "': it must be one of the outcomes ("
                    + choices.stream().map(Choice::name).collect(Collectors.joining(", ")) + ") or a result ("
                    + String.join(", ", RESULTS) + ").");
        }
        if (!demanded.isEmpty() && goesOnByTime()) {
            throw new UserException(
                    "'onTimeout' is '" + onTimeout + "', but a folder or the cluster demands that people"
                            + " approve: it can only be 'stop' or a result.");
        }
        if (!demanded.isEmpty() && !escalation.isEmpty()) {
            throw new UserException("'escalateTo' is '" + shortened(escalateTo)
                    + "', but a folder or the cluster demands approvers, in whose place a job can put nobody: leave it"
                    + " out, or have them added there.");
        }
        return new Terms(
                        message,
                        choices,
                        rules,
                        allowRequester && !forbidRequester,
                        allowOverride && !forbidOverride,
                        timeout == 0 ? null : now.plus(duration("timeout", timeout)),
                        onTimeout == null || RESULTS.contains(onTimeout) ? "" : onTimeout,
                        duration("remindEvery", remindEvery).toSeconds(),
                        escalateAfter == 0 ? null : now.plus(duration("escalateAfter", escalateAfter)),
                        escalation)
                .withDefaults(goesOnByTime() ? defaults() : Map.of());
    }

    /** What stands in the fields before anybody fills them in: scripts find all parameters that were asked for. */
    private Map<String, Object> defaults() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (ParameterDefinition parameter : parameters) {
            ParameterValue value = parameter.getDefaultParameterValue();
            if (value == null || value.getValue() == null) {
                throw new UserException("'onTimeout' is '" + onTimeout + "', but the parameter '" + parameter.getName()
                        + "' has no default value to go on with: give it one, or let the time end with 'stop' or a"
                        + " result.");
            }
            values.put(parameter.getName(), JudgmentInput.plain(value));
        }
        return values;
    }

    /** What the run becomes if it is stopped, or if nobody decides in time; null for nothing. */
    @CheckForNull
    Result resultOf(boolean timedOut) {
        String name = timedOut && RESULTS.contains(Util.fixNull(onTimeout)) ? onTimeout : rejectResult;
        return name.equals(NONE) ? null : Result.fromString(name);
    }

    private Duration duration(String parameter, int value) {
        Duration duration = Duration.of(value, timeoutUnit.toChronoUnit());
        if (value < 0 || duration.compareTo(LONGEST) > 0) {
            throw new UserException(
                    "'" + parameter + "' is " + value + " " + timeoutUnit.name().toLowerCase(Locale.ROOT)
                            + ": it must be at least 0, which is never, and at most 366 days.");
        }
        return duration;
    }

    private static void oneOf(String parameter, String value, List<String> known) {
        if (!known.contains(value)) {
            throw new UserException("'" + parameter + "' is '" + shortened(value) + "': it must be "
                    + known.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" or ")) + ".");
        }
    }

    private static String shortened(String value) {
        return value.length() <= 80 ? value : value.substring(0, 77) + "...";
    }

    /** For the build step, whose form has this as a part; that of the step looks the same. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<JudgmentSettings> implements JudgmentFields {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgmentStep_DisplayName();
        }

        @Override
        public String getHelpFile(String fieldName) {
            return Jenkins.get()
                    .getDescriptorByType(JudgmentStep.DescriptorImpl.class)
                    .getHelpFile(fieldName);
        }

        @Override
        public JudgmentSettings newInstance(StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            return super.newInstance(request, JudgmentForm.withLists(form));
        }
    }
}

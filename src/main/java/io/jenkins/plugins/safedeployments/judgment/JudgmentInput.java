package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.ChoiceParameterDefinition;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Rule;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.judgment.Terms;
import io.jenkins.plugins.safedeployments.engine.judgment.Who;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStep;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * What {@code input} is asked for a judgment: an input to all who look, with the outcome and a comment among its parameters.
 * Who is let in by it is not decided here.
 */
@ExportedBean(defaultVisibility = 2)
public final class JudgmentInput extends InputStep {

    private static final long serialVersionUID = 1L;

    /** Names of its parameters. */
    static final String OUTCOME = "outcome";

    static final String COMMENT = "comment";

    /** Of what is filled in, in characters, since all of it is kept with the run. */
    private static final int LONGEST_VALUE = 4_000;

    private static final int LONGEST_FORM = 1_000_000;
    private static final int LONGEST_REASON = 200;

    private final JudgmentExecution execution;

    /** Names of all who may decide, separated by commas. */
    private final String approvers;

    JudgmentInput(JudgmentExecution execution, Judgment judgment, List<ParameterDefinition> parameters) {
        super(judgment.terms().message());
        this.execution = execution;
        Terms terms = judgment.terms();
        setId(judgment.id());
        List<Choice> going =
                terms.choices().stream().filter(choice -> !choice.stops()).toList();
        setOk(going.size() == 1 ? going.get(0).label() : "Decide");
        setCancel(terms.choices().stream()
                .filter(Choice::stops)
                .map(Choice::label)
                .findFirst()
                .orElse("Stop"));
        List<ParameterDefinition> all = new ArrayList<>();
        if (going.size() > 1) {
            String[] names = Stream.concat(Stream.of(""), going.stream().map(Choice::name))
                    .toArray(String[]::new);
            String meaning = going.stream()
                    .map(choice -> choice.name() + ": " + choice.label()
                            + (choice.description().isEmpty() ? "" : " (" + choice.description() + ")"))
                    .collect(Collectors.joining("; "));
            all.add(new ChoiceParameterDefinition(OUTCOME, names, meaning));
        }
        all.add(new JudgmentComment(execution, JudgmentComment.takes(judgment.rulesText(judgment.since()))));
        all.addAll(parameters);
        setParameters(all);
        approvers = names(terms);
    }

    /** As {@code input} wants it; it can say neither a number nor a permission, so it lets too many in rather than too few. */
    private static String names(Terms terms) {
        List<Who> all = Stream.concat(
                        terms.rules().stream()
                                .map(Rules::all)
                                .flatMap(List::stream)
                                .map(Rule::names)
                                .flatMap(List::stream),
                        terms.escalateTo().stream())
                .toList();
        boolean sayable = all.stream()
                .noneMatch(who -> who.kind() == Who.Kind.ANYONE || who.name().contains(","));
        return sayable ? all.stream().map(Who::name).distinct().collect(Collectors.joining(",")) : "authenticated";
    }

    /** While a decision passes, whoever made it: that they may is settled. */
    @Override
    public String getSubmitter() {
        return execution.isPassing() ? Jenkins.getAuthentication2().getName() : approvers;
    }

    @Override
    public DescriptorImpl getDescriptor() {
        return Jenkins.get().getDescriptorByType(DescriptorImpl.class);
    }

    /** The outcome that is meant by an answer that names none; empty if there are several. */
    @NonNull
    static String onlyChoice(Terms terms) {
        List<Choice> going =
                terms.choices().stream().filter(choice -> !choice.stops()).toList();
        return going.size() == 1 ? going.get(0).name() : "";
    }

    /**
     * What was filled into a form of Jenkins', by the names of the parameters.
     *
     * @throws UserException if something was that is not asked, or makes no sense
     */
    @NonNull
    static Map<String, Object> submitted(StaplerRequest2 request, List<ParameterDefinition> asked) {
        try {
            return submitted(request, request.getSubmittedForm(), asked);
        } catch (ServletException | net.sf.json.JSONException e) {
            throw senseless(e);
        }
    }

    /**
     * The same of what a program may have made up. Jenkins' own reading of forms ends with an error page where there is none.
     *
     * @param json the form
     * @throws UserException if something was that is not asked, or makes no sense
     */
    @NonNull
    static Map<String, Object> submitted(StaplerRequest2 request, String json, List<ParameterDefinition> asked) {
        if (json.length() > LONGEST_FORM) {
            throw new UserException(
                    "What was sent has " + json.length() + " characters: keep it to " + LONGEST_FORM + ".");
        }
        try {
            return submitted(request, JSONObject.fromObject(json), asked);
        } catch (net.sf.json.JSONException e) {
            throw senseless(e);
        }
    }

    private static Map<String, Object> submitted(
            StaplerRequest2 request, JSONObject form, List<ParameterDefinition> asked) {
        Map<String, Object> values = new LinkedHashMap<>();
        try {
            Object parameters = form.get("parameter");
            if (parameters != null) {
                for (Object one : JSONArray.fromObject(parameters)) {
                    JSONObject json = (JSONObject) one;
                    String name = json.getString("name");
                    ParameterDefinition definition = asked.stream()
                            .filter(parameter -> parameter.getName().equals(name))
                            .findFirst()
                            .orElseThrow(() -> new UserException("There is no parameter of that name: look again."));
                    ParameterValue value = definition.createValue(request, json);
                    if (value != null) {
                        values.put(name, plain(value));
                    }
                }
            }
        } catch (IllegalArgumentException | net.sf.json.JSONException | ClassCastException e) {
            throw senseless(e);
        }
        return values;
    }

    private static UserException senseless(Exception e) {
        String why = InertText.cut(InertText.oneLine(String.valueOf(e.getMessage())), LONGEST_REASON);
        return new UserException("What was sent can't be understood: " + why, e);
    }

    /**
     * What can be kept, and given to any script. A comment that is too long is cut later.
     *
     * @throws UserException if it can't
     */
    @NonNull
    static Object plain(ParameterValue filled) {
        String name = filled.getName();
        if (filled.isSensitive()) {
            throw new UserException("'" + name + "' is a secret, but what a judgment asks is kept and shown, so nothing"
                    + " was recorded: have it taken from credentials.");
        }
        Object value = filled.getValue();
        if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            return value;
        }
        String text = value == null ? "" : value.toString();
        if (text.length() > LONGEST_VALUE && !name.equals(COMMENT)) {
            throw new UserException("'" + name + "' has " + text.length() + " characters: keep it to " + LONGEST_VALUE
                    + ", and say where the rest is.");
        }
        return text;
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Item;
import hudson.model.ParameterDefinition;
import hudson.model.PasswordParameterDefinition;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** What the forms of all that asks people check as one types; who may not configure learns nothing. */
final class JudgmentForm {

    private JudgmentForm() {}

    /** Lists are lines of a text in forms. */
    @NonNull
    static JSONObject withLists(JSONObject form) {
        if (form.get("inputs") instanceof String text) {
            form.put("inputs", JSONArray.fromObject(lines(text)));
        }
        return form;
    }

    @NonNull
    static String text(@CheckForNull List<String> lines) {
        return lines == null ? "" : String.join("\n", lines);
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    static FormValidation checkApprovers(@CheckForNull Item item, String value) {
        return check(item, () -> Rules.parse("approvers", Util.fixNull(value)));
    }

    static FormValidation checkEscalateTo(@CheckForNull Item item, String value) {
        return check(item, () -> Rules.parseNames("escalateTo", Util.fixNull(value)));
    }

    static FormValidation checkInputs(@CheckForNull Item item, String value) {
        return check(item, () -> Choice.parse(lines(Util.fixNull(value))));
    }

    /** Those that may be asked: neither files nor passwords. */
    @NonNull
    static List<ParameterDefinition.ParameterDescriptor> parameters() {
        return ExtensionList.lookup(ParameterDefinition.ParameterDescriptor.class).stream()
                .filter(descriptor -> !isFile(descriptor.clazz)
                        && !PasswordParameterDefinition.class.isAssignableFrom(descriptor.clazz))
                .toList();
    }

    /** Whether a kind of parameters is of files: that of Jenkins, or one of other plugins, which need not be there. */
    static boolean isFile(Class<?> parameter) {
        return parameter != null
                && (parameter.getSimpleName().endsWith("FileParameterDefinition") || isFile(parameter.getSuperclass()));
    }

    static ListBoxModel units(@CheckForNull Item item) {
        ListBoxModel items = new ListBoxModel();
        if (mayConfigure(item)) {
            for (TimeUnit unit : List.of(TimeUnit.MINUTES, TimeUnit.HOURS, TimeUnit.DAYS)) {
                items.add(unit.name().toLowerCase(Locale.ROOT), unit.name());
            }
        }
        return items;
    }

    static ListBoxModel results(@CheckForNull Item item, String nothing) {
        ListBoxModel items = new ListBoxModel();
        if (mayConfigure(item)) {
            for (String result : JudgmentSettings.RESULTS) {
                items.add(result.equals(JudgmentSettings.NONE) ? nothing : result, result);
            }
        }
        return items;
    }

    static ListBoxModel clusters(@CheckForNull Item item, @CheckForNull String cluster) {
        ListBoxModel items = new ListBoxModel();
        if (mayConfigure(item)) {
            items.add("", "");
            SafeDeploymentsConfiguration.get().getClusters().forEach(one -> items.add(one.getName()));
        } else if (Util.fixEmpty(cluster) != null) {
            items.add(cluster);
        }
        return items;
    }

    private static FormValidation check(@CheckForNull Item item, Runnable check) {
        if (!mayConfigure(item)) {
            return FormValidation.ok();
        }
        try {
            check.run();
            return FormValidation.ok();
        } catch (UserException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static boolean mayConfigure(@CheckForNull Item item) {
        return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
    }
}

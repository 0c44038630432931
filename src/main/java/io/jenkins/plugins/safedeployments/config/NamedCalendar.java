package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarCheck;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarEntry;
import io.jenkins.plugins.safedeployments.engine.calendar.Finding;
import io.jenkins.plugins.safedeployments.engine.calendar.Schedule;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.Serializable;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A calendar that jobs name, in the global configuration or on a folder: lines of windows, freezes and a zone. */
public final class NamedCalendar implements Describable<NamedCalendar>, Serializable {

    private static final long serialVersionUID = 1L;

    /** What jobs call it; unique where it is configured. */
    private final String name;

    /** As {@link WindowCalendar#parse} reads it. */
    private final String text;

    @DataBoundConstructor
    public NamedCalendar(String name, String text) {
        this.name = Util.fixNull(Util.fixEmptyAndTrim(name));
        this.text = Util.fixNull(text).lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    @NonNull
    public String getName() {
        return name;
    }

    @NonNull
    public String getText() {
        return text;
    }

    /** @throws UserException if its text can't be understood */
    @NonNull
    public WindowCalendar toCalendar() {
        return WindowCalendar.parse(name, text, IcsFiles.get()::entries);
    }

    /**
     * Files that it names need not be there yet: they may come later in the same configuration, or be fetched.
     *
     * @throws UserException if its text can't be understood
     */
    private void checkText() {
        WindowCalendar.parse(name, text, file -> List.of(CalendarEntry.parse("windows", "daily")));
    }

    /** @throws IllegalArgumentException if one has no name, one that another has, or a text that can't be understood */
    public static void check(List<NamedCalendar> calendars) {
        Set<String> names = new HashSet<>();
        for (NamedCalendar calendar : calendars) {
            if (calendar.name.isEmpty()) {
                throw new IllegalArgumentException(Messages.NamedCalendar_NameMissing());
            }
            if (!names.add(calendar.name)) {
                throw new IllegalArgumentException(Messages.NamedCalendar_NameTwice(calendar.name));
            }
            try {
                calendar.checkText();
            } catch (UserException e) {
                throw new IllegalArgumentException(Messages.NamedCalendar_Wrong(calendar.name, e.getMessage()), e);
            }
        }
    }

    @Extension
    @Symbol("windowCalendar")
    public static final class DescriptorImpl extends Descriptor<NamedCalendar> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.NamedCalendar_DisplayName();
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
            return mayConfigure(item) && Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.NamedCalendar_NameMissing())
                    : FormValidation.ok();
        }

        /** What is wrong with it; else when it opens next, and what may not be meant like that. */
        @POST
        public FormValidation doCheckText(
                @AncestorInPath Item item, @QueryParameter String name, @QueryParameter String value) {
            if (!mayConfigure(item)) {
                return FormValidation.ok();
            }
            NamedCalendar calendar = new NamedCalendar(name, value);
            try {
                calendar.checkText();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
            try {
                return shown(calendar.toCalendar(), Instant.now());
            } catch (UserException e) {
                return FormValidation.warning(e.getMessage()); // a file that it names is not there yet
            }
        }

        private static FormValidation shown(WindowCalendar calendar, Instant now) {
            List<Finding> findings = CalendarCheck.of(calendar, now);
            String state =
                    Messages.NamedCalendar_Now(Schedule.of(calendar).at(now).sentence());
            String text = Stream.concat(findings.stream().map(Finding::text), Stream.of(state))
                    .collect(Collectors.joining("\n"));
            return switch (findings.isEmpty()
                    ? Finding.Severity.NOTE
                    : findings.get(0).severity()) {
                case ERROR -> FormValidation.error(text);
                case WARNING -> FormValidation.warning(text);
                case NOTE -> FormValidation.ok(text);
            };
        }

        private static boolean mayConfigure(@CheckForNull Item item) {
            return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
        }
    }
}

package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Actionable;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.CalendarEntry;
import io.jenkins.plugins.safedeployments.engine.calendar.Jitter;
import io.jenkins.plugins.safedeployments.engine.calendar.Verdict;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.calendar.Zones;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** When something may start, as jobs say it: the step, the build step and the job's property have this in common. */
public final class WindowSettings implements Describable<WindowSettings>, Serializable {

    private static final long serialVersionUID = 1L;

    /** Like {@code Mon-Fri}; null for all. */
    private String days;

    /** Like {@code 09:00}; null, together with {@code to}, for whole days. */
    private String from;

    private String to;

    /** Each like {@code Mon-Fri 09:00-17:00}. */
    private ArrayList<String> windows = new ArrayList<>();

    private ArrayList<String> freezes = new ArrayList<>();

    /** IANA name; null if there are no windows and freezes of its own. */
    private String timeZone;

    /** Name of a configured calendar that must be open, too; null for none. */
    private String calendar;

    /** Over how many minutes of an opening what has waited for it is spread. */
    private int jitter;

    /** Whether what a person has started goes on when it opens, without being spread. */
    private boolean skipJitterForManual;

    /** What to tell people before they skip it; null for the usual words. */
    private String skipMessage;

    @DataBoundConstructor
    public WindowSettings() {}

    @CheckForNull
    public String getDays() {
        return days;
    }

    @DataBoundSetter
    public void setDays(String days) {
        this.days = Util.fixEmptyAndTrim(days);
    }

    @CheckForNull
    public String getFrom() {
        return from;
    }

    @DataBoundSetter
    public void setFrom(String from) {
        this.from = Util.fixEmptyAndTrim(from);
    }

    @CheckForNull
    public String getTo() {
        return to;
    }

    @DataBoundSetter
    public void setTo(String to) {
        this.to = Util.fixEmptyAndTrim(to);
    }

    @NonNull
    public List<String> getWindows() {
        return new ArrayList<>(windows);
    }

    @DataBoundSetter
    public void setWindows(List<String> windows) {
        this.windows = windows == null ? new ArrayList<>() : new ArrayList<>(windows);
    }

    @NonNull
    public List<String> getFreezes() {
        return new ArrayList<>(freezes);
    }

    @DataBoundSetter
    public void setFreezes(List<String> freezes) {
        this.freezes = freezes == null ? new ArrayList<>() : new ArrayList<>(freezes);
    }

    @CheckForNull
    public String getTimeZone() {
        return timeZone;
    }

    @DataBoundSetter
    public void setTimeZone(String timeZone) {
        this.timeZone = Util.fixEmptyAndTrim(timeZone);
    }

    @CheckForNull
    public String getCalendar() {
        return calendar;
    }

    @DataBoundSetter
    public void setCalendar(String calendar) {
        this.calendar = Util.fixEmptyAndTrim(calendar);
    }

    public int getJitter() {
        return jitter;
    }

    @DataBoundSetter
    public void setJitter(int jitter) {
        this.jitter = jitter;
    }

    public boolean isSkipJitterForManual() {
        return skipJitterForManual;
    }

    @DataBoundSetter
    public void setSkipJitterForManual(boolean skipJitterForManual) {
        this.skipJitterForManual = skipJitterForManual;
    }

    @CheckForNull
    public String getSkipMessage() {
        return skipMessage;
    }

    @DataBoundSetter
    public void setSkipMessage(String skipMessage) {
        this.skipMessage = Util.fixEmptyAndTrim(skipMessage);
    }

    /**
     * The calendars that must all be open: its own, and the named one.
     *
     * @param item where the named one is looked for; null for the global configuration only
     * @throws UserException if anything in it can't be understood, or there is no such calendar
     */
    @NonNull
    List<WindowCalendar> calendars(@CheckForNull Item item) {
        List<WindowCalendar> calendars = new ArrayList<>();
        List<CalendarEntry> own = new ArrayList<>();
        if (days != null || from != null || to != null) {
            own.add(CalendarEntry.ofTimes(days, from, to));
        }
        windows.forEach(text -> own.add(CalendarEntry.parse("windows", text)));
        List<CalendarEntry> frozen = freezes.stream()
                .map(text -> CalendarEntry.parse("freezes", text))
                .toList();
        if (calendar == null || !own.isEmpty() || !frozen.isEmpty()) {
            if (own.isEmpty() && frozen.isEmpty()) {
                throw new UserException("'windows' is missing: say when it may start, by days and times like 'Mon-Fri"
                        + " 09:00-17:00', by 'freezes' in which it may not, or by the name of a 'calendar'.");
            }
            calendars.add(new WindowCalendar("", Zones.parse("timeZone", timeZone), own, frozen));
        }
        if (calendar != null) {
            calendars.add(Calendars.named(calendar, item));
        }
        return calendars;
    }

    /**
     * Before a wait. A named calendar may be changed meanwhile, but its own windows stay as they are. A freeze without an end is
     * no mistake: it holds until somebody skips it.
     *
     * @throws UserException if these never open
     */
    void checkOpens(WindowState state) {
        Verdict verdict = state.verdict();
        if (calendar == null && verdict != null && verdict.opens() == null && !state.isFrozen()) {
            throw new UserException(WindowState.capitalized(state.sentence())
                    + ". So it would wait for ever: correct 'windows' or 'freezes', or name a 'calendar', which can be"
                    + " changed while it is waited for.");
        }
    }

    /** @throws UserException if it is negative or longer than a day */
    @NonNull
    Jitter spread() {
        return new Jitter(Duration.ofMinutes(jitter));
    }

    /** @param manual whether a person has started what waits, who may be told to wait, but not for the sake of others */
    @NonNull
    Jitter spread(boolean manual) {
        return skipJitterForManual && manual ? new Jitter(Duration.ZERO) : spread();
    }

    /** Whether a person has started a run, or put an item into the queue. */
    static boolean isManual(Actionable owner) {
        return owner.getActions(CauseAction.class).stream()
                .flatMap(action -> action.getCauses().stream())
                .anyMatch(Cause.UserIdCause.class::isInstance);
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<WindowSettings> implements WindowFields {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.AwaitExecutionWindowStep_DisplayName();
        }

        @Override
        public WindowSettings newInstance(StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            return (WindowSettings) super.newInstance(request, WindowForm.withLists(form));
        }
    }
}

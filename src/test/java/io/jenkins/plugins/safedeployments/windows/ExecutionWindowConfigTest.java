package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.IcsFile;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.URL;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** The step in the Snippet Generator, and calendars in the global configuration and on folders. */
public class ExecutionWindowConfigTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    private final StepConfigTester form = new StepConfigTester(jenkins);
    private final SnippetizerTester snippets = new SnippetizerTester(jenkins);

    @Test
    public void stepWithEverything() throws Exception {
        ExecutionWindowStep step = filled(new ExecutionWindowStep());

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(step, "executionWindow(" + FILLED + ") {\n    // some block\n}");
    }

    @Test
    public void stepWithoutABody() throws Exception {
        ExecutionWindowStep step = filled(new AwaitExecutionWindowStep());

        jenkins.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
        snippets.assertRoundTrip(step, "awaitExecutionWindow " + FILLED);
        snippets.assertRoundTrip(new AwaitExecutionWindowStep(), "awaitExecutionWindow()");
    }

    @Test
    public void referencePagesAreComplete() throws Exception {
        SnippetizerTester.assertDocGeneration(ExecutionWindowStep.class);
        SnippetizerTester.assertDocGeneration(AwaitExecutionWindowStep.class);
    }

    /** As a browser asks while one types; the fields of all forms with a window are checked by the same methods. */
    @Test
    public void fieldsAreCheckedOverHttp() throws Exception {
        for (Class<?> described :
                List.of(ExecutionWindowStep.class, AwaitExecutionWindowStep.class, WindowSettings.class)) {
            Descriptor<?> descriptor = jenkins.jenkins.getDescriptor(described.getName());
            assertThat(
                    jenkins.executeOnServer(
                            () -> descriptor.getCheckMethod("windows").toStemUrl()),
                    endsWith("/checkWindows"));
            try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
                web.setThrowExceptionOnFailingStatusCode(false);
                URL url = new URL(web.getContextPath() + descriptor.getDescriptorUrl() + "/checkWindows?value=Noday");
                assertThat(
                        web.getPage(web.addCrumb(new WebRequest(url, HttpMethod.POST)))
                                .getWebResponse()
                                .getContentAsString(),
                        containsString("Noday"));
                assertThat(web.getPage(url).getWebResponse().getStatusCode(), is(404));
            }
        }
    }

    private static final String FILLED =
            "calendar: 'office', days: 'Mon-Fri', freezes: ['yearly 12-24..01-02'], from: '09:00',"
                    + " giveUpAfter: 2, giveUpAfterUnit: 'DAYS', jitter: 5, mode: 'fail', onWindowEnd: 'stop',"
                    + " skipJitterForManual: true, skipMessage: 'Ask first', timeZone: 'UTC', to: '17:00',"
                    + " windows: ['Sat 10:00-12:00', 'Sun']";

    private static ExecutionWindowStep filled(ExecutionWindowStep step) {
        step.setDays("Mon-Fri");
        step.setFrom("09:00");
        step.setTo("17:00");
        step.setWindows(List.of("Sat 10:00-12:00", "Sun"));
        step.setFreezes(List.of("yearly 12-24..01-02"));
        step.setTimeZone("UTC");
        step.setCalendar("office");
        step.setJitter(5);
        step.setSkipJitterForManual(true);
        step.setSkipMessage("Ask first");
        step.setMode("fail");
        step.setGiveUpAfter(2);
        step.setGiveUpAfterUnit(TimeUnit.DAYS);
        step.setOnWindowEnd("stop");
        return step;
    }

    @Test
    public void jobsFormsKeepEverything() throws Exception {
        WindowSettings settings = new WindowSettings();
        settings.setFrom("22:00");
        settings.setTo("02:00");
        settings.setTimeZone("UTC");
        settings.setDays("Mon-Fri");
        settings.setWindows(List.of("Sat 10:00-12:00", "Sun"));
        settings.setFreezes(List.of("yearly 12-24..01-02"));
        settings.setCalendar("office");
        settings.setJitter(5);
        settings.setSkipJitterForManual(true);
        settings.setSkipMessage("Ask first");
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.addProperty(new ExecutionWindowProperty(settings));
        job.getBuildersList().add(new ExecutionWindowBuilder(settings));

        job = jenkins.configRoundtrip(job);

        jenkins.assertEqualDataBoundBeans(
                settings, job.getProperty(ExecutionWindowProperty.class).getWindow());
        jenkins.assertEqualDataBoundBeans(
                settings,
                job.getBuildersList().get(ExecutionWindowBuilder.class).getWindow());
    }

    @Test
    public void globalCalendarsAreKeptByTheForm() throws Exception {
        SafeDeploymentsConfiguration configuration = SafeDeploymentsConfiguration.get();
        configuration.setCalendars(List.of(
                new NamedCalendar("office", "zone UTC\nwindow Mon-Fri 09:00-17:00"),
                new NamedCalendar("night", "zone Europe/Berlin\nwindow 22:00-02:00")));
        configuration.setSkipReasonRequired(true);
        IcsFile file = new IcsFile("holidays");
        file.setText("BEGIN:VCALENDAR\nEND:VCALENDAR");
        configuration.setIcsFiles(List.of(file));

        jenkins.configRoundtrip();

        assertThat(configuration.getIcsFiles().get(0).getName(), is("holidays"));
        assertThat(configuration.getIcsFiles().get(0).getUrl(), is(""));
        assertThat(
                configuration.getIcsFiles().get(0).getText().lines().toList(),
                is(List.of("BEGIN:VCALENDAR", "END:VCALENDAR")));
        configuration.setIcsFiles(List.of());

        assertThat(configuration.getCalendars().size(), is(2));
        assertThat(configuration.getCalendars().get(1).getText(), is("zone Europe/Berlin\nwindow 22:00-02:00"));
        assertThat(configuration.isSkipReasonRequired(), is(true));
        configuration.setSkipReasonRequired(false);
    }

    @Test
    public void calendarIsCheckedAsItIsTyped() {
        NamedCalendar.DescriptorImpl descriptor =
                jenkins.jenkins.getDescriptorByType(NamedCalendar.DescriptorImpl.class);

        FormValidation good = descriptor.doCheckText(null, "x", "zone UTC\nwindow Mon-Fri 09:00-17:00");
        assertThat(good.kind, is(FormValidation.Kind.OK));
        assertThat(good.getMessage(), containsString("Now it is "));
        assertThat(descriptor.doCheckText(null, "x", "window Mon").getMessage(), containsString("timeZone"));
        assertThat(
                descriptor.doCheckText(null, "x", "zone UTC\nwindow daily\nfreeze daily").kind,
                is(FormValidation.Kind.ERROR));
        assertThat(
                descriptor.doCheckText(null, "x", "zone UTC\nwindow Mon-Fri\nwindow Mon").kind,
                is(FormValidation.Kind.WARNING));
        assertThat(descriptor.doCheckName(null, " ").kind, is(FormValidation.Kind.ERROR));
    }

    @Test
    public void innerFolderComesFirstButCannotReplaceWhatIsEnforcedAround() throws Exception {
        ClusterConfiguration cluster = new ClusterConfiguration("production");
        cluster.setCalendar("global");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
        SafeDeploymentsConfiguration.get()
                .setCalendars(
                        List.of(calendar("global", "daily 01:00-02:00"), calendar("office", "daily 02:00-03:00")));
        Folder outer = jenkins.createProject(Folder.class, "outer");
        Folder inner = outer.createProject(Folder.class, "inner");
        FolderCalendars around = new FolderCalendars();
        around.setCalendars(List.of(calendar("office", "daily 03:00-04:00")));
        around.setEnforced("office");
        outer.addProperty(around);
        FolderCalendars within = new FolderCalendars();
        within.setCalendars(List.of(calendar("office", "daily 04:00-05:00")));
        inner.addProperty(within);
        WorkflowJob job = inner.createProject(WorkflowJob.class, "job");

        assertThat(Calendars.named("office", job).toString(), containsString("04:00-05:00"));
        assertThat(Calendars.named("office", inner).toString(), containsString("04:00-05:00"));
        assertThat(Calendars.named("office", outer).toString(), containsString("03:00-04:00"));
        assertThat(Calendars.named("office", null).toString(), containsString("02:00-03:00"));
        assertThat(
                Calendars.enforced(job, "global").stream()
                        .map(WindowCalendar::toString)
                        .toList(),
                is(List.of("zone UTC\nwindow daily 03:00-04:00", "zone UTC\nwindow daily 01:00-02:00")));

        String page =
                jenkins.createWebClient().getPage(outer, "execution-windows").asNormalizedText();
        assertThat(
                page,
                containsString("All releases from here wait for the calendar 'office', whatever their jobs say."));
        assertThat(page, containsString("daily 03:00-04:00"));
        assertThat(
                jenkins.createWebClient()
                        .getPage(outer, "execution-windows/calendar/office/")
                        .asNormalizedText(),
                containsString("03:00-04:00"));

        Folder seen = jenkins.configRoundtrip(outer);
        assertThat(seen.getProperties().get(FolderCalendars.class).getEnforced(), is("office"));
        assertThat(
                seen.getProperties()
                        .get(FolderCalendars.class)
                        .getCalendars()
                        .get(0)
                        .getName(),
                is("office"));
    }

    @Test(expected = UserException.class)
    public void enforcedCalendarThatDoesNotExistKeepsItClosed() throws Exception {
        Calendars.enforced(jenkins.createProject(WorkflowJob.class), "gone");
    }

    private static NamedCalendar calendar(String name, String window) {
        return new NamedCalendar(name, "zone UTC\nwindow " + window);
    }
}

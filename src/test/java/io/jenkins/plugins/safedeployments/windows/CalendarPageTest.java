package io.jenkins.plugins.safedeployments.windows;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import java.util.List;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** The pages of calendars: what they say, the heat map, what may be wrong with them, and any moment one asks for. */
public class CalendarPageTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Rule
    public HandClock clock = new HandClock();

    @Before
    public void configure() {
        SafeDeploymentsConfiguration.get()
                .setCalendars(List.of(
                        new NamedCalendar(
                                "office <hours>",
                                "zone Europe/Berlin\nwindow Mon-Fri 09:15-17:00\nwindow Wed 10:00-11:00\n"
                                        + "freeze Launch: 2026-06-10 because of <b>it</b>"),
                        new NamedCalendar("gone", "zone UTC\nfreezes from nowhere")));
    }

    @Test
    public void calendarsAreListedAndTheBrokenOneSaysWhy() throws Exception {
        HtmlPage page = jenkins.createWebClient().goTo("execution-windows");

        String text = page.asNormalizedText();
        assertThat(text, containsString("Now it is open: inside 'Mon-Fri 09:15-17:00' of calendar 'office <hours>'"));
        assertThat(
                text,
                containsString(
                        "The calendar takes something from 'nowhere', but no iCalendar file of that name is configured"));
        HtmlPage calendar =
                page.getAnchorByHref("calendar/office%20%3Chours%3E/").click();
        assertThat(calendar.asNormalizedText(), containsString("Calendar office <hours>"));
    }

    @Test
    public void heatMapShowsHoursAndSaysThemInWords() throws Exception {
        HtmlPage page = page();

        assertThat(page.getByXPath("//table[@class='sd-heat']/tbody/tr"), hasSize(35));
        assertThat(page.getByXPath("//table[@class='sd-heat']/tbody/tr[1]/td"), hasSize(25));
        String text = page.asNormalizedText();
        assertThat(text, containsString("Fri 2026-06-05"));
        assertThat(text, containsString("09:15-17:00"));
        assertThat(text, containsString("closed; frozen"));
        assertThat(
                page.getByXPath("//table[@class='sd-heat']/tbody/tr[1]/td[10][contains(@class, 'sd-heat__hour--3') and"
                        + " @title='09:00: open for 45 of 60 minutes']"),
                hasSize(1));
        assertThat(
                page.getByXPath(
                        "//table[@class='sd-heat']/tbody/tr[6]/td[10][contains(@class, 'sd-heat__hour--frozen')]"),
                hasSize(1));
    }

    @Test
    public void findingsAreShown() throws Exception {
        assertThat(
                page().asNormalizedText(),
                containsString("The window 'Wed 10:00-11:00' adds nothing to 'Mon-Fri 09:15-17:00'."));
    }

    @Test
    public void anyMomentCanBeAskedAbout() throws Exception {
        assertThat(ask("2026-06-06 12:00", ""), containsString("Sat 2026-06-06 12:00 CEST: closed: outside"));
        assertThat(ask("2026-06-06 12:00", ""), containsString("opens Mon 2026-06-08 09:15 CEST, in 1 day 21 h"));
        assertThat(
                ask("2026-06-08 09:00", "America/New_York"), containsString("Mon 2026-06-08 09:00 EDT: open: inside"));
        assertThat(ask("2026-10-25 02:30", ""), containsString("Sun 2026-10-25 02:30 CET: closed"));
        assertThat(ask("tomorrow", ""), containsString("'at' is 'tomorrow': write a date and a time"));
        assertThat(ask("2026-06-08 09:00", "EST"), containsString("'zone' is 'EST', which is no name of a time zone"));
        assertThat(ask("1066-10-14 09:00", ""), containsString("the year must be 1900 to 9989"));
    }

    @Test
    public void noCalendarOfThatNameIsNotFound() throws Exception {
        JenkinsRule.WebClient web = jenkins.createWebClient();
        web.setThrowExceptionOnFailingStatusCode(false);

        assertThat(
                web.goTo("execution-windows/calendar/other/").getWebResponse().getStatusCode(), is(404));
    }

    private static HtmlPage page() throws Exception {
        return jenkins.createWebClient().goTo("execution-windows/calendar/office%20%3Chours%3E/");
    }

    private static String ask(String at, String zone) throws Exception {
        HtmlForm form = page().getFormByName("when");
        form.getInputByName("at").setValue(at);
        form.getInputByName("zone").setValue(zone);
        HtmlPage answer = (HtmlPage) jenkins.submit(form);
        return answer.asNormalizedText();
    }
}

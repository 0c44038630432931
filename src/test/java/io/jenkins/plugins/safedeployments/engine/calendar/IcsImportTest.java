package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import org.junit.Test;

public class IcsImportTest {

    private static String event(String... lines) {
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + String.join("\r\n", lines)
                + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    }

    private static String read(String... lines) {
        List<CalendarEntry> entries = IcsImport.read("freezes.ics", event(lines));
        assertThat(entries.size(), is(1));
        return entries.get(0).toString();
    }

    @Test
    public void readsSingleEvents() {
        assertThat(read("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20270103"), is("2026-12-24..2027-01-02"));
        assertThat(read("DTSTART;VALUE=DATE:20261224"), is("2026-12-24"));
        assertThat(read("DTSTART;VALUE=DATE:20261224", "DURATION:P1W"), is("2026-12-24..2026-12-30"));
        assertThat(
                read("DTSTART;TZID=Europe/Berlin:20261223T180000", "DTEND;TZID=\"Europe/Berlin\":20261224T080000"),
                is("2026-12-23 18:00..2026-12-24 08:00 in Europe/Berlin"));
        assertThat(
                read("DTSTART:20261223T180000Z", "DURATION:PT1H30M"), is("2026-12-23 18:00..2026-12-23 19:30 in UTC"));
        assertThat(read("DTSTART:20261223T180000", "DTEND:20261223T190000"), is("2026-12-23 18:00..2026-12-23 19:00"));
    }

    @Test
    public void takesNameAndReason_unfoldedAndUnescaped() {
        assertThat(
                read(
                        "SUMMARY:Change\\, free",
                        "DESCRIPTION:Nobody is in the\\noff",
                        " ice\\; call Ann",
                        "DTSTART;VALUE=DATE:20261224"),
                is("Change, free: 2026-12-24 because Nobody is in the office; call Ann"));
        assertThat(read("SUMMARY:Q4: no changes", "DTSTART;VALUE=DATE:20261224"), is("Q4, no changes: 2026-12-24"));
    }

    @Test
    public void readsRulesThatCanBeSaidExactly() {
        assertThat(rule("FREQ=DAILY"), is("2026-11-27.. 09:00-17:00 in Europe/Berlin"));
        assertThat(rule("FREQ=WEEKLY"), is("2026-11-27.. Fri 09:00-17:00 in Europe/Berlin"));
        assertThat(
                rule("FREQ=WEEKLY;BYDAY=MO,WE,FR;WKST=SU"),
                is("2026-11-27.. Mon,Wed,Fri 09:00-17:00 in Europe/Berlin"));
        assertThat(rule("FREQ=MONTHLY;BYDAY=-1FR"), is("2026-11-27.. last Fri 09:00-17:00 in Europe/Berlin"));
        assertThat(rule("FREQ=MONTHLY"), is("2026-11-27.. monthly 27 09:00-17:00 in Europe/Berlin"));
        assertThat(
                rule("FREQ=YEARLY;BYMONTH=11;BYDAY=4FR"),
                is("2026-11-27.. 4th Fri of Nov 09:00-17:00 in Europe/Berlin"));
        assertThat(rule("FREQ=YEARLY"), is("2026-11-27.. yearly 11-27 09:00-17:00 in Europe/Berlin"));
        assertThat(rule("FREQ=WEEKLY;COUNT=3"), is("2026-11-27..2026-12-11 Fri 09:00-17:00 in Europe/Berlin"));
    }

    private static String rule(String rule) {
        return read(
                "DTSTART;TZID=Europe/Berlin:20261127T090000",
                "DTEND;TZID=Europe/Berlin:20261127T170000",
                "RRULE:" + rule);
    }

    @Test
    public void untilIsTheLastStart() {
        // 08:00Z is 09:00 in Berlin's winter, when the last one starts
        assertThat(rule("FREQ=DAILY;UNTIL=20261203T080000Z"), startsWith("2026-11-27..2026-12-03 "));
        assertThat(rule("FREQ=DAILY;UNTIL=20261203T075959Z"), startsWith("2026-11-27..2026-12-02 "));
    }

    @Test
    public void readsRulesOfSeveralDays() {
        assertThat(
                read("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", "RRULE:FREQ=YEARLY"),
                is("2026-12-24.. yearly 12-24..12-26"));
        assertThat(
                read("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20270103", "RRULE:FREQ=YEARLY"),
                is("2026-12-24.. yearly 12-24..01-02"));
        assertThat(
                read("DTSTART:20261127T220000", "DTEND:20261130T060000", "RRULE:FREQ=WEEKLY"),
                is("2026-11-27.. Fri 22:00-Mon 06:00"));
        assertThat(
                refusal("DTSTART;VALUE=DATE:20270227", "DTEND;VALUE=DATE:20270302", "RRULE:FREQ=YEARLY"),
                containsString("has an event of more than a day"));
    }

    @Test
    public void readsExtraAndExcludedDates() {
        assertThat(
                read(
                        "DTSTART:20261127T220000",
                        "DTEND:20261128T020000",
                        "RRULE:FREQ=WEEKLY",
                        "EXDATE:20261204T220000,20261211T220000",
                        "RDATE:20261205T220000"),
                is("2026-11-27.. Fri 22:00-02:00; 2026-12-05 22:00..2026-12-06 02:00 except"
                        + " 2026-12-04 22:00..2026-12-05 02:00; 2026-12-11 22:00..2026-12-12 02:00"));
    }

    @Test
    public void leavesOutWhatIsNoEvent() {
        String text = "\uFEFFBEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:20000101T000000\n"
                + "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nSTATUS:CANCELLED\nEND:VEVENT\nBEGIN:VTODO\nEND:VTODO\n"
                + "END:VCALENDAR";
        assertThat(IcsImport.read("freezes.ics", text), empty());
        assertThat(
                read("DTSTART;VALUE=DATE:20261224", "BEGIN:VALARM", "DURATION:PT1H", "END:VALARM"), is("2026-12-24"));
    }

    @Test
    public void refusesByNameWhatItCannotEvaluateExactly() {
        String start = "DTSTART;VALUE=DATE:20261124";
        for (String rule : List.of(
                "FREQ=HOURLY",
                "FREQ=WEEKLY;INTERVAL=2",
                "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
                "FREQ=YEARLY;BYWEEKNO=20",
                "FREQ=MONTHLY;BYMONTHDAY=-2",
                "FREQ=MONTHLY;BYDAY=-2MO",
                "FREQ=MONTHLY;BYDAY=1MO,2TU",
                "FREQ=YEARLY;BYDAY=20MO",
                "FREQ=DAILY;UNTIL=soon",
                "FREQ=WEEKLY;BYDAY=FR",
                "FREQ=WEEKLY;BYDAY=",
                "FREQ",
                "")) {
            String message = refusal("SUMMARY:Sprint", start, "RRULE:" + rule);
            assertThat(message, startsWith("'freezes.ics' has 'event 'Sprint' at line 3': RRULE:" + rule + " has "));
            assertThat(message, containsString("can't be evaluated exactly"));
        }
        assertThat(
                refusal(start, "RECURRENCE-ID:20261124"), containsString("RECURRENCE-ID:20261124 can't be evaluated"));
        assertThat(refusal(start, "EXRULE:FREQ=DAILY"), containsString("EXRULE:FREQ=DAILY can't be evaluated"));
        assertThat(
                refusal("DTSTART;TZID=W. Europe Standard Time:20261124T090000"),
                containsString("the zone 'W. Europe Standard Time', which is no IANA name"));
        assertThat(refusal("DTSTART:20261124T090000"), containsString("it ends before it begins, or at once"));
        assertThat(refusal("DTSTART:20261124T250000"), containsString("DTSTART:20261124T250000 can't be"));
        assertThat(refusal("SUMMARY:x"), containsString("it has no DTSTART"));
        assertThat(
                refusal("DTSTART;TZID=Europe/Berlin:20261124T090000", "DURATION:PT8H"),
                containsString("DURATION:PT8H"));
    }

    @Test
    public void refusesWhatIsNoCalendar() {
        for (String text :
                List.of("<html>", "BEGIN:VEVENT", "", "BEGIN:VCALENDAR\nBEGIN:VEVENT", "BEGIN:VCALENDAR\nEND:X")) {
            assertThrows(text, UserException.class, () -> IcsImport.read("freezes.ics", text));
        }
    }

    private static String refusal(String... lines) {
        return assertThrows(UserException.class, () -> IcsImport.read("freezes.ics", event(lines)))
                .getMessage();
    }
}

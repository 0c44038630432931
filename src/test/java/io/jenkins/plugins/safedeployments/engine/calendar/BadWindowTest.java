package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import org.junit.Test;

/** What is said about windows that can't be understood: the parameter, the text, what is wrong and what to write. */
public class BadWindowTest {

    private static final String PLACE = ": name a place, like 'Europe/Berlin', or write 'UTC'.";
    private static final String OFFSET =
            ": a fixed offset does not know when clocks change; name a place, like 'Europe/Berlin'.";
    private static final String TIME =
            "is no time of day: write hours and minutes in two digits each, 00:00 to 23:59 (an" + " end may be 24:00).";
    private static final String WEEKDAY =
            "is no weekday: write Mon to Sun, or 1 (Monday) to 7; times have minutes, like 09:00-17:00.";

    private static String meant(String name) {
        return ": did you mean '" + name + "'? It needs the IANA name, exactly.";
    }

    private static void zone(String text, String hint) {
        String message = assertThrows(UserException.class, () -> Zones.parse("timeZone", text))
                .getMessage();
        assertThat(message, is("'timeZone' is '" + text + "', which is no name of a time zone" + hint));
    }

    @Test
    public void zones() {
        zone("EST", meant("America/New_York"));
        zone("PST", meant("America/Los_Angeles"));
        zone("europe/berlin", meant("Europe/Berlin"));
        zone("Europe/Pariss", meant("Europe/Paris"));
        zone("berlin", meant("Europe/Berlin"));
        zone("GMT+5", OFFSET);
        zone("UTC+05:30", OFFSET);
        zone("Etc/GMT+5", OFFSET);
        zone("+01:00", OFFSET);
        zone("Middle-earth", PLACE);
        assertThat(
                assertThrows(UserException.class, () -> Zones.parse("timeZone", " "))
                        .getMessage(),
                is("'timeZone' is missing: name a time zone, like 'Europe/Berlin', or write 'UTC'."));
    }

    private static void window(String text, String detail) {
        String message = assertThrows(UserException.class, () -> CalendarEntry.parse("windows", text))
                .getMessage();
        assertThat(message, is("'windows' has '" + text + "': " + detail));
    }

    @Test
    public void times() {
        window("25:00-26:00", "'25:00' " + TIME);
        window("24:00-02:00", "24:00 can only be an end: start at 00:00 of the next day.");
        window("9:5-10:00", "'9:5' " + TIME);
        window("09:00:30-10:00", "'09:00:30' " + TIME);
        window("\uff19:\uff10\uff10-10:00", "'\uff19:\uff10\uff10' " + TIME);
        window("09:00-24:01", "'24:01' " + TIME);
        window("Mon 09:00", "'09:00' is no start and end like '09:00-17:00'; separate rules by ';'.");
        window("Mon 09:00-17:00, Sat", "'Sat' is no start and end like '09:00-17:00'; separate rules by ';'.");
        window(
                "Mon-Tue 22:00-Wed 06:00",
                "a window of several days has one start and one end, like 'Fri 22:00-Mon 06:00'.");
        assertThat(CalendarEntry.parse("windows", "20:00-24:00").toString(), is("daily 20:00-24:00"));
    }

    @Test
    public void days() {
        window("Funday", "'Funday' " + WEEKDAY);
        window("8 09:00-17:00", "'8' " + WEEKDAY);
        window("lundi", "'lundi' " + WEEKDAY);
        window("Mon-Tue-Wed", "'Mon-Tue-Wed' is no range of two: write it like 'Mon-Fri'.");
        window("9-17", "'17' " + WEEKDAY);
        assertThat(CalendarEntry.parse("windows", "mon,MON,Monday,1").toString(), is("Mon"));
        assertThat(CalendarEntry.parse("windows", "Fri-Mon").toString(), is("Mon,Fri-Sun"));
    }

    @Test
    public void datesAndRules() {
        String date = "is no date from 1970 on: write year-month-day, like 2026-12-24.";
        window("2026-02-30", "'2026-02-30' " + date);
        window("2027-01-02..2026-12-24", "'2027-01-02..2026-12-24' ends before it begins.");
        window("2026-12-24 18:00..2026-12-24 08:00", "it ends before it begins.");
        window("yearly 02-30", "'02-30' is no day of a year: write month-day, like 12-24.");
        window("yearly", "something is missing after 'yearly': write it like 'yearly 12-24..12-26'.");
        window("monthly 32", "'32' must be a number from 1 to 31, or a range of them.");
        window("week 54", "'54' must be a number from 1 to 53, or a range of them.");
        window("6th Mon", "'6th' is none of 1st, 2nd, 3rd, 4th, 5th and last.");
        window("3rd", "'3rd' needs a weekday, like '3rd Thu'.");
        window("Mon of Brumaire", "'Brumaire' is no month: write Jan to Dec.");
        window("Mon Tue", "'Mon' and 'Tue' are of one kind; give one of each, and separate rules by ';'.");
        window("Mon in Middle-earth", "'Middle-earth' is no name of a time zone" + PLACE);
        String forms =
                "write it like 'Mon-Fri 09:00-17:00', '2026-12-24..2027-01-02', 'yearly 12-24..12-26', '3rd Thu of"
                        + " Nov', 'monthly 1,last' or 'cron 0 22 * * 5 for 4h'.";
        window("Mon;", "a rule is missing; " + forms);
        window("Mon?", "'Mon?' is no day, date or time; " + forms);
        window("Mon because", "the reason is missing after 'because'.");
        window("Mon except 1st Mon except 2nd Mon", "it has 'except' twice; separate several exceptions by ';'.");
    }

    @Test
    public void cronLines() {
        window("cron 0 22 * * 5", "after the cron line it must say for how long, like 'for 4h' or 'for 1h30m'.");
        window("cron 0 22 * * 5 for 8d", "'8d' must be at least 1m and at most 7d.");
        window(
                "cron H 22 * * 5 for 1h",
                "'H' spreads load by a hash, which leaves the time of a window open; write the minute.");
        window(
                "cron 0 22 * for 1h",
                "a cron line has 5 fields (minute, hour, day of the month, month and day of the week), this has 3.");
        window("cron 60 22 * * 5 for 1h", "'60' is no minute: write 0 to 59.");
        window(
                "cron 0 22 * * 5#2 for 1h",
                "'5#2' as the day of the week is not understood; write numbers, ranges and"
                        + " steps, like '1,15', '1-5' or '*/2'.");
        window(
                "cron */5 * * * * for 1m",
                "it opens 288 times a day, more than 24; write days and times, like 'Mon-Fri" + " 09:00-17:00'.");
        window(
                "cron 0 0 13 * 5 for 1h",
                "it has both a day of the month and a day of the week, which Jenkins takes as"
                        + " 'both' and others as 'either'; write days like '1st Fri' or 'monthly 13 Fri'.");
        assertThat(
                CalendarEntry.parse("windows", "cron 30 6,22 * JAN-MAR sun,THU for 90m")
                        .toString(),
                is("cron 30 6,22 * 1-3 4,7 for 1h30m"));
    }

    @Test
    public void controlCharacters() {
        String message = assertThrows(UserException.class, () -> CalendarEntry.parse("freezes", "Mon\nTue"))
                .getMessage();
        assertThat(
                message,
                is("'freezes' has 'Mon Tue': it must be one line without control characters; write each window or"
                        + " freeze as its own."));
    }

    @Test
    public void nothingAtAllIsNotAlways() {
        String message = assertThrows(UserException.class, () -> WindowCalendar.of("", "UTC", List.of(), null))
                .getMessage();
        assertThat(
                message,
                is(
                        "'windows' is missing: say when it may start, by days and times like 'Mon-Fri 09:00-17:00', or when it"
                                + " may not, by 'freezes'; for always, write 'daily'."));
    }

    @Test
    public void daysFromAndTo() {
        assertThat(CalendarEntry.ofTimes("MON-FRI", "09:00", "17:00").toString(), is("Mon-Fri 09:00-17:00"));
        assertThat(CalendarEntry.ofTimes("Sat, Sun", "", null).toString(), is("Sat,Sun"));
        assertThat(CalendarEntry.ofTimes(null, "22:00", "02:00").toString(), is("daily 22:00-02:00"));
        assertThat(
                assertThrows(UserException.class, () -> CalendarEntry.ofTimes("Mon", "9:00", "17:00"))
                        .getMessage(),
                is("'from' has '9:00': '9:00' " + TIME));
        assertThat(
                assertThrows(UserException.class, () -> CalendarEntry.ofTimes("Mon", "09:00", ""))
                        .getMessage(),
                is("'from' has '09:00': 'to' is missing; give both, or neither."));
        assertThat(
                assertThrows(UserException.class, () -> CalendarEntry.ofTimes("Mon", null, "17:00"))
                        .getMessage(),
                is("'to' has '17:00': 'from' is missing; give both, or neither."));
        assertThat(
                assertThrows(UserException.class, () -> CalendarEntry.ofTimes("Funday", null, null))
                        .getMessage(),
                is("'days' has 'Funday': 'Funday' " + WEEKDAY));
    }
}

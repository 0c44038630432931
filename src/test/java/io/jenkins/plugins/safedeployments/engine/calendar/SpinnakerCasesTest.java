package io.jenkins.plugins.safedeployments.engine.calendar;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

/**
 * The cases by which Spinnaker's orca tests its execution windows, and those in which its algorithm is known to be wrong,
 * with the right answers. Days there are numbers from Sunday, 1; the end minute is open there, closed here.
 */
@RunWith(Parameterized.class)
public class SpinnakerCasesTest {

    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final String PACIFIC = "America/Los_Angeles";
    private static final String EASTERN = "America/New_York";

    /**
     * Asked at; opens at; zone; windows separated by '|'. What follows is what orca says where that is another answer.
     * Its year is 2015.
     */
    private static final List<String[]> ROWS = List.of(
            row(PACIFIC, "02-14 01:00:00", "02-14 01:00:00", "22:00-05:00"),
            row(PACIFIC, "02-13 21:45:00", "02-14 06:00:00", "06:00-10:00"),
            row(PACIFIC, "02-13 13:45:00", "02-13 22:00:00", "22:00-05:00"),
            row(PACIFIC, "02-13 06:30:00", "02-13 10:00:00", "10:00-13:00"),
            row(PACIFIC, "02-13 09:59:59", "02-13 10:00:00", "10:00-13:00"),
            row(PACIFIC, "02-13 10:00:00", "02-13 10:00:00", "10:00-13:00"),
            row(PACIFIC, "02-13 10:00:35", "02-13 10:00:35", "10:00-13:00"),
            row(PACIFIC, "02-13 10:01:35", "02-13 10:01:35", "10:00-13:00"),
            row(PACIFIC, "02-13 09:59:59", "02-13 10:00:00", "10:00-13:00|16:00-18:00"),
            row(PACIFIC, "02-13 10:00:00", "02-13 10:00:00", "10:00-13:00|16:00-18:00"),
            row(PACIFIC, "02-13 10:01:35", "02-13 10:01:35", "10:00-13:00|16:00-18:00"),
            row(PACIFIC, "02-13 10:01:35", "02-13 10:01:35", "16:00-18:00|10:00-13:00"),
            row(PACIFIC, "02-13 14:30:00", "02-13 14:30:00", "13:00-18:00"),
            row(PACIFIC, "02-13 00:00:00", "02-13 10:00:00", "10:00-13:00"),
            row(PACIFIC, "02-13 00:01:00", "02-13 10:00:00", "10:00-13:00"),
            row(PACIFIC, "02-13 00:01:00", "02-13 15:00:00", "15:00-18:00"),
            row(PACIFIC, "02-13 11:01:00", "02-13 15:00:00", "15:00-18:00"),
            row(PACIFIC, "02-13 14:01:00", "02-14 13:00:00", "13:00-14:00"),
            row(PACIFIC, "02-13 22:00:00", "02-13 22:00:00", "22:00-05:00"),
            row(PACIFIC, "02-13 05:01:00", "02-13 22:00:00", "22:00-05:00"),
            row(PACIFIC, "02-13 01:00:00", "02-13 01:00:00", "00:00-05:00|22:00-23:59"),
            row(PACIFIC, "02-13 00:59:59", "02-13 10:00:00", "10:00-11:00|13:00-14:00|15:00-16:00"),
            row(PACIFIC, "02-13 10:30:59", "02-13 10:30:59", "10:00-11:00|13:00-14:00|15:00-16:00"),
            row(PACIFIC, "02-13 12:30:59", "02-13 13:00:00", "10:00-11:00|13:00-14:00|15:00-16:00"),
            row(PACIFIC, "02-13 16:01:00", "02-14 10:00:00", "10:00-11:00|13:00-14:00|15:00-16:00"),
            // an end belongs to what comes after it
            row(PACIFIC, "02-13 16:00:00", "02-14 10:00:00", "10:00-11:00|13:00-14:00|15:00-16:00", "open"),
            row(PACIFIC, "02-25 01:00:00", "02-25 01:00:00", "Sun-Sat 22:00-05:00"),
            row(PACIFIC, "02-25 21:45:00", "02-26 06:00:00", "06:00-10:00"),
            // 25 February 2015 was a Wednesday; there, the day is moved on twice
            row(PACIFIC, "02-25 21:45:00", "03-04 06:00:00", "Wed 06:00-10:00", "Thursday 02-26"),
            row(PACIFIC, "02-25 21:45:00", "02-26 06:00:00", "Thu 06:00-10:00", "Friday 02-27"),
            row(PACIFIC, "02-25 21:45:00", "03-03 06:00:00", "Tue 06:00-10:00", "Wednesday 03-04"),
            row(PACIFIC, "02-25 21:45:00", "02-26 06:00:00", "Tue-Thu 06:00-10:00"),
            row(PACIFIC, "02-25 21:45:00", "02-26 06:00:00", "Tue,Thu 06:00-10:00", "Friday 02-27"),
            row(PACIFIC, "02-25 01:00:00", "02-25 01:00:00", "Sun-Sat"),
            row(PACIFIC, "02-25 00:00:00", "02-25 00:00:00", "Sun-Sat"),
            row(PACIFIC, "02-25 23:59:00", "02-25 23:59:00", "Sun-Sat"),
            row(PACIFIC, "02-25 23:59:59", "02-25 23:59:59", "Sun-Sat"),
            row(PACIFIC, "02-25 01:00:00", "03-01 00:00:00", "Sun", "Monday 03-02"),
            row(EASTERN, "2025-06-06 18:00:00", "2025-06-09 09:00:00", "Mon-Fri 09:00-17:00", "Saturday 09:00"),
            row(EASTERN, "2025-06-02 18:00:00", "2025-06-09 09:00:00", "Mon 09:00-17:00", "Tuesday 09:00"),
            row(EASTERN, "2025-06-07 01:00:00", "2025-06-07 01:00:00", "Fri 22:00-02:00", "Saturday a week later"),
            row(EASTERN, "2025-06-06 01:00:00", "2025-06-06 22:00:00", "Fri 22:00-02:00", "open"),
            row(EASTERN, "2025-06-06 12:00:00", "2025-06-06 12:00:00", "10:30-10:15", "the next day, 10:30"),
            row(EASTERN, "2025-03-09 00:30:00", "2025-03-10 02:15:00", "02:15-02:45", "03:15, outside of it"),
            row(EASTERN, "2025-11-02 00:30:00", "2025-11-02 01:15:00", "01:15-01:30", "the second 01:15"),
            // its first window of each day was found in a zone for the whole installation
            row("Asia/Tokyo", "2025-06-06 18:00:00", "2025-06-09 09:00:00", "Mon-Fri 09:00-17:00", "another zone's"));

    private static String[] row(String... cells) {
        return cells;
    }

    private final String[] row;

    public SpinnakerCasesTest(String name, String[] row) {
        this.row = row;
    }

    @Parameters(name = "{0}")
    public static List<Object[]> rows() {
        List<Object[]> rows = new ArrayList<>();
        for (String[] row : ROWS) {
            rows.add(new Object[] {row[1] + " " + row[3], row});
        }
        return rows;
    }

    @Test
    public void opensWhenItShould() {
        Schedule schedule = Schedule.of(WindowCalendar.of("", row[0], Arrays.asList(row[3].split("\\|")), null));

        Verdict verdict = schedule.at(moment(row[1]));

        assertThat(verdict.opens(), is(moment(row[2])));
        assertThat(verdict.isOpen(), is(row[1].equals(row[2])));
    }

    /** The first of two, as Java takes it. */
    private Instant moment(String local) {
        String text = local.length() == 14 ? "2015-" + local : local;
        return LocalDateTime.parse(text, LOCAL).atZone(ZoneId.of(row[0])).toInstant();
    }
}

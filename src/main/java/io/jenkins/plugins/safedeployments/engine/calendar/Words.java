package io.jenkins.plugins.safedeployments.engine.calendar;

import java.util.ArrayList;
import java.util.List;

/** Names of days and months, and how sets of them, kept as bits, are written. English only, whatever Jenkins speaks. */
final class Words {

    static final List<String> WEEKDAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
    static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");
    static final List<String> ORDINALS = List.of("last", "1st", "2nd", "3rd", "4th", "5th");

    private Words() {}

    /** The number of a name, counted from 1, by its first three letters or all of them; 0 if there is none. */
    static int number(List<String> names, String text) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(text) || shortened(names.get(i)).equalsIgnoreCase(text)) {
                return i + 1;
            }
        }
        return 0;
    }

    static String shortened(String name) {
        return name.substring(0, 3);
    }

    static String weekdays(int bits) {
        return ranges(bits, 1, 7, number -> shortened(WEEKDAYS.get(number - 1)));
    }

    static String months(int bits) {
        return ranges(bits, 1, 12, number -> shortened(MONTHS.get(number - 1)));
    }

    static String numbers(long bits, int from, int to) {
        return ranges(bits, from, to, Integer::toString);
    }

    static String ordinals(int bits) {
        List<String> words = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            if ((bits >> i % 6 & 1) == 1) {
                words.add(ORDINALS.get(i % 6));
            }
        }
        return String.join(",", words);
    }

    private static String ranges(long bits, int from, int to, java.util.function.IntFunction<String> name) {
        List<String> parts = new ArrayList<>();
        for (int number = from; number <= to; number++) {
            int end = number;
            while (end < to && (bits >> number & 1) == 1 && (bits >> end + 1 & 1) == 1) {
                end++;
            }
            if ((bits >> number & 1) == 1) {
                String join = end == number ? "" : (end == number + 1 ? "," : "-") + name.apply(end);
                parts.add(name.apply(number) + join);
            }
            number = end;
        }
        return String.join(",", parts);
    }

    static String time(int minutes) {
        return twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60);
    }

    static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    static String list(List<String> items) {
        int last = items.size() - 1;
        return last < 1
                ? String.join("", items)
                : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }
}

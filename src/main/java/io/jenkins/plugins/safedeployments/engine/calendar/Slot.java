package io.jenkins.plugins.safedeployments.engine.calendar;

/** When, on a day that a rule selects, something opens and when that ends. */
sealed interface Slot {

    int MINUTES = 24 * 60;

    /** Minutes from the day's midnight on the local clock to the start. */
    int from();

    long end(long day, LocalClock clock);

    /** How many days later than its start it may end. */
    int days();

    default long start(long day, LocalClock clock) {
        return clock.start(day * LocalClock.DAY + from() * 60L);
    }

    /**
     * From one local time to another, both in minutes from midnight of the day it opens; more than 1,440 is on a later day.
     */
    record Times(int from, int to) implements Slot {

        static final Times WHOLE_DAY = new Times(0, MINUTES);

        @Override
        public long end(long day, LocalClock clock) {
            return clock.end(day * LocalClock.DAY + to * 60L);
        }

        @Override
        public int days() {
            return (to - 1) / MINUTES;
        }

        boolean isLong() {
            return to - from > MINUTES;
        }

        /** {@code 22:00-02:00}; the weekday of the end is the rule's to say. */
        @Override
        public String toString() {
            return Words.time(from) + "-" + (to == MINUTES ? "24:00" : Words.time(to % MINUTES));
        }
    }

    /** From a local time on, for so many minutes as they really pass. */
    record Lasting(int from, int minutes) implements Slot {

        @Override
        public long end(long day, LocalClock clock) {
            return start(day, clock) + minutes * 60L;
        }

        @Override
        public int days() {
            return minutes / MINUTES + 1;
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.calendar;

import java.util.List;

/**
 * A set of seconds since 1970-01-01T00:00Z, asked lazily: a member is never a list of intervals, since most go on for ever.
 * All searches end at a limit.
 */
interface TimeSet {

    TimeSet ALWAYS = new TimeSet() {
        @Override
        public long next(long from, long limit) {
            return Math.min(from, limit);
        }

        @Override
        public long end(long from, long limit) {
            return limit;
        }
    };

    /** The first member in [from, limit), or {@code limit} if there is none. */
    long next(long from, long limit);

    /**
     * The first second from {@code from} on that is no member, so {@code from} itself if it is none; {@code limit} if all up to
     * there are members.
     */
    long end(long from, long limit);

    default boolean contains(long second) {
        return next(second, second + 1) == second;
    }

    static TimeSet union(List<? extends TimeSet> sets) {
        return sets.size() == 1 ? sets.get(0) : new Union(List.copyOf(sets));
    }

    static TimeSet intersection(List<? extends TimeSet> sets) {
        return sets.size() == 1 ? sets.get(0) : new Intersection(List.copyOf(sets));
    }

    default TimeSet minus(List<? extends TimeSet> others) {
        return others.isEmpty() ? this : new Difference(this, union(others));
    }

    record Union(List<TimeSet> sets) implements TimeSet {

        @Override
        public long next(long from, long limit) {
            long first = limit;
            for (TimeSet set : sets) {
                first = set.next(from, first);
                if (first <= from) {
                    break;
                }
            }
            return first;
        }

        @Override
        public long end(long from, long limit) {
            long end = from;
            int same = 0; // so many sets, one after the other, that do not go beyond it
            for (int i = 0; same < sets.size() && end < limit; i = (i + 1) % sets.size()) {
                long next = sets.get(i).end(end, limit);
                same = next > end ? 1 : same + 1;
                end = next;
            }
            return end;
        }
    }

    record Intersection(List<TimeSet> sets) implements TimeSet {

        @Override
        public long next(long from, long limit) {
            long second = from;
            long before;
            do {
                before = second;
                for (TimeSet set : sets) {
                    second = set.next(second, limit);
                    if (second >= limit) {
                        return limit;
                    }
                }
            } while (second > before);
            return second;
        }

        @Override
        public long end(long from, long limit) {
            long end = limit;
            for (TimeSet set : sets) {
                end = set.end(from, end);
            }
            return end;
        }
    }

    record Difference(TimeSet set, TimeSet removed) implements TimeSet {

        @Override
        public long next(long from, long limit) {
            long second = from;
            while (second < limit) {
                second = set.next(second, limit);
                long end = second >= limit ? second : removed.end(second, limit);
                if (end == second) {
                    break;
                }
                second = end;
            }
            return Math.min(second, limit);
        }

        @Override
        public long end(long from, long limit) {
            return removed.next(from, set.end(from, limit));
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;
import java.util.function.BiPredicate;

/**
 * Seats people on rules: each on one at most, and no more on a rule than it needs. It seats as many as can be, by augmenting
 * paths (H. W. Kuhn, "The Hungarian Method for the Assignment Problem", 1955), so that it never matters in which order they came
 * or that somebody fits on several.
 */
final class Matching {

    private static final int NOWHERE = -1;

    private final int[] capacities;
    private final int people;
    private final BiPredicate<Integer, Integer> fits;

    /** The rule that each is seated on. */
    private final int[] seats;

    private final int[] taken;

    private Matching(int[] capacities, int people, BiPredicate<Integer, Integer> fits) {
        this.capacities = capacities.clone();
        this.people = people;
        this.fits = fits;
        seats = new int[people];
        taken = new int[capacities.length];
        Arrays.fill(seats, NOWHERE);
    }

    /**
     * @param capacities how many each rule needs
     * @param fits whether a person, the first number, is one of those that a rule, the second, names
     * @return the rule of each person; -1 for those who are not needed
     */
    @NonNull
    static int[] of(int[] capacities, int people, BiPredicate<Integer, Integer> fits) {
        Matching matching = new Matching(capacities, people, fits);
        for (int person = 0; person < people; person++) {
            matching.seat(person, new boolean[capacities.length]);
        }
        return matching.seats;
    }

    private boolean seat(int person, boolean[] visited) {
        for (int rule = 0; rule < capacities.length; rule++) {
            if (!visited[rule] && fits.test(person, rule)) {
                visited[rule] = true;
                if (taken[rule] < capacities[rule] || makeRoom(rule, visited)) {
                    seats[person] = rule;
                    taken[rule]++;
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether somebody on the rule could be seated on another one. */
    private boolean makeRoom(int rule, boolean[] visited) {
        for (int other = 0; other < people; other++) {
            if (seats[other] == rule && seat(other, visited)) {
                taken[rule]--;
                return true;
            }
        }
        return false;
    }
}

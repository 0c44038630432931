package io.jenkins.plugins.safedeployments.engine.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Samples of one thing that was measured several times. */
final class Figures {

    private final List<Double> samples = new ArrayList<>();

    void add(double sample) {
        samples.add(sample);
    }

    void addAll(Figures others) {
        samples.addAll(others.samples);
    }

    double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The smallest sample that is not exceeded by this share of all. */
    double quantile(double share) {
        return sorted().get((int) Math.ceil(share * samples.size()) - 1);
    }

    /** {@code median 2.130 (1.980 to 2.500, 9 samples)}. */
    String text(int decimals) {
        List<Double> sorted = sorted();
        String number = "%." + decimals + "f";
        return String.format(
                Locale.ROOT,
                "median " + number + " (" + number + " to " + number + ", %d samples)",
                median(),
                sorted.get(0),
                sorted.get(sorted.size() - 1),
                samples.size());
    }

    private List<Double> sorted() {
        List<Double> sorted = new ArrayList<>(samples);
        Collections.sort(sorted);
        return sorted;
    }
}

package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a part of a condition holds, and what decided that.
 *
 * @param isMany whether {@code why} has several parts, so that it needs parentheses in another
 */
record Finding(boolean holds, String why, boolean isMany) {

    /** @param needsAll whether all have to hold, or one */
    @NonNull
    static Finding of(boolean needsAll, List<Finding> parts) {
        boolean holds = needsAll
                ? parts.stream().allMatch(Finding::holds)
                : parts.stream().anyMatch(Finding::holds);
        List<Finding> deciding =
                parts.stream().filter(part -> part.holds == holds).toList();
        if (deciding.size() == 1) {
            return new Finding(holds, deciding.get(0).why, deciding.get(0).isMany);
        }
        String why = deciding.stream()
                .map(part -> part.isMany ? "(" + part.why + ")" : part.why)
                .collect(Collectors.joining("; and "));
        return new Finding(holds, why + (holds || needsAll ? "" : "; one of these is enough"), true);
    }
}

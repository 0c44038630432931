package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What {@code canaryDeploy} was asked for.
 *
 * @param files the manifests by file name; asked for only if there is no record of the release yet, may take its time
 * @param variables what fills the manifests' placeholders
 * @param secrets values that Jenkins masks, by the names of their variables; asked for with the files
 * @param service name of the Service; empty to find it
 * @param rollbackOnFailure whether a failure undoes what the release did; else it is left for people to look at
 * @param onBusy what to do if another release holds the target
 * @param force whether to release although a later run of the same job has done so, and to take over fields that others
 *     manage
 * @param evidence whether to collect the state of a canary that is ready, too, for who decides about it
 * @param soak for how long the canary has to stay well in the traffic before it is ready; zero for not at all
 * @param resumed whether this may have been begun before, by the same actor
 */
public record CanaryRequest(
        String image,
        Supplier<Map<String, String>> files,
        Map<String, String> variables,
        Supplier<Map<String, String>> secrets,
        CanarySize size,
        String service,
        List<? extends CanaryCheck> tests,
        boolean rollbackOnFailure,
        OnBusy onBusy,
        Force force,
        boolean evidence,
        Duration soak,
        boolean resumed) {

    private static final Duration LONGEST_SOAK = Duration.ofDays(7);

    public CanaryRequest {
        if (soak.isNegative() || soak.compareTo(LONGEST_SOAK) > 0) {
            throw new UserException("'soakMinutes' is " + soak.toMinutes() + ": it must be 0 to "
                    + LONGEST_SOAK.toMinutes() + " (a week).");
        }
        variables = Map.copyOf(variables);
        tests = List.copyOf(tests);
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What {@code canaryDeploy} was asked for.
 *
 * @param files the manifests by file name; asked for only if there is no record of the release yet, may take its time
 * @param variables what fills the manifests' placeholders
 * @param service name of the Service; empty to find it
 * @param rollbackOnFailure whether a failure undoes what the release did; else it is left for people to look at
 * @param onBusy what to do if another release holds the target
 * @param force whether to release although a later run of the same job has done so, and to take over fields that others
 *     manage
 * @param evidence whether to collect the state of a canary that is ready, too, for who decides about it
 * @param resumed whether this may have been begun before, by the same actor
 */
public record CanaryRequest(
        String image,
        Supplier<Map<String, String>> files,
        Map<String, String> variables,
        CanarySize size,
        String service,
        List<? extends CanaryCheck> tests,
        boolean rollbackOnFailure,
        OnBusy onBusy,
        Force force,
        boolean evidence,
        boolean resumed) {

    public CanaryRequest {
        variables = Map.copyOf(variables);
        tests = List.copyOf(tests);
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What {@code canaryDeploy} was asked for.
 *
 * @param files the manifests by file name; asked for only if there is no record of the release yet, may take its time
 * @param variables what fills the manifests' placeholders
 * @param replicas size of the canary
 * @param stableReplicas size of stable beside it; null to keep the total
 * @param service name of the Service; empty to find it
 * @param rollbackOnFailure whether a failure undoes what the release did; else it is left for people to look at
 * @param resumed whether this may have been begun before, by the same actor
 */
public record CanaryRequest(
        String image,
        Supplier<Map<String, String>> files,
        Map<String, String> variables,
        int replicas,
        @CheckForNull Integer stableReplicas,
        String service,
        List<CommandTest> tests,
        boolean rollbackOnFailure,
        boolean resumed) {

    public CanaryRequest {
        variables = Map.copyOf(variables);
        tests = List.copyOf(tests);
        if (replicas < 1) {
            throw new UserException("'replicas' is " + replicas + ": a canary has at least 1.");
        }
        if (stableReplicas != null && stableReplicas < 1) {
            throw new UserException("'stableReplicas' is " + stableReplicas + ": stable is never scaled below 1.");
        }
    }
}

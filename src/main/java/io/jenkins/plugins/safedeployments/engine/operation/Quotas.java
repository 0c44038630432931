package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the namespace's ResourceQuotas leave room for a canary, as far as that can be seen before: the canary comes up
 * beside all of stable. Quotas of a scope are left to the API server, which knows what they count.
 */
final class Quotas {

    /** A Kubernetes quantity: a number with a suffix of tens or of twos. */
    private static final Pattern QUANTITY =
            Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?");

    private static final Map<String, BigDecimal> FACTORS = Map.ofEntries(
            Map.entry("m", new BigDecimal("0.001")),
            Map.entry("k", BigDecimal.TEN.pow(3)),
            Map.entry("M", BigDecimal.TEN.pow(6)),
            Map.entry("G", BigDecimal.TEN.pow(9)),
            Map.entry("T", BigDecimal.TEN.pow(12)),
            Map.entry("P", BigDecimal.TEN.pow(15)),
            Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
            Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
            Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
            Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
            Map.entry("Pi", BigDecimal.valueOf(1L << 50)));

    private Quotas() {}

    /**
     * @param promoted stable as it will be
     * @param surge how many pods of it there may be more than now while it is promoted
     * @return a warning for each that is too small for the promotion
     * @throws UserException if the pods of {@code canary} will not be admitted
     */
    @NonNull
    static List<String> check(Cluster cluster, KubeObject canary, KubeObject promoted, int surge) {
        int replicas = canary.integer(1, "spec", "replicas");
        List<String> warnings = new ArrayList<>();
        for (KubeObject quota : quotas(cluster)) {
            if (quota.get("spec", "scopes") != null || quota.get("spec", "scopeSelector") != null) {
                continue;
            }
            quota.map("status", "hard").forEach((resource, hard) -> {
                Object used = quota.map("status", "used").get(resource);
                BigDecimal left = quantity(hard).subtract(quantity(used));
                BigDecimal needed = perPod(canary, resource).multiply(BigDecimal.valueOf(replicas));
                BigDecimal more = perPod(promoted, resource).multiply(BigDecimal.valueOf(surge));
                if (needed.signum() > 0 && needed.compareTo(left) > 0) {
                    throw new UserException(
                            "ResourceQuota " + quota.name() + " leaves no room for the canary: of " + hard
                                    + " " + resource + ", " + used + " are used, and " + pods(replicas)
                                    + plain(needed)
                                    + " more, since it comes up beside all of stable. Raise the quota, or ask for less.");
                }
                if (more.signum() > 0 && needed.add(more).compareTo(left) > 0) {
                    warnings.add("ResourceQuota " + quota.name()
                            + " leaves room for the canary, but not for its promotion: of "
                            + hard + " " + resource + ", " + used + " are used, the canary needs " + plain(needed)
                            + ", and while stable rolls " + pods(surge) + plain(more)
                            + " more. Raise the quota until then.");
                }
            });
        }
        return warnings;
    }

    private static String pods(int number) {
        return number + (number == 1 ? " pod needs " : " pods need ");
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private static List<KubeObject> quotas(Cluster cluster) {
        try {
            return cluster.list(Kind.RESOURCE_QUOTA);
        } catch (ClusterException e) {
            if (e.reason() == Reason.FORBIDDEN || e.reason() == Reason.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /** What a pod takes of a resource of a quota; nothing of those that are not about pods. */
    @NonNull
    static BigDecimal perPod(KubeObject deployment, String resource) {
        if (resource.equals("pods") || resource.equals("count/pods")) {
            return BigDecimal.ONE;
        }
        boolean limits = resource.startsWith("limits.");
        String name = resource.replaceFirst("^(requests|limits)\\.", "");
        if (!limits && !resource.startsWith("requests.") && !name.equals("cpu") && !name.equals("memory")) {
            return BigDecimal.ZERO;
        }
        BigDecimal together = BigDecimal.ZERO;
        for (KubeObject container : deployment.list("spec", "template", "spec", "containers")) {
            together = together.add(of(container, limits, name));
        }
        BigDecimal most = together; // init containers run before the others, one after the other
        for (KubeObject container : deployment.list("spec", "template", "spec", "initContainers")) {
            most = most.max(of(container, limits, name));
        }
        return most;
    }

    private static BigDecimal of(KubeObject container, boolean limits, String name) {
        Object request = limits ? null : container.map("resources", "requests").get(name);
        // without a request, the limit is one
        return quantity(request == null ? container.map("resources", "limits").get(name) : request);
    }

    private static BigDecimal quantity(Object value) {
        Matcher matcher = QUANTITY.matcher(value == null ? "0" : value.toString());
        if (!matcher.matches()) {
            return BigDecimal.ZERO; // a form that is not checked here; the API server will
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        return matcher.group(2) == null ? number : number.multiply(FACTORS.get(matcher.group(2)));
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the API server what its credentials allow. One SelfSubjectRulesReview tells most of it, and is remembered for some
 * minutes; but it may be incomplete, so that what it does not allow is asked for by a SelfSubjectAccessReview. What is denied
 * is not remembered: somebody may be granting it at this moment.
 */
final class AccessReviews {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);
    private static final String API = "authorization.k8s.io/v1";

    private record Rules(List<KubeObject> rules, Instant until) {}

    private final Rest rest;
    private final Clock clock;
    private final Map<String, Rules> known = new ConcurrentHashMap<>();

    AccessReviews(Rest rest, Clock clock) {
        this.rest = rest;
        this.clock = clock;
    }

    /** @param resource its plural, with the subresource behind a slash if it is about one */
    boolean isAllowed(String namespace, String verb, String group, String resource) {
        Rules rules = known.get(namespace);
        if (rules == null || !clock.instant().isBefore(rules.until())) {
            rules = new Rules(
                    review("SelfSubjectRulesReview", Map.of("namespace", namespace))
                            .list("status", "resourceRules"),
                    clock.instant().plus(REMEMBERED));
            known.put(namespace, rules);
        }
        return rules.rules().stream().anyMatch(rule -> allows(rule, verb, group, resource))
                || isGranted(namespace, verb, group, resource);
    }

    private static boolean allows(KubeObject rule, String verb, String group, String resource) {
        String subresource = resource.substring(resource.indexOf('/') + 1);
        return rule.get("resourceNames") == null
                && contains(rule.get("verbs"), verb)
                && contains(rule.get("apiGroups"), group)
                && (contains(rule.get("resources"), resource)
                        || (resource.indexOf('/') > 0 && contains(rule.get("resources"), "*/" + subresource)));
    }

    private static boolean contains(Object list, String value) {
        return list instanceof List<?> values && (values.contains(value) || values.contains("*"));
    }

    private boolean isGranted(String namespace, String verb, String group, String resource) {
        int slash = resource.indexOf('/');
        Map<String, Object> attributes = Map.of(
                "namespace", namespace,
                "verb", verb,
                "group", group,
                "resource", slash < 0 ? resource : resource.substring(0, slash),
                "subresource", slash < 0 ? "" : resource.substring(slash + 1));
        return Boolean.TRUE.equals(review("SelfSubjectAccessReview", Map.of("resourceAttributes", attributes))
                .get("status", "allowed"));
    }

    private KubeObject review(String kind, Map<String, Object> spec) {
        return rest.send(
                kind,
                "POST",
                "/apis/" + API + "/" + kind.toLowerCase(java.util.Locale.ROOT) + "s",
                Rest.JSON,
                Map.of("apiVersion", API, "kind", kind, "spec", spec));
    }
}

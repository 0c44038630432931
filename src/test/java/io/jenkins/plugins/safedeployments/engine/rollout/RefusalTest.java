package io.jenkins.plugins.safedeployments.engine.rollout;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import org.junit.Test;

/** The messages are those of API servers. */
public class RefusalTest {

    @Test
    public void quota_givesPodsThatLeaveTimeToGo() {
        String message =
                "pods \"shop-1\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited:"
                        + " pods=3";

        assertRefusal(message, "quota", 5);
        assertThat(Refusal.of(message, true).patience(), is(Duration.ofSeconds(60)));
        assertRefusal("pods \"shop-1\" is forbidden: failed quota: small: must specify limits.cpu", "quota", 0);
    }

    @Test
    public void limitRange_isCertain() {
        assertRefusal(
                "pods \"shop-1\" is forbidden: maximum cpu usage per Container is 1, but limit is 2", "limit-range", 0);
        assertRefusal(
                "pods \"shop-1\" is forbidden: minimum memory usage per Pod is 64Mi, but request is 32Mi",
                "limit-range",
                0);
        assertRefusal(
                "pods \"shop-1\" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is"
                        + " 4.0",
                "limit-range",
                0);
    }

    @Test
    public void webhookThatDenies_isCertain_oneThatIsSilentIsGivenTime() {
        assertRefusal(
                "admission webhook \"policy.example.com\" denied the request: images must be signed",
                "webhook-denied",
                0);
        assertRefusal(
                "Internal error occurred: failed calling webhook \"policy.example.com\": Post"
                        + " \"https://policy.kube-system.svc:443/check?timeout=10s\": context deadline exceeded",
                "webhook-silent",
                30);
        assertRefusal(
                "Internal error occurred: failed calling webhook \"policy.example.com\": failed to call webhook: Post"
                        + " \"https://policy.kube-system.svc:443/check?timeout=10s\": no endpoints available for service"
                        + " \"policy\"",
                "webhook-silent",
                30);
    }

    @Test
    public void podSecurity_isCertain() {
        assertRefusal(
                "pods \"shop-1\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation !="
                        + " false",
                "pod-security",
                0);
    }

    @Test
    public void missingAccount_isGivenTime() {
        assertRefusal(
                "pods \"shop-1\" is forbidden: error looking up service account shop/robot: serviceaccount \"robot\" not"
                        + " found",
                "service-account",
                30);
    }

    @Test
    public void whatIsNotKnown_isCertain() {
        assertRefusal("Pod \"shop-1\" is invalid: spec.containers[0].image: Required value", "other", 0);
    }

    private static void assertRefusal(String message, String key, int patience) {
        Refusal refusal = Refusal.of(message, false);
        assertThat(refusal.key(), is(key));
        assertThat(refusal.patience(), is(Duration.ofSeconds(patience)));
    }
}

package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class EvidenceTextTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String CREATED = "2026-01-02T03:00:00Z";
    private static final Map<String, Object> CONTAINER = Map.of(
            "name", "main",
            "image", "shop:1",
            "env", List.of(Map.of("name", "PASSWORD", "value", "s3cr3t")));

    private static final KubeObject POD = KubeObject.of(Map.of(
            "apiVersion", "v1",
            "kind", "Pod",
            "metadata", Map.of("name", "shop-1", "namespace", "test", "uid", "u1", "creationTimestamp", CREATED),
            "spec", Map.of("containers", List.of(CONTAINER), "nodeName", "node-1"),
            "status",
                    Map.of(
                            "phase",
                            "Running",
                            "containerStatuses",
                            List.of(Map.of(
                                    "name",
                                    "main",
                                    "ready",
                                    false,
                                    "restartCount",
                                    4,
                                    "state",
                                    Map.of("waiting", Map.of("reason", "CrashLoopBackOff")))))));

    private static final KubeObject DEPLOYMENT = KubeObject.of(Map.of(
            "apiVersion", "apps/v1",
            "kind", "Deployment",
            "metadata", Map.of("name", "shop", "uid", "u0", "creationTimestamp", CREATED),
            "spec", Map.of("replicas", 2, "template", Map.of("spec", Map.of("containers", List.of(CONTAINER)))),
            "status", Map.of("readyReplicas", 1, "updatedReplicas", 2, "availableReplicas", 1)));

    private final EvidenceText text = new EvidenceText(NOW);

    @Test
    public void all_objects_areTabulatedAsKubectlDoes() {
        assertThat(text.all(List.of(POD), List.of(), List.of(DEPLOYMENT), List.of(), List.of()), is("""
                NAME         READY   STATUS             RESTARTS   AGE   IP       NODE
                pod/shop-1   0/1     CrashLoopBackOff   4          4m    <none>   node-1

                NAME   TYPE   CLUSTER-IP   SELECTOR   AGE

                NAME                   READY   UP-TO-DATE   AVAILABLE   AGE   IMAGES
                deployment.apps/shop   1/2     2            1           4m    shop:1

                NAME   DESIRED   CURRENT   READY   AGE   IMAGES
                """));
    }

    @Test
    public void all_podThatIsBeingDeleted_isTerminating() {
        KubeObject leaving = POD.with(CREATED, "metadata", "deletionTimestamp");

        assertThat(
                text.all(List.of(leaving), List.of(), List.of(), List.of(), List.of()), containsString("Terminating"));
    }

    @Test
    public void events_comeInTheOrderOfTheirTimes() {
        KubeObject later = event("u1", "2026-01-02T03:03:00Z", "BackOff").with(7, "count");
        KubeObject earlier = event("u1", "", "Pulled").with("2026-01-02T03:01:00.000000Z", "eventTime");

        assertThat(text.events(List.of(later, earlier)), is("""
                LAST SEEN   TYPE      REASON    OBJECT       COUNT   MESSAGE
                3m          Warning   Pulled    pod/shop-1   1       what happened
                65s         Warning   BackOff   pod/shop-1   7       what happened
                """));
    }

    @Test
    public void events_timeThatIsNone_isUnknown() {
        assertThat(text.events(List.of(event("u1", "yesterday", "Odd"))), containsString("<unknown>"));
    }

    @Test
    public void describe_hasTheEventsOfTheseObjectsOnly() {
        String described = Description.deployment(
                NOW, DEPLOYMENT, List.of(POD), List.of(event("u1", CREATED, "Ours"), event("u9", CREATED, "Foreign")));

        assertThat(described, containsString("Ours"));
        assertThat(described, not(containsString("Foreign")));
        assertThat(described, startsWith("Deployment:  shop"));
        assertThat(described, containsString("Replicas:    2 desired, 2 updated, 0 total, 1 available, 0 unavailable"));
    }

    @Test
    public void describe_environment_isLeftOut() {
        assertThat(Description.deployment(NOW, DEPLOYMENT, List.of(POD), List.of()), not(containsString("s3cr3t")));
    }

    @Test
    public void describe_noDeployment_saysSo() {
        assertThat(Description.deployment(NOW, null, List.of(), List.of()), is("There is no such Deployment.\n"));
    }

    private static KubeObject event(String uid, String time, String reason) {
        return KubeObject.of(Map.of(
                "type",
                "Warning",
                "reason",
                reason,
                "message",
                "what happened\n",
                "lastTimestamp",
                time,
                "involvedObject",
                Map.of("kind", "Pod", "name", "shop-1", "uid", uid)));
    }
}

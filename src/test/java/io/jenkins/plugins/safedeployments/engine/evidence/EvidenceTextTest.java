package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
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
            "spec",
                    Map.of(
                            "replicas",
                            2,
                            "selector",
                            Map.of(
                                    "matchLabels",
                                    Map.of("app", "shop"),
                                    "matchExpressions",
                                    List.of(Map.of("key", "tier", "operator", "In", "values", List.of("b", "a")))),
                            "template",
                            Map.of("spec", Map.of("containers", List.of(CONTAINER)))),
            "status", Map.of("readyReplicas", 1, "updatedReplicas", 2, "availableReplicas", 1)));

    private final EvidenceText text = new EvidenceText(NOW);

    @Test
    public void all_objects_areTabulatedAsKubectlDoes() {
        KubeObject service = object(
                "v1",
                "Service",
                Map.of(
                        "type",
                        "LoadBalancer",
                        "clusterIP",
                        "10.0.0.7",
                        "selector",
                        Map.of("app", "shop"),
                        "ports",
                        List.of(
                                Map.of("port", 80, "nodePort", 30080, "protocol", "TCP"),
                                Map.of("port", 53, "protocol", "UDP"))));
        KubeObject set = object("apps/v1", "ReplicaSet", DEPLOYMENT.map("spec"));
        KubeObject scaler = object(
                "autoscaling/v1",
                "HorizontalPodAutoscaler",
                Map.of(
                        "maxReplicas",
                        9,
                        "targetCPUUtilizationPercentage",
                        50,
                        "scaleTargetRef",
                        Map.of("kind", "Deployment", "name", "shop")));

        assertThat(
                text.all(List.of(POD), List.of(service), List.of(DEPLOYMENT), List.of(set), List.of(scaler)), is("""
                NAME         READY   STATUS             RESTARTS   AGE    IP       NODE     NOMINATED NODE   READINESS GATES
                pod/shop-1   0/1     CrashLoopBackOff   4          4m5s   <none>   node-1   <none>           <none>

                NAME           TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)               AGE    SELECTOR
                service/shop   LoadBalancer   10.0.0.7     <pending>     80:30080/TCP,53/UDP   4m5s   app=shop

                NAME                   READY   UP-TO-DATE   AVAILABLE   AGE    CONTAINERS   IMAGES   SELECTOR
                deployment.apps/shop   1/2     2            1           4m5s   main         shop:1   app=shop,tier in (a,b)

                NAME                   DESIRED   CURRENT   READY   AGE    CONTAINERS   IMAGES   SELECTOR
                replicaset.apps/shop   2         0         0       4m5s   main         shop:1   app=shop,tier in (a,b)

                NAME                                       REFERENCE         TARGETS         MINPODS   MAXPODS   REPLICAS   AGE
                horizontalpodautoscaler.autoscaling/shop   Deployment/shop   <unknown>/50%   1         9         0          4m5s
                """));
    }

    @Test
    public void all_kindsWithoutObjects_areLeftOut() {
        assertThat(text.all(List.of(), List.of(), List.of(), List.of(), List.of()), is("No resources found.\n"));
    }

    @Test
    public void age_hasTheTwoUnitsThatMatter() {
        Map<Duration, String> ages = new LinkedHashMap<>();
        ages.put(Duration.ofSeconds(-3), "0s");
        ages.put(Duration.ofSeconds(119), "119s");
        ages.put(Duration.ofSeconds(120), "2m");
        ages.put(Duration.ofSeconds(185), "3m5s");
        ages.put(Duration.ofMinutes(179), "179m");
        ages.put(Duration.ofMinutes(185), "3h5m");
        ages.put(Duration.ofHours(47), "47h");
        ages.put(Duration.ofHours(51), "2d3h");
        ages.put(Duration.ofDays(8), "8d");

        ages.forEach((age, shown) -> assertThat(Shown.age(NOW.minus(age).toString(), NOW), is(shown)));
    }

    @Test
    public void status_isTheOneOfKubectl() {
        Map<String, Object> running =
                Map.of("name", "a", "ready", true, "state", Map.of("running", Map.of("startedAt", CREATED)));
        Map<String, Object> done =
                Map.of("name", "b", "state", Map.of("terminated", Map.of("reason", "Completed", "exitCode", 0)));
        Map<String, Object> killed =
                Map.of("name", "b", "state", Map.of("terminated", Map.of("signal", 9, "exitCode", 137)));
        Map<String, Object> waiting =
                Map.of("name", "i", "state", Map.of("waiting", Map.of("reason", "ImagePullBackOff")));

        assertThat(status(Map.of("phase", "Pending")), is("Pending"));
        assertThat(status(Map.of("phase", "Failed", "reason", "Evicted")), is("Evicted"));
        assertThat(status(Map.of("phase", "Running", "containerStatuses", List.of(done, running))), is("Running"));
        assertThat(status(Map.of("phase", "Running", "containerStatuses", List.of(running, killed))), is("Signal:9"));
        assertThat(
                status(Map.of("phase", "Pending", "initContainerStatuses", List.of(waiting))),
                is("Init:ImagePullBackOff"));
        assertThat(status(Map.of("phase", "Pending", "initContainerStatuses", List.of(done, running))), is("Init:1/2"));
    }

    private static String status(Map<String, Object> status) {
        return Shown.status(object("v1", "Pod", Map.of("initContainers", List.of(Map.of(), Map.of())))
                .with(status, "status"));
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
                3m5s        Warning   Pulled    pod/shop-1   1       what happened
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

    @Test
    public void describe_probesStatesAndMaps_areWrittenAsKubectlDoes() {
        KubeObject pod = object(
                        "v1",
                        "Pod",
                        Map.of(
                                "containers",
                                List.of(Map.of(
                                        "name", "main",
                                        "image", "shop:1",
                                        "ports", List.of(Map.of("containerPort", 3000)),
                                        "resources", Map.of("limits", Map.of("memory", "64Mi", "cpu", "1")),
                                        "readinessProbe",
                                                Map.of("httpGet", Map.of("path", "/ready", "port", "http"))))))
                .with(Map.of("track", "canary", "app", "shop"), "metadata", "labels")
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "restartCount",
                                4,
                                "lastState",
                                Map.of("terminated", Map.of("reason", "OOMKilled", "exitCode", 137)))),
                        "status",
                        "containerStatuses");

        String described = Description.deployment(NOW, DEPLOYMENT, List.of(pod), List.of());

        assertThat(described, containsString("Labels:      app=shop,track=canary\n"));
        assertThat(described, containsString("    Ports:       3000/TCP\n"));
        assertThat(described, containsString("    Limits:      cpu=1,memory=64Mi\n"));
        assertThat(
                described,
                containsString(
                        "    Readiness:   http-get :http/ready delay=0s timeout=1s period=10s #success=1 #failure=3\n"));
        assertThat(described, containsString("    Last state:  terminated: OOMKilled, exit code 137\n"));
    }

    @Test
    public void describe_service_hasTheAddressesBehindIt() {
        KubeObject service = object("v1", "Service", Map.of("selector", Map.of("app", "shop")));
        KubeObject endpoints = KubeObject.of(Map.of(
                "subsets",
                List.of(Map.of(
                        "addresses", List.of(Map.of("ip", "10.1.0.4", "targetRef", Map.of("name", "shop-1"))),
                        "notReadyAddresses", List.of(Map.of("ip", "10.1.0.5"))))));

        String described = Description.service(NOW, service, endpoints);

        assertThat(described, containsString("Ready:       10.1.0.4 (shop-1)\n"));
        assertThat(described, containsString("Not ready:   10.1.0.5\n"));
    }

    private static KubeObject object(String apiVersion, String kind, Map<String, Object> spec) {
        return KubeObject.of(Map.of(
                "apiVersion", apiVersion,
                "kind", kind,
                "metadata", Map.of("name", "shop", "creationTimestamp", CREATED),
                "spec", spec));
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

package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.InMemoryCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Before;
import org.junit.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

public class EvidenceTest {

    private static final String EVIL = "<script>alert('x')</script>&\"\u001b[31m\u202E\uD800";
    private static final Target TARGET = new Target("production", "shop", "shop");
    private static final Actor ALICE =
            new Actor("jenkins/shop#4/12", "shop/release #4", "https://ci.example.com/job/shop/4/", "alice");

    private final SlowClock clock = new SlowClock();
    private final InMemoryCluster memory = new InMemoryCluster("shop");
    private final List<String> requests = new ArrayList<>();
    private final Map<String, RuntimeException> refusals = new HashMap<>();
    private Duration perRequest = Duration.ofMillis(10);
    private String log = "first\n" + EVIL + "\nlogin with correct horse\n";

    /** Stands still unless a request is made. */
    private static final class SlowClock extends Clock {
        private Instant now = Instant.parse("2026-01-02T03:04:05Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Before
    public void canaryThatCrashes() {
        KubeObject deployment = memory.create(object(
                        "apps/v1",
                        "Deployment",
                        "shop-canary",
                        "",
                        Map.of(
                                "replicas",
                                1,
                                "template",
                                Map.of(
                                        "spec",
                                        Map.of(
                                                "containers",
                                                List.of(Map.of(
                                                        "name",
                                                        "main",
                                                        "env",
                                                        List.of(Map.of(
                                                                "name", "PASSWORD", "value", "correct horse"))))))))
                .with("1", "metadata", "annotations", "deployment.kubernetes.io/revision"));
        KubeObject set = memory.create(object("apps/v1", "ReplicaSet", "shop-canary-1", deployment.uid(), Map.of())
                .with("1", "metadata", "annotations", "deployment.kubernetes.io/revision"));
        for (int i = 0; i < 12; i++) {
            memory.create(pod(i, set));
        }
    }

    private static KubeObject pod(int number, KubeObject set) {
        return object(
                        "v1",
                        "Pod",
                        "shop-canary-1-" + number + (number == 0 ? EVIL : ""),
                        set.uid(),
                        Map.of("containers", List.of(Map.of("name", "main"))))
                .with(
                        List.of(Map.of(
                                "name",
                                "main",
                                "restartCount",
                                4,
                                "imageID",
                                "registry.example.com/shop@sha256:abc",
                                "state",
                                Map.of("waiting", Map.of("reason", "CrashLoopBackOff")),
                                "lastState",
                                Map.of("terminated", Map.of("exitCode", 1, "reason", EVIL)))),
                        "status",
                        "containerStatuses");
    }

    private static KubeObject object(
            String apiVersion, String kind, String name, String owner, Map<String, Object> spec) {
        return KubeObject.of(Map.of(
                "apiVersion", apiVersion,
                "kind", kind,
                "metadata", Map.of("name", name, "ownerReferences", List.of(Map.of("uid", owner, "controller", true))),
                "spec", spec));
    }

    /** Stable, as the record has it; null if there was none. */
    private Map<String, Object> before;

    private Map<String, String> collect(String cause) {
        Plan plan = new Plan(
                "registry.example.com/shop:1.1",
                "",
                1,
                3,
                2,
                null,
                Map.of(),
                Map.of(),
                List.of(Map.of("apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", "gone"))),
                List.of(),
                before,
                List.of(),
                List.of(),
                false);
        Release release = Release.begin(7, "shop", ALICE, plan, clock.instant());
        return new Evidence(cluster(), clock, TARGET, release, "shop/undo #5").collect(cause);
    }

    /** The one in memory, with each request taking its time. */
    private Cluster cluster() {
        return (Cluster) Proxy.newProxyInstance(
                Cluster.class.getClassLoader(), new Class<?>[] {Cluster.class}, (proxy, method, arguments) -> {
                    clock.now = clock.now.plus(perRequest);
                    String request = method.getName() + " " + arguments[0];
                    requests.add(request);
                    if (refusals.containsKey(request)) {
                        throw refusals.get(request);
                    }
                    if (method.getName().equals("log")) {
                        int lines = (Integer) arguments[3];
                        List<String> all = log.lines().toList();
                        String end = String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
                        return end.substring(0, Math.min(end.length(), Logs.MAX_BYTES)); // as the API server cuts
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Document parsed(String page) throws Exception {
        assertThat(page, startsWith("<!DOCTYPE html>\n"));
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page.substring("<!DOCTYPE html>\n".length()))));
    }

    @Test
    public void page_saysWhatThereWasBeforeTheReleaseAndWhatThereIs() throws Exception {
        String image = "shop:1.0" + EVIL;
        before = object(
                        "apps/v1",
                        "Deployment",
                        "shop-stable",
                        "",
                        Map.of("template", Map.of("spec", Map.of("containers", List.of(Map.of("image", image))))))
                .toMap();
        memory.create(object(
                "apps/v1",
                "Deployment",
                "shop-stable",
                "",
                Map.of(
                        "replicas",
                        2,
                        "template",
                        Map.of("spec", Map.of("containers", List.of(Map.of("image", "shop:1.1")))))));

        String page = collect("It broke").get(Evidence.PAGE);

        assertThat(row(page, "Replicas of stable"), is(List.of("3", "2")));
        assertThat(row(page, "Image of stable").get(0), startsWith("shop:1.0<script>"));
        assertThat(row(page, "Image of stable").get(1), is("shop:1.1"));
        assertThat(row(page, "Replicas of canary"), is(List.of("there was none", "1")));
        assertThat(page, not(containsString("shop:1.0<script>")));
    }

    @Test
    public void page_ofAFirstRelease_saysThatThereWasNothing() throws Exception {
        String page = collect("It broke").get(Evidence.PAGE);

        assertThat(row(page, "Image of stable"), is(List.of("there was none", "there is none")));
    }

    /** What follows the first cell. */
    private static List<String> row(String page, String name) throws Exception {
        NodeList rows = parsed(page).getElementsByTagName("tr");
        for (int i = 0; i < rows.getLength(); i++) {
            List<String> cells = new ArrayList<>();
            for (Node cell = rows.item(i).getFirstChild(); cell != null; cell = cell.getNextSibling()) {
                if (cell.getNodeType() == Node.ELEMENT_NODE) {
                    cells.add(cell.getTextContent());
                }
            }
            if (cells.get(0).equals(name)) {
                return cells.subList(1, cells.size());
            }
        }
        throw new AssertionError("no row " + name);
    }

    @Test
    public void page_whateverTheClusterSays_isWellFormedAndText() throws Exception {
        String page = collect("It broke: " + EVIL).get(Evidence.PAGE);

        Document document = parsed(page);
        for (String forbidden : List.of("script", "style", "link", "img", "iframe", "form", "object", "base")) {
            assertThat(forbidden, document.getElementsByTagName(forbidden).getLength(), is(0));
        }
        NodeList all = document.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            for (int j = 0; j < all.item(i).getAttributes().getLength(); j++) {
                String attribute = all.item(i).getAttributes().item(j).getNodeName();
                assertThat(attribute, attribute.startsWith("on") || attribute.equals("style"), is(false));
            }
        }
        assertThat(page, containsString("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;?[31m??"));
    }

    @Test
    public void page_linksLeadToFilesOrToTheRun() throws Exception {
        Map<String, String> files = collect("It broke.");

        NodeList links = parsed(files.get(Evidence.PAGE)).getElementsByTagName("a");
        assertThat(links.getLength() > 5, is(true));
        for (int i = 0; i < links.getLength(); i++) {
            String href = ((Element) links.item(i)).getAttribute("href");
            assertThat(href, files.containsKey(href) || href.equals("yaml/") || href.equals(ALICE.url()), is(true));
        }
    }

    @Test
    public void files_noneHasASecret() {
        collect("It broke, with correct horse.")
                .forEach((name, text) -> assertThat(name, text, not(containsString("correct horse"))));
    }

    @Test
    public void page_hasTheCauseOnTopAndTheTracksSideBySide() {
        String text = collect("It broke.").get("post-mortem.txt");

        assertThat(text, startsWith("Post-mortem: shop, release 7\n============================\nIt broke.\n"));
        assertThat(text, containsString("canary        stable\n"));
        assertThat(text, containsString("Image as its pods report it   sha256:abc    <none>\n"));
        assertThat(text, containsString("Deployment                    shop-canary   there is none\n"));
        assertThat(text, containsString("- Secret gone: there is none, though the pods refer to it"));
        assertThat(text, containsString("Logs and YAML: of the first 10 of 12 pods"));
    }

    @Test
    public void collect_nothingFailed_saysSo() {
        Map<String, String> files = collect("");

        assertThat(files.get("post-mortem.txt"), startsWith("State of the canary: shop, release 7\n"));
        assertThat(files.get("cause.txt"), startsWith("State of the canary\n"));
    }

    @Test
    public void collect_listThatIsRefused_isSaidAndTheRestIsThere() {
        refusals.put(
                "list " + Kind.EVENT,
                new ClusterException(ClusterException.Reason.FORBIDDEN, "events is forbidden", null));
        refusals.put("list " + Kind.AUTOSCALER, new IllegalStateException("of any kind"));

        Map<String, String> files = collect("It broke.");

        assertThat(files.get("cause.txt"), containsString("- the list of each Event: events is forbidden\n"));
        assertThat(files.get("cause.txt"), containsString("- the list of each HorizontalPodAutoscaler: of any kind\n"));
        assertThat(files.get("get-all.txt"), containsString("pod/shop-canary-1-1 "));
    }

    @Test
    public void collect_slowCluster_isAskedNothingMoreWhenTimeIsUp() {
        perRequest = Duration.ofSeconds(9);

        Map<String, String> files = collect("It broke.");

        assertThat(requests.size(), is(4));
        assertThat(
                files.get("cause.txt"),
                containsString("- the list of each Endpoints, and what comes after it: 30 s have passed\n"));
        assertThat(files.get(Evidence.PAGE), containsString("30 s have passed"));
    }

    /** Wherever a line is cut on the page. */
    @Test
    public void files_secretInALongLine_noneHasAPartOfIt() {
        StringBuilder lines = new StringBuilder();
        for (int i = 388; i <= 400; i++) {
            lines.append("x".repeat(i))
                    .append("correct horse")
                    .append("x".repeat(50))
                    .append('\n');
        }
        log = lines.toString();

        Map<String, String> files = collect("It broke.");

        assertThat(files.get("post-mortem.txt"), containsString("x..."));
        files.forEach((file, text) -> assertThat(file, text, not(containsString("xxc"))));
    }

    @Test
    public void log_longLines_keepTheirEnd() {
        log = ("x".repeat(999) + "\n").repeat(5000) + "the end\n";

        Map<String, String> files = collect("It broke.");

        String kept = files.get("logs-shop-canary-1-1-main.txt");
        assertThat(kept.endsWith("the end"), is(true));
        assertThat(Bundle.bytes(kept), lessThan(Logs.MAX_BYTES));
        assertThat(
                files.get("cause.txt"),
                containsString("- logs-shop-canary-1-1-main.txt: the last 500 lines, 1 MiB at most\n"));
        assertThat(files.values().stream().mapToInt(Bundle::bytes).sum(), lessThan(Bundle.MAX_BYTES + 1));
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy.Request;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** What single requests make of the faults of an API server (rows of reliability.md 2.2). */
public class RequestFaultsClusterTest {

    @Rule
    public TestCluster target = new TestCluster();

    private FaultProxy proxy;
    private KubernetesConnection connection;
    private Cluster cluster;

    @Before
    public void connect() throws IOException {
        proxy = new FaultProxy(TestCluster.access());
        connection = KubernetesConnection.open(proxy.access("token-of-the-test"));
        cluster = connection.namespace(target.namespace());
    }

    @After
    public void close() throws IOException {
        if (proxy != null) {
            connection.close();
            proxy.close();
        }
    }

    @Test
    public void k09_whatBreaksIsUnavailableAndNoWriteIsRepeated() {
        Map<String, ProxyFault> faults = new LinkedHashMap<>();
        faults.put("HTTP 500", ProxyFault.answer(500, "InternalError", "etcdserver: leader changed"));
        faults.put("HTTP 502", ProxyFault.page(502, "Bad Gateway"));
        faults.put("HTTP 503", ProxyFault.answer(503, "ServiceUnavailable", "try later"));
        faults.put("HTTP 503, come at once", ProxyFault.answer(503, "ServiceUnavailable", "now", "Retry-After: 0"));
        faults.put("HTTP 504", ProxyFault.answer(504, "Timeout", "the request timed out"));
        faults.put("HTTP 408", ProxyFault.page(408, "Request Timeout"));
        faults.put("cut before", ProxyFault.cut());
        faults.put("cut after", ProxyFault.doneBut(ProxyFault.cut()));
        faults.put("cut in the answer", ProxyFault.cutInAnswer(20));
        cluster.list(Kind.SECRET); // so that there is a connection that breaks
        List<String> wrong = new ArrayList<>();

        faults.forEach((name, fault) -> {
            int before = proxy.requests().size();
            proxy.times(1, Request::isWrite, fault);
            ClusterException failure =
                    assertThrows(name, ClusterException.class, () -> cluster.create(secret("c" + before)));
            if (failure.reason() != Reason.UNAVAILABLE || proxy.requests().size() != before + 1) {
                wrong.add(name + ": " + failure.reason() + " " + failure.getMessage() + ", sent "
                        + (proxy.requests().size() - before) + " times");
            }
        });

        assertThat(wrong, is(List.of()));
    }

    @Test
    public void k09_readWhoseConnectionBrokeIsRepeatedOnce() {
        cluster.list(Kind.SECRET);
        int before = proxy.requests().size();

        proxy.times(1, r -> true, ProxyFault.cut());
        cluster.list(Kind.SECRET);
        proxy.times(1, r -> true, ProxyFault.cutInAnswer(20));
        cluster.list(Kind.SECRET);
        proxy.times(2, r -> true, ProxyFault.cut());
        ClusterException failure = assertThrows(ClusterException.class, () -> cluster.list(Kind.SECRET));

        assertThat(failure.reason(), is(Reason.UNAVAILABLE));
        assertThat(proxy.requests().size() - before, is(6));
    }

    @Test
    public void k09_deadServerIsUnavailableAtOnceAndUsedAgainWhenItIsBack() throws Exception {
        FaultProxy dead = new FaultProxy(TestCluster.access());
        dead.close();
        try (KubernetesConnection gone = KubernetesConnection.open(dead.access("t"))) {
            ClusterException failure = assertThrows(ClusterException.class, gone::version);

            assertThat(failure.reason(), is(Reason.UNAVAILABLE));
            assertThat(failure.getMessage(), startsWith(dead.url() + " does not answer"));
        }
        connection.version();
        proxy.cutAll();
        connection.version();
    }

    @Test
    public void k10_serverThatHangsIsGivenUpAndUsedAgainWhenItAnswers() throws Exception {
        proxy.always(r -> r.path().contains("/hangs"), ProxyFault.hang());
        proxy.always(r -> r.path().endsWith("/secrets"), ProxyFault.hangInAnswer(30));
        List<CompletableFuture<ClusterException>> calls = new ArrayList<>();
        Instant begun = Instant.now();
        for (int i = 0; i < 20; i++) {
            String name = i % 2 == 0 ? "hangs" : "";
            calls.add(CompletableFuture.supplyAsync(
                    () -> assertThrows(ClusterException.class, () -> {
                        if (name.isEmpty()) {
                            cluster.list(Kind.SECRET);
                        } else {
                            cluster.get(Kind.SECRET, name);
                        }
                    }),
                    work -> new Thread(work).start()));
        }
        try (FaultProxy mute = new FaultProxy(TestCluster.access());
                KubernetesConnection toMute = KubernetesConnection.open(mute.access("t"))) {
            mute.hangUp();
            assertThat(assertThrows(ClusterException.class, toMute::version).reason(), is(Reason.UNAVAILABLE));
        }
        for (CompletableFuture<ClusterException> call : calls) {
            assertThat(call.get(40, TimeUnit.SECONDS).reason(), is(Reason.UNAVAILABLE));
        }

        assertThat(Duration.between(begun, Instant.now()), lessThan(Duration.ofSeconds(30)));
        proxy.heal();
        assertThat(cluster.get(Kind.SECRET, "hangs").isEmpty(), is(true));
    }

    @Test
    public void k11_tlsFailureNamesHostIssuerAndExpiryAtOnce() throws Exception {
        ClusterAccess other = proxy.access("token-of-the-test");
        record Case(String name, ProxyCertificate certificate, String trusted, String subject) {}
        ProxyCertificate expired = ProxyCertificate.expired();
        ProxyCertificate elsewhere = ProxyCertificate.ofAnotherHost();
        List<Case> cases = List.of(
                new Case("unknown issuer", elsewhere, other.caCertificate(), "CN=elsewhere.test"),
                new Case("another host", elsewhere, elsewhere.pem(), "CN=elsewhere.test"),
                new Case("expired", expired, expired.pem(), "CN=expired.test"));
        for (Case each : cases) {
            try (FaultProxy wrong = new FaultProxy(TestCluster.access(), each.certificate());
                    KubernetesConnection untrusted = KubernetesConnection.open(
                            new ClusterAccess(wrong.url(), each.trusted(), "token-of-the-test", "", "", false))) {
                ClusterException failure = assertThrows(each.name(), ClusterException.class, untrusted::version);

                assertThat(each.name(), failure.reason(), is(Reason.UNREACHABLE));
                assertThat(
                        failure.getMessage(),
                        allOf(
                                startsWith("No trusted TLS connection to " + wrong.url()),
                                containsString("its certificate is of "),
                                containsString(each.subject()),
                                containsString("issued by "),
                                containsString("until 20"),
                                not(containsString("\n")),
                                not(containsString("token-of-the-test"))));
                assertThat(each.name(), wrong.requests(), is(List.of()));
            }
        }
    }

    /** Catalogue 97: nothing of it may be taken for an object or a list, which would be empty ones. */
    @Test
    public void whatIsNoKubernetesApiIsNamedAndNotBelieved() throws Exception {
        Map<ProxyFault, String> answers = new LinkedHashMap<>();
        answers.put(ProxyFault.page(200, "<form>Log in</form>"), "text/html");
        answers.put(said("<html>"), "something that is no JSON");
        answers.put(said(""), "something that is no JSON");
        answers.put(said("[]"), "something that is no JSON");
        answers.put(said("{\"status\":\"ok\"}"), "JSON without a kind instead of ");
        answers.put(said("{\"kind\":\"Tab\\u001b[31mle\"}"), "kind 'Tab [31mle' instead of ");
        answers.put(exchange -> exchange.answer(418, "text/plain", "short and stout"), "HTTP 418");
        Map<String, Runnable> requests = new LinkedHashMap<>();
        requests.put("GET /api/v1/namespaces/%s/secrets/s", () -> cluster.get(Kind.SECRET, "s"));
        requests.put("GET /api/v1/namespaces/%s/secrets", () -> cluster.list(Kind.SECRET));
        requests.put("POST /api/v1/namespaces/%s/secrets", () -> cluster.create(secret("s")));
        requests.put("PATCH /api/v1/namespaces/%s/secrets/s", () -> cluster.apply(secret("s"), false, false));
        requests.put("GET /version", () -> connection.version());
        List<String> wrong = new ArrayList<>();

        answers.forEach((fault, named) -> requests.forEach((line, request) -> {
            proxy.times(1, r -> true, fault);
            ClusterException failure = assertThrows(line + " " + named, ClusterException.class, request::run);
            String expected = proxy.url() + " is no Kubernetes API: it answered " + line.formatted(target.namespace())
                    + " with " + (line.endsWith("/version") ? named.replaceFirst(".* instead of ", "") : named);
            if (failure.reason() != Reason.UNREACHABLE
                    || !failure.getMessage().startsWith(expected)
                    || failure.getMessage().indexOf('\u001b') >= 0) {
                wrong.add(failure.reason() + " " + failure.getMessage() + ", not " + expected);
            }
        }));

        assertThat(String.join("\n", wrong), wrong, is(List.of()));
    }

    private static ProxyFault said(String json) {
        return exchange -> exchange.answer(200, "application/json", json);
    }

    @Test
    public void redirectionIsNotFollowedAndGetsNoToken() throws Exception {
        try (FaultProxy other = new FaultProxy(TestCluster.access())) {
            for (int code : new int[] {301, 302, 307, 308}) {
                proxy.times(
                        1,
                        r -> true,
                        exchange -> exchange.answer(code, "text/html", "", "Location: " + other.url() + "/login"));

                ClusterException failure = assertThrows(ClusterException.class, () -> cluster.list(Kind.SECRET));

                assertThat(failure.reason(), is(Reason.UNREACHABLE));
                assertThat(
                        failure.getMessage(),
                        endsWith(" with HTTP " + code + ", a redirection, which is not followed"));
            }
            assertThat(other.requests(), is(List.of()));
        }
    }

    @Test
    public void k12_refusedCredentialsAreSentOnceAndForbiddenNamesVerbAndResource() {
        proxy.times(1, r -> true, ProxyFault.answer(401, "Unauthorized", "Unauthorized"));
        ClusterException refused = assertThrows(ClusterException.class, () -> cluster.list(Kind.SECRET));

        assertThat(refused.reason(), is(Reason.UNAUTHORIZED));
        assertThat(refused.getMessage(), containsString("does not accept the credentials (401)"));
        assertThat(refused.getMessage(), not(containsString("token-of-the-test")));
        assertThat(proxy.requests().size(), is(1));

        proxy.times(1, r -> true, ProxyFault.page(403, "no"));
        ClusterException forbidden = assertThrows(ClusterException.class, () -> cluster.list(Kind.SECRET));
        assertThat(forbidden.reason(), is(Reason.FORBIDDEN));
        assertThat(
                forbidden.getMessage(),
                endsWith("forbids GET /api/v1/namespaces/" + target.namespace() + "/secrets (403)"));
    }

    @Test
    public void k08_whatTheServerAsksToWaitIsPassedOn() {
        for (int code : new int[] {429, 503}) {
            proxy.times(1, r -> true, ProxyFault.answer(code, "TooManyRequests", "slow down", "Retry-After: 7"));
            ClusterException busy = assertThrows(ClusterException.class, () -> cluster.list(Kind.SECRET));

            assertThat(busy.reason(), is(Reason.UNAVAILABLE));
            assertThat(busy.retryAfterMillis(), is(7000L));
        }
        assertThat("repeated by nobody else", proxy.requests().size(), is(2));
    }

    @Test
    public void k16_denialIsCutAndCannotSteerATerminal() {
        String text = "admission webhook \"policy.example.com\" denied the request: \u001b[31mno\u001b[0m\nnever\u202e "
                + "x".repeat(10_000);
        for (int code : new int[] {400, 403, 422}) {
            proxy.times(1, Request::isWrite, ProxyFault.answer(code, "Forbidden", text));
            ClusterException denied = assertThrows(ClusterException.class, () -> cluster.create(secret("denied")));

            assertThat(denied.reason(), is(code == 403 ? Reason.FORBIDDEN : Reason.INVALID));
            assertThat(
                    denied.getMessage(),
                    startsWith("admission webhook \"policy.example.com\" denied the request:  [31mno [0m never "));
            assertThat(denied.getMessage().length(), lessThan(2010));
        }
        proxy.times(
                1,
                Request::isWrite,
                ProxyFault.answer(500, "InternalError", "failed calling webhook: context deadline exceeded"));
        assertThat(
                assertThrows(ClusterException.class, () -> cluster.create(secret("later")))
                        .reason(),
                is(Reason.UNAVAILABLE));
    }

    @Test
    public void k26_commandWhoseConnectionIsLostHasNoOutcomeAndIsNotRunAgain() throws Exception {
        createPod();
        Awaitility.await()
                .until(() -> cluster.get(Kind.POD, "box").orElseThrow().condition("Ready") != null
                        && "True"
                                .equals(cluster.get(Kind.POD, "box")
                                        .orElseThrow()
                                        .condition("Ready")
                                        .string("status")));
        cluster.list(Kind.SECRET); // so that there is a connection
        List<String> output = new CopyOnWriteArrayList<>();
        assertThat(exec(output, "sh", "-c", "echo one; exit 3").get(10, TimeUnit.SECONDS), is(3));

        // before the upgrade, right after it, and byte by byte through the frames that follow until the exit code
        List<String> wrong = new ArrayList<>();
        proxy.times(1, r -> r.path().contains("/exec?"), ProxyFault.doneBut(ProxyFault.cut()));
        wrong.addAll(outcome("cut before the upgrade"));
        for (int bytes = 1; bytes < 280; bytes += bytes < 100 ? 60 : 12) {
            int cut = bytes;
            proxy.times(1, r -> r.path().contains("/exec?"), ProxyFault.cutStream(cut));
            wrong.addAll(outcome("cut after " + bytes + " bytes"));
        }

        assertThat(wrong, is(List.of()));
    }

    @Test
    public void k12_commandThatIsRefusedSaysWhy() {
        createPod();
        Map<Integer, Reason> reasons =
                Map.of(401, Reason.UNAUTHORIZED, 403, Reason.FORBIDDEN, 404, Reason.NOT_FOUND, 503, Reason.UNAVAILABLE);
        reasons.forEach((code, reason) -> {
            proxy.times(1, r -> r.path().contains("/exec?"), ProxyFault.answer(code, "Refused", "no"));

            ClusterException refused =
                    assertThrows(ClusterException.class, () -> cluster.exec("box", "box", List.of("true"), line -> {}));

            assertThat(refused.getMessage(), refused.reason(), is(reason));
            assertThat(refused.getMessage(), containsString("(HTTP " + code + ")"));
        });
    }

    /** Either it is not known how it ended, or the true exit code had come; and it was sent once. */
    private List<String> outcome(String name) throws Exception {
        long before = proxy.count(r -> r.path().contains("/exec?"));
        String end;
        try {
            end = "exit code "
                    + exec(new CopyOnWriteArrayList<>(), "sh", "-c", "echo one; exit 3")
                            .get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | ClusterException e) {
            end = "unknown";
        } catch (java.util.concurrent.TimeoutException e) {
            end = "never told";
        }
        long sent = proxy.count(r -> r.path().contains("/exec?")) - before;
        return (end.equals("unknown") || end.equals("exit code 3")) && sent == 1
                ? List.of()
                : List.of(name + ": " + end + ", sent " + sent + " times");
    }

    private CompletableFuture<Integer> exec(List<String> output, String... command) {
        Cluster.Execution execution = cluster.exec("box", "box", List.of(command), output::add);
        return execution.exitCode().whenComplete((code, problem) -> execution.close());
    }

    @Test
    public void k26_logThatWasCutIsNotTakenForAll() {
        createPod();
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> !cluster.log("box", "box", false, 100).isEmpty());
        proxy.always(r -> r.path().contains("/log?"), ProxyFault.cutInAnswer(2));

        ClusterException failure = assertThrows(ClusterException.class, () -> cluster.log("box", "box", false, 100));

        assertThat(failure.reason(), is(Reason.UNAVAILABLE));
    }

    /** A namespace takes pods a moment after it was made, when its service account has a token. */
    private void createPod() {
        TestCluster.insist(() -> cluster.create(pod()));
    }

    private static KubeObject pod() {
        return KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of("name", "box", "annotations", Map.of("fake-kubelet/log", "a first line")),
                "spec",
                Map.of(
                        "terminationGracePeriodSeconds",
                        0,
                        "containers",
                        List.of(Map.of("name", "box", "image", "registry.example.com/box:1")))));
    }

    private static KubeObject secret(String name) {
        return KubeObject.of(Map.of("apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", name)));
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;
import static org.junit.Assume.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck.Pods;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;

/** Tests in a canary by a real API server: commands by the played kubelets, requests to a real HTTP server. */
public class TestCanaryClusterTest {

    private static final int BIG = 1024 * 1024;

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    @After
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @Test
    public void commandsRunInOnePodOrInAllByAShellIfAsked() throws Exception {
        deploy(2, new CommandTest(List.of("echo", "migrated"), "", Pods.ONE, Duration.ofSeconds(20), true));

        Outcome outcome = test(
                new CommandTest(List.of("echo", "migrated"), "", Pods.ONE, Duration.ofSeconds(20), true),
                new CommandTest(
                        CommandTest.command("echo one && echo 'two  words'", true),
                        "addressbook",
                        Pods.ALL,
                        Duration.ofSeconds(20),
                        false));

        assertThat(engine.report.lines, hasItems("| one", "| two  words", "| migrated"));
        assertThat(
                engine.report.toString(),
                engine.report.lines.stream().filter("| one"::equals).count(),
                is(2L));
        assertThat(engine.report.lines.stream().filter("| migrated"::equals).count(), is(1L));
        assertThat(outcome.release().tested().migrations().get(0).exitCode(), is(0));
        assertThat(outcome.release().testsFailed(), is(false));
    }

    @Test
    public void podIsAskedThroughTheApiServer() throws Exception {
        listen();

        test(get("/hello?name=Smith%20Jones", "200", "hello Smith Jones"));
        test(get("/redirect", "302", ""));
        test(get("/big", "200", "begin"));

        // with what the API server puts before it, and without having followed anything
        assertThat(List.copyOf(asked), is(List.of("/hello?name=Smith%20Jones", "/redirect", "/big")));
    }

    @Test
    public void podThatAnswersSomethingElseFailsTheTest() throws Exception {
        listen();

        assertThat(refused(get("/private", "200-399", "")), containsString("status 401, expected 200-399"));
        assertThat(refused(get("/missing", "200-399", "")), containsString("status 404, expected 200-399"));
        assertThat(
                refused(get("/big", "200", "the end")),
                containsString("the beginning of the body does not contain 'the end'"));
        assertThat(engine.report.lines, hasItems("| not for you", "| (the answer is longer: the rest is not shown)"));
        assertThat(
                "of half a line no secret could be masked", engine.report.lines, not(hasItem(startsWith("| begin"))));
        assertThat(refused(get("/hang", "200", "")), containsString("no answer within 2.0 s"));
    }

    private void listen() throws Exception {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress() && !a.isLinkLocalAddress())
                .findFirst();
        assumeTrue("this machine has no address of its own", address.isPresent());
        server = HttpServer.create(new InetSocketAddress(address.get(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        deploy(1);
        KubeObject pod = target.cluster().list(Kind.POD).get(0);
        target.address(pod.name(), address.get().getHostAddress());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(exchange.getRequestURI().toString());
        String body =
                "hello " + String.valueOf(exchange.getRequestURI().getQuery()).replace("name=", "");
        int status = 200;
        switch (path) {
            case "/redirect" -> {
                exchange.getResponseHeaders().add("Location", "/elsewhere");
                status = 302;
            }
            case "/private" -> {
                body = "not for you";
                status = 401;
            }
            case "/missing" -> status = 404;
            case "/big" -> body = "begin" + "x".repeat(BIG) + "the end";
            case "/hang" -> {
                return; // without an answer, until the server is stopped
            }
            default -> {
                // hello
            }
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private HttpTest get(String path, String status, String body) {
        return new HttpTest(
                path,
                Integer.toString(server.getAddress().getPort()),
                "http",
                status,
                body,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Pods.ONE);
    }

    private String refused(CanaryCheck check) {
        return assertThrows(UserException.class, () -> test(check)).getMessage();
    }

    private Outcome test(CanaryCheck... checks) throws Exception {
        return run(session -> new TestCanary(session, 0, List.of(checks)));
    }

    private void deploy(int replicas, CanaryCheck... checks) throws Exception {
        run(session -> new CanaryDeploy(
                session,
                AskedCanary.ofTag("1.0")
                        .size(CanarySize.of(replicas))
                        .tests(List.of(checks))
                        .request()));
    }

    private Outcome run(Function<Session, Operation> operation) throws Exception {
        Session session = engine.session(target.cluster(), "addressbook", Duration.ofMinutes(1));
        return engine.run(session, operation.apply(session));
    }
}

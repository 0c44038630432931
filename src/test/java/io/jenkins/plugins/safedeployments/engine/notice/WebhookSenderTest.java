package io.jenkins.plugins.safedeployments.engine.notice;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.After;
import org.junit.Assert;
import org.junit.Before;
import org.junit.Test;

/** What a webhook gets, and what becomes of its answers; with a real server. */
public class WebhookSenderTest {

    private static final Instant NOON = Instant.parse("2026-06-05T12:00:00Z");
    private static final JsonMapper JSON = new JsonMapper();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private HttpServer server;
    private WebhookSender sender;

    /** Of the answer. */
    private volatile int status = 204;

    private volatile String location;

    @Before
    public void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        sender = sender(Duration.ofSeconds(10));
    }

    @After
    public void end() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static WebhookSender sender(Duration timeout) {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        return new WebhookSender(client, Clock.fixed(NOON, ZoneOffset.UTC), timeout);
    }

    private void handle(HttpExchange exchange) throws IOException {
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        requests.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (location != null) {
            exchange.getResponseHeaders().set("Location", location);
        }
        exchange.getResponseHeaders().set("Retry-After", "7");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Test
    public void eventIsSentAsJson() throws Exception {
        GateEvent event = GateTextTest.event(GateEvent.Kind.APPROVED)
                .decision("alice", "continue", "schön \"gut\"")
                .build();

        send(event, "");

        JsonNode json = JSON.readTree(requests.remove());
        assertThat(json.at("/schema").asInt(), is(1));
        assertThat(json.at("/id").asText(), is(event.getId()));
        assertThat(json.at("/event").asText(), is("approved"));
        assertThat(json.at("/at").asText(), is("2026-06-05T12:00:00Z"));
        assertThat(json.at("/text").asText(), containsString("alice approved addressbook 1.4.2"));
        assertThat(json.at("/gate/id").asText(), is("qa"));
        assertThat(json.at("/gate/deadline").asText(), is("2026-06-05T14:00:00Z"));
        assertThat(json.at("/gate/url").asText(), containsString("https://jenkins.example.com/"));
        assertThat(json.at("/release/app").asText(), is("addressbook"));
        assertThat(json.at("/release/version").asText(), is("1.4.2"));
        assertThat(json.at("/release/target").asText(), is("production/shop"));
        assertThat(json.at("/run/id").asText(), is("shop/release#7"));
        assertThat(json.at("/decision/by").asText(), is("alice"));
        assertThat(json.at("/decision/outcome").asText(), is("continue"));
        assertThat(json.at("/decision/comment").asText(), is("schön \"gut\""));
        assertThat(headers.get("Content-type"), is("application/json"));
        assertThat(headers.get("X-safe-deployments-delivery"), is(event.getId()));
        assertThat(headers.get("X-safe-deployments-event"), is("approved"));
        assertThat(headers.get("X-safe-deployments-signature"), is(nullValue()));
    }

    @Test
    public void signatureIsOverTimeAndBody() throws Exception {
        send(GateTextTest.event(GateEvent.Kind.AWAITING).build(), "s3cret");

        String body = requests.remove();
        assertThat(headers.get("X-safe-deployments-timestamp"), is("1780660800"));
        assertThat(headers.get("X-safe-deployments-signature"), is(Signature.of("s3cret", 1_780_660_800L, body)));
        assertThat(body + headers, not(containsString("s3cret")));
    }

    /** {@code hmac.new("kéy".encode(), b'1780660800.{"a":"ü"}' in UTF-8, hashlib.sha256).hexdigest()} in Python. */
    @Test
    public void signatureIsWhatOthersReckon() {
        assertThat(
                Signature.of("kéy", 1_780_660_800L, "{\"a\":\"ü\"}"),
                is("v1=50d4aa07d4d1c9e1d15c92b8d37a13c257dcad87714ee6eb7e132de729ec1598"));
    }

    @Test
    public void redirectIsNotFollowed() throws Exception {
        status = 302;
        location = "http://127.0.0.1:" + server.getAddress().getPort() + "/elsewhere";

        NotDelivered failure = failure();

        assertThat(failure.getMessage(), is("it answered 302, a redirect, which is not followed"));
        assertThat(failure.isAgain(), is(false));
        assertThat(requests.size(), is(1));
    }

    @Test
    public void statusSaysWhetherItIsTriedAgain() throws Exception {
        for (int answer : new int[] {408, 425, 429, 500, 503}) {
            status = answer;
            NotDelivered failure = failure();
            assertThat(failure.getMessage(), is("it answered " + answer));
            assertThat(failure.isAgain(), is(true));
            assertThat(failure.after(), is(Duration.ofSeconds(7)));
        }
        for (int answer : new int[] {400, 401, 403, 404, 410}) {
            status = answer;
            assertThat(failure().isAgain(), is(false));
        }
    }

    @Test
    public void serverThatIsDownIsTriedAgain() throws Exception {
        server.stop(0);

        NotDelivered failure = failure();

        assertThat(failure.getMessage(), is("it can't be reached"));
        assertThat(failure.isAgain(), is(true));
    }

    @Test
    public void serverThatHangsHoldsNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            sender = sender(Duration.ofMillis(300));

            ExecutionException failure = Assert.assertThrows(
                    ExecutionException.class, () -> sendTo("http://127.0.0.1:" + silent.getLocalPort() + "/s3cret"));

            assertThat(failure.getCause(), instanceOf(NotDelivered.class));
            assertThat(failure.getCause().getMessage(), is("it did not answer in 0 s"));
        }
    }

    @Test
    public void answerWithoutEndIsNotRead() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] piece = new byte[65_536];
            try {
                while (true) {
                    exchange.getResponseBody().write(piece);
                }
            } catch (IOException e) {
                broken.countDown();
            }
        });

        sendTo("http://127.0.0.1:" + server.getAddress().getPort() + "/endless");

        assertThat(broken.await(10, TimeUnit.SECONDS), is(true));
    }

    @Test
    public void addressThatIsNotAllowedIsNotAsked() throws Exception {
        WebhookAddress here = address("/");

        NotDelivered unlisted = Assert.assertThrows(
                NotDelivered.class,
                () -> sender.send(
                        here,
                        AllowedAddresses.parse("https://hooks.example.com"),
                        GateTextTest.event(GateEvent.Kind.AWAITING).build(),
                        ""));
        NotDelivered local = Assert.assertThrows(
                NotDelivered.class,
                () -> sender.send(
                        here,
                        AllowedAddresses.parse(""),
                        GateTextTest.event(GateEvent.Kind.AWAITING).build(),
                        ""));

        assertThat(unlisted.getMessage(), is("it is not among the addresses that are allowed"));
        assertThat(local.getMessage(), containsString("has to be allowed by an administrator first"));
        assertThat(requests.size(), is(0));
    }

    @Test
    public void clientThatFollowsRedirectsIsRefused() {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();

        Assert.assertThrows(
                IllegalArgumentException.class,
                () -> new WebhookSender(client, Clock.systemUTC(), Duration.ofSeconds(1)));
    }

    @Test
    public void manyAtOnceTakeFewThreads() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + silent.getLocalPort() + "/";
            int before = Thread.activeCount();
            for (int i = 0; i < 100; i++) {
                sender.send(
                        WebhookAddress.parse("url", address),
                        AllowedAddresses.parse(address),
                        GateTextTest.event(GateEvent.Kind.AWAITING).build(),
                        "");
            }
            org.awaitility.Awaitility.await().until(() -> acceptAll(silent) >= 100);

            // with one for each there would be 100; the client's own come and go, more of them on a slow machine
            assertThat(before + 50, is(greaterThanOrEqualTo(Thread.activeCount())));
        }
    }

    private int accepted;

    private int acceptAll(ServerSocket silent) throws IOException {
        silent.setSoTimeout(50);
        try {
            while (true) {
                silent.accept();
                accepted++;
            }
        } catch (java.net.SocketTimeoutException e) {
            return accepted;
        }
    }

    private NotDelivered failure() throws InterruptedException, TimeoutException {
        ExecutionException failure = Assert.assertThrows(
                ExecutionException.class,
                () -> send(GateTextTest.event(GateEvent.Kind.AWAITING).build(), ""));
        return (NotDelivered) failure.getCause();
    }

    private void send(GateEvent event, String secret) throws Exception {
        sender.send(
                        address("/hook?token=1"),
                        AllowedAddresses.parse(address("/").uri().toString()),
                        event,
                        secret)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private void sendTo(String address) throws Exception {
        sender.send(
                        WebhookAddress.parse("url", address),
                        AllowedAddresses.parse(address),
                        GateTextTest.event(GateEvent.Kind.AWAITING).build(),
                        "")
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private WebhookAddress address(String path) {
        return WebhookAddress.parse(
                "url", "http://127.0.0.1:" + server.getAddress().getPort() + path);
    }
}

package io.jenkins.plugins.safedeployments.browser;

import static org.junit.Assume.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.darktheme.DarkThemeSystemManagerFactory;
import io.jenkins.plugins.thememanager.ThemeManagerPageDecorator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.commons.io.FileUtils;
import org.awaitility.Awaitility;
import org.junit.rules.ExternalResource;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * A Chromium without a window, for all tests of a class: that which the environment variable {@code CHROMIUM} names; without it the
 * tests are skipped. It is told what to do by the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/), over a WebSocket of the JDK.
 */
public final class Chromium extends ExternalResource {

    /** On a machine that may be busy. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, JsonNode>> listeners = new ConcurrentHashMap<>();
    private final Map<String, Page> pages = new HashMap<>();
    private Process process;
    private Path profile;
    private WebSocket socket;

    @Override
    protected void before() throws Exception {
        String command = System.getenv("CHROMIUM");
        assumeTrue("no browser: let CHROMIUM name the executable of one", command != null && !command.isEmpty());
        profile = Files.createTempDirectory("chromium");
        // it shows nothing but the pages under test, so it needs no sandbox, which it can't have in many containers
        process = new ProcessBuilder(
                        command,
                        "--headless=new",
                        "--no-sandbox",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-default-apps",
                        "--disable-dev-shm-usage",
                        "--disable-extensions",
                        "--disable-features=OptimizationGuideOnDeviceModel,OptimizationHints,Translate,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
                        "--disable-gpu",
                        "--disable-sync",
                        "--hide-scrollbars",
                        "--lang=en-US",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        List<String> port = Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(this::port, lines -> lines.size() > 1);
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port.get(0) + port.get(1)), new Ear())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Its port and path, once it has written them. */
    private List<String> port() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("Chromium has ended: " + Files.readString(profile.resolve("log")));
        }
        Path file = profile.resolve("DevToolsActivePort");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    protected void after() {
        if (process == null) {
            return;
        }
        try {
            if (socket != null) {
                call("", "Browser.close", Map.of());
            }
            process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException | RuntimeException e) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        FileUtils.deleteQuietly(profile.toFile());
    }

    /** A Jenkins whose pages are dark for who has set that. */
    public static void dress() {
        ThemeManagerPageDecorator.get().setTheme(new DarkThemeSystemManagerFactory());
    }

    /** The page at which that user looks, who has logged in, with a password that is the name; an empty name is nobody's. */
    public Page as(JenkinsRule jenkins, String user) throws IOException {
        Page known = pages.get(user);
        if (known != null) {
            return known;
        }
        String context = call("", "Target.createBrowserContext", Map.of())
                .get("browserContextId")
                .asText();
        String target = call("", "Target.createTarget", Map.of("url", "about:blank", "browserContextId", context))
                .get("targetId")
                .asText();
        String session = call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asText();
        Page page = new Page(this, session, jenkins.getURL());
        pages.put(user, page);
        if (!user.isEmpty()) {
            page.go("login")
                    .type("#j_username", user)
                    .type("[name=j_password]", user)
                    .follow("button[name=Submit]");
        }
        return page;
    }

    void listen(String session, BiConsumer<String, JsonNode> listener) {
        listeners.put(session, listener);
    }

    /** Has something done and waits for the answer; an empty session means the browser itself. */
    JsonNode call(String session, String method, Map<String, ?> parameters) {
        int id = calls.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> message = new HashMap<>(Map.of("id", id, "method", method, "params", parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        try {
            socket.sendText(JSON.writeValueAsString(message), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method, e);
        }
    }

    /** Hears answers and events. */
    private final class Ear implements WebSocket.Listener {

        private final StringBuilder heard = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            heard.append(data);
            if (last) {
                String message = heard.toString();
                heard.setLength(0);
                hear(message);
            }
            from.request(1);
            return null;
        }

        private void hear(String text) {
            try {
                JsonNode message = JSON.readTree(text);
                if (message.has("id")) {
                    CompletableFuture<JsonNode> answer =
                            answers.remove(message.get("id").asInt());
                    if (message.has("error")) {
                        answer.completeExceptionally(
                                new IOException(message.get("error").toString()));
                    } else {
                        answer.complete(message.get("result"));
                    }
                } else {
                    listeners
                            .getOrDefault(message.path("sessionId").asText(), (method, parameters) -> {})
                            .accept(message.get("method").asText(), message.get("params"));
                }
            } catch (IOException e) {
                throw new IllegalStateException(text, e);
            }
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.rules.ExternalResource;

/** Answers requests on loopback in the order of a script, whatever they ask for; those beyond it get 404. */
final class ScriptedApi extends ExternalResource {

    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final BlockingQueue<Answer> script = new LinkedBlockingQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private KubernetesClient client;
    private Rest rest;

    @Override
    protected void before() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            Answer answer;
            synchronized (this) {
                requests.add(exchange.getRequestURI().toString());
                answer = script.poll();
            }
            try {
                if (answer == null) {
                    exchange.sendResponseHeaders(404, -1);
                } else {
                    answer.to(exchange);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exchange.close();
            }
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Config config = new ConfigBuilder(Config.empty())
                .withAutoConfigure(false)
                .withMasterUrl(url)
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
        rest = new Rest(client.getHttpClient(), url);
    }

    @Override
    protected void after() {
        client.close();
        threads.shutdownNow();
        server.stop(0);
    }

    Rest rest() {
        return rest;
    }

    /** Paths with queries, in the order in which they came. */
    List<String> requests() {
        return requests;
    }

    void answer(int status, String body) {
        script.add(exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    /** An answer that comes bit by bit, as the test says. */
    Stream stream() {
        Stream stream = new Stream();
        script.add(stream::write);
        return stream;
    }

    static final class Stream {
        private static final byte[] END = new byte[0];
        private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();

        void send(String text) {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) {
            chunks.add(bytes);
        }

        void end() {
            chunks.add(END);
        }

        private void write(HttpExchange exchange) throws IOException, InterruptedException {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            body.flush();
            for (byte[] next = chunks.take(); next != END; next = chunks.take()) {
                body.write(next);
                body.flush();
            }
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.HttpAnswer;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Requests to pods through the API server, without a thread that waits for them, and never more than the beginning of an answer. */
final class PodProxy {

    private static final int MAX_BODY = 64 * 1024;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final HttpClient http;
    private final String server;

    PodProxy(HttpClient http, String server) {
        this.http = http;
        this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
    }

    /** @param path from the API server's root */
    @NonNull
    CompletableFuture<HttpAnswer> get(String path, Duration timeout) {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(server + path)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        Beginning body = new Beginning();
        return http.consumeBytes(request, body)
                .thenCompose(response -> {
                    response.body().consume();
                    return response.body().done().handle((nothing, problem) -> {
                        if (problem != null && !body.isCut()) {
                            throw new CompletionException(problem);
                        }
                        return answer(response.code(), body);
                    });
                })
                .exceptionally(problem -> {
                    throw noAnswer(problem);
                });
    }

    /** What the API server says in its own name has the form of its own errors; all else comes from the pod. */
    private static HttpAnswer answer(int code, Beginning body) {
        String text = body.text();
        if (!text.startsWith("{\"kind\":\"Status\",\"apiVersion\":\"v1\"")) {
            return new HttpAnswer(code, text, body.isCut());
        }
        String message = text;
        try {
            message = MAPPER.readTree(text).path("message").asText(text);
        } catch (JsonProcessingException e) {
            // shown as it is
        }
        if (code == HttpURLConnection.HTTP_FORBIDDEN || code == HttpURLConnection.HTTP_UNAUTHORIZED) {
            boolean forbidden = code == HttpURLConnection.HTTP_FORBIDDEN;
            throw new ClusterException(
                    forbidden ? Reason.FORBIDDEN : Reason.UNAUTHORIZED,
                    "The API server does not let a test ask the pod: " + message,
                    null);
        }
        return new HttpAnswer(code, message, body.isCut());
    }

    private ClusterException noAnswer(Throwable problem) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        return cause instanceof ClusterException refusal
                ? refusal
                : new ClusterException(
                        Reason.UNAVAILABLE, server + " does not answer (" + cause.getMessage() + ")", cause);
    }

    private static final class Beginning implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean cut;

        @Override
        public synchronized void consume(List<ByteBuffer> buffers, AsyncBody body) {
            for (ByteBuffer buffer : buffers) {
                byte[] taken = new byte[Math.min(buffer.remaining(), MAX_BODY - bytes.size())];
                buffer.get(taken);
                bytes.write(taken, 0, taken.length);
                cut = cut || buffer.hasRemaining();
            }
            if (cut) {
                body.cancel();
            } else {
                body.consume();
            }
        }

        synchronized boolean isCut() {
            return cut;
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}

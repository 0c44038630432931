package io.jenkins.plugins.safedeployments.engine.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.FieldConflict;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Single requests to the API server through the client library's HTTP client, with its connections, TLS and tokens.
 *
 * <p>The library's own operations are not used for them because they repeat writes that may have been done, overwrite
 * without a precondition, read before they write, or pass objects through typed models.
 */
final class Rest {

    static final String JSON = "application/json";
    static final String MERGE_PATCH = "application/merge-patch+json";
    static final String APPLY_PATCH = "application/apply-patch+yaml"; // of which JSON is a part

    private static final long ANSWER_SECONDS = 10;

    /** No call takes longer, whatever happens to its connection. */
    private static final long CALL_SECONDS = 30;

    private static final Pattern MANAGER = Pattern.compile("conflict with \"([^\"]+)\"");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final ObjectReader OBJECT = MAPPER.readerForMapOf(Object.class);
    private static final int MAX_MESSAGE = 2000;
    private static final String LIST = "List";

    private final HttpClient http;
    private final String server;

    /** @param server its URL, without a slash at the end */
    Rest(HttpClient http, String server) {
        this.http = http;
        this.server = server;
    }

    /**
     * Sends a request whose answer is an object of a kind. Of anything else, of a login page of a proxy say, nothing may be
     * believed: an object that is not there would be an empty one, and a list have nothing in it.
     *
     * @param kind such as {@code Deployment} or {@code DeploymentList}
     */
    @NonNull
    KubeObject send(
            String kind,
            String method,
            String path,
            @CheckForNull String contentType,
            @CheckForNull Map<String, ?> body) {
        HttpResponse<String> response = response(method, path, contentType, body);
        KubeObject answer = parsed(method, path, response);
        String got = answer.string("kind");
        // how a list is called, a CustomResourceDefinition says
        if (!got.equals(kind) && !(kind.endsWith(LIST) && got.endsWith(LIST))) {
            throw noApi(
                    method,
                    path,
                    (got.isEmpty() ? "JSON without a kind" : "kind '" + inert(got) + "'") + " instead of " + kind);
        }
        return answer;
    }

    /** Which version the API server says it is: {@code v1.30.2}. */
    @NonNull
    String version() {
        String version = send("GET", "/version", null, null).string("gitVersion");
        if (version.isEmpty()) {
            throw noApi("GET", "/version", "JSON without a version");
        }
        return version;
    }

    /** Sends a request whose answer is an object, of no matter which kind. */
    @NonNull
    KubeObject send(String method, String path, @CheckForNull String contentType, @CheckForNull Map<String, ?> body) {
        return parsed(method, path, response(method, path, contentType, body));
    }

    private KubeObject parsed(String method, String path, HttpResponse<String> response) {
        try {
            return object(response.body() == null ? "" : response.body());
        } catch (JsonProcessingException e) {
            String type = response.header("Content-Type");
            throw noApi(
                    method, path, type == null || type.startsWith(JSON) ? "something that is no JSON" : inert(type));
        }
    }

    private ClusterException noApi(String method, String path, String answer) {
        return new ClusterException(
                Reason.UNREACHABLE,
                server + " is no Kubernetes API: it answered " + method + " " + withoutQuery(path) + " with " + answer,
                null);
    }

    /** Asks for an object without waiting for the answer; fails with what went wrong. */
    @NonNull
    CompletableFuture<KubeObject> sendLater(String path) {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(server + path)
                .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .build();
        return http.sendAsync(request, String.class)
                .orTimeout(CALL_SECONDS, TimeUnit.SECONDS)
                .thenApply(response -> {
                    if (!response.isSuccessful()) {
                        throw refusal("GET", path, response);
                    }
                    return parsed("GET", path, response);
                });
    }

    /** Asks for an answer that comes bit by bit. */
    @NonNull
    CompletableFuture<HttpResponse<AsyncBody>> stream(String path, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        return http.consumeBytes(
                http.newHttpRequestBuilder().uri(server + path).forStreaming().build(), consumer);
    }

    static KubeObject object(String json) throws JsonProcessingException {
        return KubeObject.of(OBJECT.<Map<String, Object>>readValue(json));
    }

    /** Sends a request whose answer is taken as it is. */
    @NonNull
    String text(String method, String path, @CheckForNull String contentType, @CheckForNull Map<String, ?> body) {
        HttpResponse<String> response = response(method, path, contentType, body);
        return response.body() == null ? "" : response.body();
    }

    private HttpResponse<String> response(
            String method, String path, @CheckForNull String contentType, @CheckForNull Map<String, ?> body) {
        HttpRequest.Builder request =
                http.newHttpRequestBuilder().uri(server + path).timeout(ANSWER_SECONDS, TimeUnit.SECONDS);
        if (body != null) {
            request.method(method, contentType, json(body));
        } else if (!method.equals("GET")) {
            request.method(method, JSON, "");
        }
        try {
            HttpResponse<String> response;
            try {
                response = answer(request.build());
            } catch (ExecutionException e) {
                if (!method.equals("GET") || !isBroken(e.getCause())) {
                    throw e;
                }
                response =
                        answer(request.build()); // the connection may have been an old one that the server had closed
            }
            if (!response.isSuccessful()) {
                throw refusal(method, path, response);
            }
            return response;
        } catch (ExecutionException e) {
            throw noAnswer(e.getCause());
        }
    }

    private HttpResponse<String> answer(HttpRequest request) throws ExecutionException {
        CompletableFuture<HttpResponse<String>> call = http.sendAsync(request, String.class);
        try {
            return call.get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            call.cancel(true);
            throw new ClusterException(Reason.UNAVAILABLE, server + " did not answer within " + CALL_SECONDS + " s", e);
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new ClusterException(Reason.UNAVAILABLE, "interrupted while waiting for " + server, e);
        }
    }

    /** Whether a connection was there and broke, as opposed to: none could be made, or nothing came in time. */
    private static boolean isBroken(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedIOException
                    || cause instanceof SSLException
                    || cause instanceof ConnectException
                    || cause instanceof UnknownHostException) {
                return false;
            }
        }
        return problem instanceof IOException;
    }

    private static String json(Map<String, ?> body) {
        try {
            return MAPPER.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists and scalars are always JSON", e);
        }
    }

    private ClusterException noAnswer(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null
                && (!(cause instanceof SSLException)
                        || cause.getCause() instanceof EOFException) // hung up, and no more
                && !(cause instanceof UnknownHostException)) {
            cause = cause.getCause();
        }
        if (cause instanceof SSLException
                || cause instanceof java.security.cert.CertificateException
                || cause instanceof java.security.cert.CertPathBuilderException) {
            String certificate = ServerCertificate.describe(server);
            return new ClusterException(
                    Reason.UNREACHABLE,
                    "No trusted TLS connection to " + server + ": " + inert(describe(cause))
                            + (certificate.isEmpty() ? "" : "; " + certificate)
                            + ". Correct the server's certificate, or give the CA certificate that signed it.",
                    thrown);
        }
        if (cause instanceof UnknownHostException) {
            return new ClusterException(Reason.UNREACHABLE, "The host of " + server + " is not known", thrown);
        }
        if (thrown instanceof IOException || cause instanceof IOException) {
            return new ClusterException(
                    Reason.UNAVAILABLE, server + " does not answer (" + describe(cause) + ")", thrown);
        }
        return new ClusterException(
                Reason.UNAVAILABLE, server + " could not be asked (" + describe(cause) + ")", thrown);
    }

    private static String describe(Throwable problem) {
        return problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
    }

    private ClusterException refusal(String method, String path, HttpResponse<String> response) {
        KubeObject status = status(response.body());
        String message = status == null ? "" : status.string("message");
        String said = message.isEmpty() ? "HTTP " + response.code() : inert(message);
        return switch (response.code()) {
            case 401 ->
                new ClusterException(
                        Reason.UNAUTHORIZED,
                        server + " does not accept the credentials (401): are they expired, or of another cluster?",
                        null);
            case 403 ->
                new ClusterException(
                        Reason.FORBIDDEN,
                        message.isEmpty() ? server + " forbids " + method + " " + withoutQuery(path) + " (403)" : said,
                        null);
            case 404 -> new ClusterException(Reason.NOT_FOUND, said, null);
            case 409, 412 -> conflict(said, status);
            case 422 -> new ClusterException(changedUid(status) ? Reason.CONFLICT : Reason.INVALID, said, null);
            case 429 ->
                new ClusterException(
                        Reason.UNAVAILABLE,
                        server + " is overloaded (429)",
                        null,
                        List.of(),
                        retryAfterMillis(response));
            default -> {
                if ((response.code() >= 500 || response.code() == 408)
                        && !message.contains("failed to create typed patch object")) {
                    yield new ClusterException(
                            Reason.UNAVAILABLE,
                            server + " had an error (" + response.code() + "): " + said,
                            null,
                            List.of(),
                            retryAfterMillis(response));
                }
                if (status == null) {
                    yield noApi(
                            method,
                            path,
                            "HTTP " + response.code()
                                    + (response.code() / 100 == 3 ? ", a redirection, which is not followed" : ""));
                }
                yield new ClusterException(Reason.INVALID, said, null);
            }
        };
    }

    private static String withoutQuery(String path) {
        return path.replaceFirst("\\?.*", "");
    }

    /** Text from elsewhere, in one line: nothing that a terminal would obey, and not more than anybody reads. */
    @NonNull
    static String inert(@CheckForNull String text) {
        return text == null ? "" : InertText.cut(InertText.oneLine(text), MAX_MESSAGE);
    }

    private static ClusterException conflict(String said, @CheckForNull KubeObject status) {
        if (status == null) {
            return new ClusterException(Reason.CONFLICT, said, null);
        }
        if (status.string("reason").equals("AlreadyExists")) {
            return new ClusterException(Reason.ALREADY_EXISTS, said, null);
        }
        List<FieldConflict> conflicts = new ArrayList<>();
        for (KubeObject cause : status.list("details", "causes")) {
            if (cause.string("reason").equals("FieldManagerConflict")) {
                Matcher manager = MANAGER.matcher(cause.string("message"));
                conflicts.add(new FieldConflict(manager.find() ? manager.group(1) : "", cause.string("field")));
            }
        }
        return conflicts.isEmpty()
                ? new ClusterException(Reason.CONFLICT, said, null)
                : new ClusterException(Reason.FIELD_CONFLICT, said, null, conflicts, 0);
    }

    /** A write that names the UID of an object which was deleted and made anew is refused as invalid. */
    private static boolean changedUid(@CheckForNull KubeObject status) {
        return status != null
                && status.list("details", "causes").stream()
                        .anyMatch(cause -> cause.string("field").equals("metadata.uid"));
    }

    @CheckForNull
    private static KubeObject status(@CheckForNull String body) {
        if (body == null || !body.stripLeading().startsWith("{")) {
            return null;
        }
        try {
            return object(body);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static long retryAfterMillis(HttpResponse<String> response) {
        String header = response.header("Retry-After");
        try {
            return header == null ? 0 : Long.parseLong(header.strip()) * 1000;
        } catch (NumberFormatException e) {
            return 0; // a date: the API server never sends one
        }
    }
}

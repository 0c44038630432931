package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ProxyConfiguration;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fetches a small text from an address that an administrator has configured. It goes nowhere else, and it takes no more time
 * and space than it should. Addresses may be secret, so messages name the host alone.
 */
final class IcsDownload {

    static final int MAX_BYTES = 1 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** For all of it. A field, so that a test need not wait for so long. */
    static Duration longest = Duration.ofSeconds(30);

    private IcsDownload() {}

    /** @throws UserException if it is no address by http or https */
    @NonNull
    static URI address(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new UserException(
                    "'url' is no address: write one like 'https://calendar.example.com/holidays.ics'.", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme) || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new UserException(
                    "'url' must begin with 'https://' or 'http://' and a host, without a user and password:"
                            + " write it like 'https://calendar.example.com/holidays.ics'.");
        }
        return uri;
    }

    /** @throws UserException if it can't be had, with the reason */
    @NonNull
    static String fetch(String url) throws InterruptedException {
        URI uri = address(url);
        HttpClient client = ProxyConfiguration.newHttpClientBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(
                ProxyConfiguration.newHttpRequestBuilder(uri)
                        .header("Accept", "text/calendar")
                        .GET()
                        .build(),
                info -> new Bounded());
        try {
            HttpResponse<byte[]> response = answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            int status = response.statusCode();
            if (status >= 300 && status < 400) {
                throw refused(uri, "redirects to another address, which is not followed; configure that one instead");
            }
            if (status != 200) {
                throw refused(uri, "answers with status " + status);
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (TimeoutException e) {
            throw refused(uri, "does not answer within " + longest.toSeconds() + " seconds");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw refused(
                    uri,
                    cause instanceof TooLarge
                            ? "sends more than " + MAX_BYTES + " bytes"
                            : "can't be reached (" + cause.getClass().getSimpleName() + ")");
        } finally {
            answer.cancel(true);
        }
    }

    private static UserException refused(URI uri, String what) {
        return new UserException("The iCalendar file can't be fetched: " + uri.getHost() + " " + what + ".");
    }

    private static final class TooLarge extends IOException {

        private static final long serialVersionUID = 1L;
    }

    /** Takes up a body as long as it is not too large. */
    private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription made) {
            subscription.set(made);
            made.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (bytes.size() + buffer.remaining() > MAX_BYTES) {
                    subscription.get().cancel();
                    body.completeExceptionally(new TooLarge());
                    return;
                }
                byte[] piece = new byte[buffer.remaining()];
                buffer.get(piece);
                bytes.write(piece, 0, piece.length);
            }
        }

        @Override
        public void onError(Throwable problem) {
            body.completeExceptionally(problem);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toByteArray());
        }
    }
}

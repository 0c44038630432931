package io.jenkins.plugins.safedeployments.engine.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLException;

/** Sends an event as JSON, signed, without holding a thread until it is answered. Nothing of an answer but its status is read. */
public final class WebhookSender {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient client;
    private final Clock clock;
    private final Duration timeout;

    /** @param client one that follows no redirects and has a time limit for connecting */
    public WebhookSender(HttpClient client, Clock clock, Duration timeout) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("a redirect would lead round the list of allowed addresses");
        }
        this.client = client;
        this.clock = clock;
        this.timeout = timeout;
    }

    /**
     * @param secret to sign it with; empty to leave it unsigned
     * @return ends when it was answered with a status of success, else with {@link NotDelivered}
     */
    @NonNull
    public CompletionStage<Void> send(WebhookAddress to, AllowedAddresses allowed, GateEvent event, String secret)
            throws NotDelivered {
        try {
            allowed.check(to);
        } catch (UserException e) { // the list was changed since the gate began
            throw NotDelivered.forGood("it is not among the addresses that are allowed", e);
        }
        allowed.checkHost(to);
        String body = body(event);
        long timestamp = clock.instant().getEpochSecond();
        HttpRequest.Builder request = HttpRequest.newBuilder(to.uri())
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("User-Agent", "Jenkins-Safe-Deployments")
                .header("X-Safe-Deployments-Event", event.getKind().word())
                .header("X-Safe-Deployments-Delivery", event.getId())
                .header("X-Safe-Deployments-Timestamp", Long.toString(timestamp))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!secret.isEmpty()) {
            request.header("X-Safe-Deployments-Signature", Signature.of(secret, timestamp, body));
        }
        return client.sendAsync(request.build(), answer -> new Unread()).handle((response, problem) -> {
            if (problem != null) {
                throw new CompletionException(failed(problem));
            }
            NotDelivered refused = refused(response);
            if (refused != null) {
                throw new CompletionException(refused);
            }
            return null;
        });
    }

    private static NotDelivered refused(HttpResponse<Void> response) {
        int status = response.statusCode();
        String why = "it answered " + status;
        if (status >= 200 && status < 300) {
            return null;
        }
        if (status >= 300 && status < 400) {
            return NotDelivered.forGood(why + ", a redirect, which is not followed", null);
        }
        if (status >= 500 || status == REQUEST_TIMEOUT || status == TOO_EARLY || status == TOO_MANY_REQUESTS) {
            return NotDelivered.forNow(why, null, retryAfter(response));
        }
        return NotDelivered.forGood(why, null);
    }

    /** Only in seconds: what is given as a date is left to the usual pauses. */
    private static Duration retryAfter(HttpResponse<Void> response) {
        String header = response.headers().firstValue("Retry-After").orElse("");
        return header.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(header)) : Duration.ZERO;
    }

    /** In words of ours: those of the exception may have the address in them. */
    private NotDelivered failed(Throwable problem) {
        Throwable why =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        String text;
        if (why instanceof ConnectException || why instanceof java.net.http.HttpConnectTimeoutException) {
            text = "it can't be reached";
        } else if (why instanceof HttpTimeoutException) {
            text = "it did not answer in " + timeout.toSeconds() + " s";
        } else if (why instanceof SSLException) {
            text = "no secure connection can be made to it, perhaps since its certificate is not trusted";
        } else {
            text = "the connection to it broke";
        }
        return NotDelivered.forNow(text, why, Duration.ZERO);
    }

    @NonNull
    static String body(GateEvent event) {
        ObjectNode json = JSON.createObjectNode();
        json.put("schema", 1);
        json.put("id", event.getId());
        json.put("event", event.getKind().word());
        json.put("at", event.getAt().truncatedTo(ChronoUnit.MILLIS).toString());
        json.put("text", new GateText(event).brief());
        ObjectNode gate = json.putObject("gate");
        gate.put("id", event.getGate());
        gate.put("message", event.getMessage());
        gate.put("deciders", event.getDeciders());
        gate.put("url", event.getUrl());
        Instant deadline = event.getDeadline();
        gate.put("deadline", deadline == null ? null : deadline.toString());
        ObjectNode release = json.putObject("release");
        release.put("app", event.getApp());
        release.put("version", event.getVersion());
        release.put("target", event.getTarget());
        ObjectNode run = json.putObject("run");
        run.put("id", event.getRunId());
        run.put("name", event.getRun());
        ObjectNode decision = json.putObject("decision");
        decision.put("by", event.getBy());
        decision.put("outcome", event.getOutcome());
        decision.put("comment", event.getComment());
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts can be written", e);
        }
    }

    /** Takes nothing of the body, which may be without end, and thereby ends the connection. */
    private static final class Unread implements HttpResponse.BodySubscriber<Void> {

        @Override
        public CompletionStage<Void> getBody() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            // was already on its way
        }

        @Override
        public void onError(Throwable throwable) {
            // the status is known, and nothing else is wanted
        }

        @Override
        public void onComplete() {
            // there was no body
        }
    }
}

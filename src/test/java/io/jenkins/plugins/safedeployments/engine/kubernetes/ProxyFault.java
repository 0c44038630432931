package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** What a {@link FaultProxy} does with a request instead of passing it. */
@FunctionalInterface
public interface ProxyFault {

    void befall(Exchange exchange) throws IOException;

    /** Another answer than the API server's, which never gets the request. */
    static ProxyFault answer(int code, String reason, String message, String... headers) {
        return exchange -> exchange.answer(code, "application/json", status(code, reason, message), headers);
    }

    /** An answer as load balancers give it, not Kubernetes. */
    static ProxyFault page(int code, String text) {
        return exchange -> exchange.answer(code, "text/html", "<html><body>" + text + "</body></html>");
    }

    /** The API server does it, and the client hears something else. */
    static ProxyFault doneBut(ProxyFault then) {
        return exchange -> {
            exchange.done();
            then.befall(exchange);
        };
    }

    /** The connection ends before the API server has got the request. */
    static ProxyFault cut() {
        return Exchange::cut;
    }

    /** The API server does it, and the connection ends in the middle of its answer. */
    static ProxyFault cutInAnswer(int bytes) {
        return exchange -> {
            exchange.passBeginning(exchange.done(), bytes);
            exchange.cut();
        };
    }

    /** Nothing comes any more. The API server never gets the request. */
    static ProxyFault hang() {
        return Exchange::hang;
    }

    /** The beginning of the answer comes, and then nothing more. */
    static ProxyFault hangInAnswer(int bytes) {
        return exchange -> {
            exchange.passBeginning(exchange.done(), bytes);
            exchange.hang();
        };
    }

    static ProxyFault slow(Duration duration) {
        return exchange -> {
            exchange.pause(duration);
            exchange.pass();
        };
    }

    /** A watch, or a WebSocket, that is cut after a number of bytes of the answer with its head. */
    static ProxyFault cutStream(long bytes) {
        return exchange -> exchange.passStream(bytes, false);
    }

    /** A watch whose connection seems to be there, and brings nothing more: half open. */
    static ProxyFault swallowStream(long bytes) {
        return exchange -> exchange.passStream(bytes, true);
    }

    /** A watch that begins well and brings nothing, for ever. */
    static ProxyFault silence() {
        return exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            exchange.hang();
        };
    }

    /** No fault: the write is somebody else's. */
    static ProxyFault byManager(String name) {
        return exchange -> {
            exchange.ask(exchange.request().path().replaceFirst("fieldManager=[^&]*", "fieldManager=" + name));
            exchange.pass();
        };
    }

    /** Something happens before the API server gets the request. */
    static ProxyFault after(Runnable event) {
        return exchange -> {
            event.run();
            exchange.pass();
        };
    }

    /** A watch that is answered with these events, each a line of JSON, and then ended. */
    static ProxyFault events(String... events) {
        return exchange -> {
            StringBuilder body = new StringBuilder();
            for (String event : events) {
                body.append(event).append('\n');
            }
            exchange.answer(200, "application/json", body.toString(), "Connection: close");
            exchange.end();
        };
    }

    /** What an expired watch brings: an event that is an error. */
    static String expired() {
        return "{\"type\":\"ERROR\",\"object\":" + status(410, "Expired", "too old resource version: 1 (2)") + "}";
    }

    private static String status(int code, String reason, String message) {
        return Serialization.asJson(Map.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "status",
                "Failure",
                "reason",
                reason,
                "message",
                message,
                "code",
                code));
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** One request that a {@link FaultProxy} has got, and what can be done with it. */
public final class Exchange {

    private final FaultProxy.Request request;
    private Http.Head head;
    private final byte[] body;
    private final Socket plain;
    private final Http client;
    private final FaultProxy.Upstream upstream;
    private final ExecutorService threads;
    private boolean over;

    /** An answer of the API server. */
    record Answer(Http.Head head, byte[] body) {}

    Exchange(
            FaultProxy.Request request,
            Http.Head head,
            byte[] body,
            Socket plain,
            Http client,
            FaultProxy.Upstream upstream,
            ExecutorService threads) {
        this.request = request;
        this.head = head;
        this.body = body;
        this.plain = plain;
        this.client = client;
        this.upstream = upstream;
        this.threads = threads;
    }

    public FaultProxy.Request request() {
        return request;
    }

    boolean isOver() {
        return over;
    }

    private boolean isUpgrade() {
        return !head.header("Upgrade").isEmpty();
    }

    /** From now on it is as if the client had asked for this path. */
    void ask(String path) {
        List<String> lines = new ArrayList<>(head.lines());
        lines.set(0, head.word(0) + " " + path + " " + head.word(2));
        head = new Http.Head(lines);
    }

    /** Lets the API server do it, and hands its answer on. */
    public void pass() throws IOException {
        if (request.isWatch() || isUpgrade() || request.path().contains("follow=true")) {
            passStream(Long.MAX_VALUE, false);
            return;
        }
        Answer answer = done();
        client.write(answer.head().bytes());
        client.write(answer.body());
    }

    /**
     * Lets a watch or an upgraded connection through, up to a number of bytes from the server.
     *
     * @param bytes of the answer with its head
     * @param swallow what comes after them is lost and the connection stays open; else it is cut
     */
    void passStream(long bytes, boolean swallow) throws IOException {
        over = true;
        Http server = send(isUpgrade() ? head : head.with("Connection", "close"));
        threads.execute(() -> {
            try {
                client.in.transferTo(server.out);
            } catch (IOException e) {
                // then it is over
            }
            upstream.close();
        });
        byte[] buffer = new byte[8192];
        long left = bytes;
        for (int read = server.in.read(buffer); read >= 0; read = server.in.read(buffer)) {
            int passed = (int) Math.min(read, left);
            client.out.write(buffer, 0, passed);
            client.out.flush();
            left -= passed;
            if (left == 0 && !swallow) {
                cut();
                return;
            }
        }
        client.out.flush();
    }

    /** Lets the API server do it, and keeps its answer back. */
    Answer done() throws IOException {
        Http server = send(head);
        Http.Head answer = server.readHead();
        if (answer == null) {
            throw new IOException("the API server closed the connection");
        }
        boolean empty = answer.status() == 204
                || answer.status() == 304
                || request.method().equals("HEAD");
        return new Answer(answer, empty ? new byte[0] : server.readBody(answer));
    }

    private Http send(Http.Head sent) throws IOException {
        Http server = upstream.connect();
        String token = upstream.token();
        server.write(sent.with("Host", upstream.host())
                .with("Authorization", token.isEmpty() ? "" : "Bearer " + token)
                // compressed bodies could not be cut where one wants to
                .with("Accept-Encoding", "")
                .bytes());
        server.write(body);
        return server;
    }

    /** Answers instead of the API server. */
    void answer(int code, String contentType, String text, String... headers) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        client.write(("HTTP/1.1 " + code + " Fault\r\nContent-Type: " + contentType + "\r\nContent-Length: "
                        + bytes.length + "\r\n"
                        + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        client.write(bytes);
    }

    /** Hands an answer on, up to a number of bytes of its body. */
    void passBeginning(Answer answer, int bytes) throws IOException {
        client.write(answer.head().bytes());
        client.out.write(answer.body(), 0, Math.min(bytes, answer.body().length));
        client.out.flush();
    }

    /** Writes bytes to the client as they are. */
    void write(String text) throws IOException {
        client.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends the connection to the client, without a farewell. */
    void cut() {
        over = true;
        FaultProxy.cut(plain);
        upstream.close();
    }

    /** Ends the connection as a server does that is shut down: with a farewell. */
    void end() {
        over = true;
    }

    /** Says nothing more until the client has gone. */
    void hang() throws IOException {
        over = true;
        client.in.readAllBytes();
    }

    /** Waits. */
    void pause(Duration duration) throws IOException {
        try {
            new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IOException("closed", e);
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The answer to one watch request, line by line. Lines are put together as bytes: a chunk may end in the midst of a
 * character.
 */
final class WatchStream implements AsyncBody.Consumer<List<ByteBuffer>> {

    /** Who wants to know; told by the thread that reads, one call after the other. */
    interface Listener {

        /** The server has accepted the watch. */
        void opened();

        void line(String json);

        /** @param status the HTTP status if the server refused the watch, 200 if the stream ended, 0 if it broke */
        void ended(int status);
    }

    private final Listener listener;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private CompletableFuture<HttpResponse<AsyncBody>> call;
    private AsyncBody body;
    private boolean cancelled;

    WatchStream(Listener listener) {
        this.listener = listener;
    }

    /** @param request its answer is given to this as a consumer */
    void begin(CompletableFuture<HttpResponse<AsyncBody>> request) {
        synchronized (this) {
            call = request;
        }
        request.whenComplete((response, problem) -> {
            if (problem != null) {
                listener.ended(0);
            } else if (!response.isSuccessful()) {
                response.body().cancel();
                listener.ended(response.code());
            } else {
                read(response.body());
            }
        });
    }

    private void read(AsyncBody opened) {
        synchronized (this) {
            body = opened;
            if (cancelled) {
                opened.cancel();
            }
        }
        listener.opened();
        opened.done().whenComplete((nothing, problem) -> listener.ended(problem == null ? 200 : 0));
        opened.consume();
    }

    @Override
    public void consume(List<ByteBuffer> chunk, AsyncBody from) {
        for (ByteBuffer bytes : chunk) {
            while (bytes.hasRemaining()) {
                byte next = bytes.get();
                if (next == '\n') {
                    String line = rest.toString(StandardCharsets.UTF_8);
                    rest.reset();
                    listener.line(line);
                } else {
                    rest.write(next);
                }
            }
        }
        from.consume();
    }

    /** Ends it from this side; the listener may or may not be told. */
    synchronized void cancel() {
        cancelled = true;
        if (call != null) {
            call.cancel(true);
        }
        if (body != null) {
            body.cancel();
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Makes lines of what is written. Those that are too long for the memory to hold, or anybody to read, are left out as a whole: whoever
 * masks secrets in them would not know half of one.
 */
final class LineSplitter extends OutputStream {

    private static final int MAX_LINE = 8 * 1024;

    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long length;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n' || b == '\r') {
            flushLine();
            return;
        }
        length++;
        if (length <= MAX_LINE) {
            line.write(b);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public synchronized void close() {
        flushLine();
    }

    private void flushLine() {
        if (length > 0) {
            lines.accept(
                    length <= MAX_LINE
                            ? line.toString(StandardCharsets.UTF_8)
                            : "(a line of " + length + " bytes is not shown)");
            line.reset();
            length = 0;
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One end of an HTTP/1.1 connection, as far as {@link FaultProxy} needs it. */
final class Http {

    private static final int MAX_HEAD = 256 * 1024;

    final InputStream in;
    final OutputStream out;

    Http(Socket socket) throws IOException {
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** A request's or an answer's first line and headers. */
    record Head(List<String> lines) {

        String word(int index) {
            return lines.get(0).split(" ", 3)[index];
        }

        int status() {
            return Integer.parseInt(word(1));
        }

        String header(String name) {
            String prefix = name.toLowerCase(java.util.Locale.ROOT) + ":";
            return lines.stream()
                    .skip(1)
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse("");
        }

        Head with(String name, String value) {
            String prefix = name.toLowerCase(java.util.Locale.ROOT) + ":";
            List<String> changed = new ArrayList<>(lines);
            changed.removeIf(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(prefix));
            if (!value.isEmpty()) {
                changed.add(name + ": " + value);
            }
            return new Head(changed);
        }

        byte[] bytes() {
            return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Null if the connection has ended. */
    Head readHead() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = readLine(); line != null; line = readLine()) {
            if (line.isEmpty()) {
                return new Head(lines);
            }
            lines.add(line);
        }
        return null;
    }

    /** As it was sent, the framing of chunks included. */
    byte[] readBody(Head head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (head.header("Transfer-Encoding").equals("chunked")) {
            for (int size = -1; size != 0; ) {
                String line = readLine();
                if (line == null) {
                    throw new EOFException();
                }
                size = Integer.parseInt(line.replaceFirst(";.*", ""), 16);
                body.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                body.write(in.readNBytes(size + 2));
            }
        } else if (!head.header("Content-Length").isEmpty()) {
            body.write(in.readNBytes(Integer.parseInt(head.header("Content-Length"))));
        }
        return body.toByteArray();
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
            }
            if (line.size() >= MAX_HEAD) {
                throw new IOException("a line without an end");
            }
            line.write(b);
        }
        return null;
    }
}

package io.jenkins.plugins.safedeployments.engine.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The requests that the API server says it got, one for each line: {@code bench/audit-policy.yml} makes it so. */
final class AuditLog {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;

    AuditLog(Path file) {
        this.file = file;
    }

    /**
     * A request.
     *
     * @param verb as the API server names it: {@code get}, {@code list}, {@code watch}, {@code patch} …
     * @param path without its query
     * @param query as it was sent, or empty
     */
    record Request(String client, String verb, String path, String query) {
        boolean isOf(String clientName) {
            return client.startsWith(clientName);
        }

        /** The last name of the path that is no object's: {@code pods}, {@code leases} … */
        String resource() {
            String[] rest = path.replaceFirst("^.*/namespaces/[^/]+/", "").split("/");
            return rest[0];
        }

        /** Shorter, for lists: without the namespace, with what matters of the query. */
        @Override
        public String toString() {
            return verb + " " + path.replaceFirst("^.*/namespaces/[^/]+/", "").replaceFirst("^/apis?/", "")
                    + (query.contains("dryRun") ? " (dry run)" : "")
                    + (query.contains("force=true") ? " (forced)" : "");
        }
    }

    /** Where it ends now. */
    long end() throws IOException {
        return Files.size(file);
    }

    /** What came after {@code begin}. */
    List<Request> since(long begin) throws IOException {
        byte[] bytes;
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            if (log.length() < begin) {
                throw new IOException(file + " was rotated meanwhile");
            }
            bytes = new byte[(int) (log.length() - begin)];
            log.seek(begin);
            log.readFully(bytes);
        }
        List<Request> requests = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
            if (line.isEmpty()) {
                continue;
            }
            JsonNode event = JSON.readTree(line);
            if (event.path("stage").asText().equals("RequestReceived")) {
                String uri = event.path("requestURI").asText();
                int mark = uri.indexOf('?');
                requests.add(new Request(
                        event.path("userAgent").asText(),
                        event.path("verb").asText(),
                        mark < 0 ? uri : uri.substring(0, mark),
                        mark < 0 ? "" : uri.substring(mark + 1)));
            }
        }
        return requests;
    }
}

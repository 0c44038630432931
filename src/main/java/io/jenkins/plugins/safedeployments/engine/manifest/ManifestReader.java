package io.jenkins.plugins.safedeployments.engine.manifest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads the documents of a manifest file, YAML or JSON, and fills in its variables.
 *
 * <p>Values are put into scalars after parsing, so that none can change the structure of the document. What the parsers
 * of the Kubernetes world read differently from each other is either read as {@code kubectl} reads it or refused; limits
 * on size, depth and aliases are checked before anything is built.
 */
final class ManifestReader {

    private static final int MAX_BYTES = 4 * 1024 * 1024;

    /** No API server stores a bigger object, and the parser takes quadratic time for a long line. */
    private static final int MAX_DOCUMENT = 1024 * 1024;

    private static final int MAX_DOCUMENTS = 500;
    private static final int MAX_DEPTH = 200;
    private static final int MAX_ALIASES = 500;
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Variables variables;

    ManifestReader(Variables variables) {
        this.variables = variables;
    }

    /**
     * The objects of a file, those of a {@code List} one by one.
     *
     * @param file its name, for messages
     */
    List<KubeObject> read(String file, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new UserException(file + " has more than 4 MiB: split it, or leave out what is no manifest.");
        }
        if (text.indexOf('\0') >= 0 || text.indexOf('\uFFFD') >= 0) {
            throw new UserException(file + " is not UTF-8 text: save it as UTF-8.");
        }
        checkDocuments(file, text);
        List<KubeObject> objects = new ArrayList<>();
        try {
            List<String> streams = streams(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
            checkNumber(file, streams.size());
            for (String stream : streams) {
                readStream(file, stream, objects);
            }
            // The parser's exceptions are not kept as causes: they quote the file, which may hold secrets.
        } catch (MarkedYAMLException e) {
            String where = e.getProblemMark() == null
                    ? ""
                    : ", line " + (e.getProblemMark().getLine() + 1);
            throw new UserException(file + where + ": " + problem(e.getProblem()) + ".");
        } catch (ReaderException e) {
            throw new UserException(file + " has the control character "
                    + String.format(Locale.ROOT, "U+%04X", e.getCodePoint()) + ", which is not allowed in YAML.");
        } catch (YAMLException e) {
            throw new UserException(file + ": " + problem(e.getMessage()) + ".");
        }
        if (objects.isEmpty()) {
            throw new UserException("There are no objects in " + file + ": it is empty, or has only comments.");
        }
        return objects;
    }

    private static void checkDocuments(String file, String text) {
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf("\n---", start);
            end = end < 0 ? text.length() : end + 1;
            if (end - start > MAX_DOCUMENT) {
                throw new UserException(file + " has a document of more than 1 MiB, which no API server stores.");
            }
            start = end;
        }
    }

    private static String problem(String text) {
        String line = String.valueOf(text).strip();
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }

    /** JSON objects may follow each other without a separator, which YAML does not know: each is a stream of its own. */
    private static List<String> streams(String text) {
        String start = text.strip();
        if (start.startsWith("{")) {
            List<String> values = new ArrayList<>();
            try (MappingIterator<JsonNode> nodes =
                    JSON.readerFor(JsonNode.class).readValues(start)) {
                while (nodes.hasNextValue()) {
                    values.add(nodes.nextValue().toString());
                }
                return values;
            } catch (JsonProcessingException e) {
                if (String.valueOf(e.getOriginalMessage()).startsWith("Duplicate field")) {
                    throw new YAMLException(e.getOriginalMessage() + " in line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()));
                }
                return List.of(text); // a YAML flow mapping, or JSON with separators or comments
            } catch (IOException e) {
                throw new IllegalStateException("reading from memory cannot fail", e);
            }
        }
        return List.of(text);
    }

    private void readStream(String file, String text, List<KubeObject> objects) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setCodePointLimit(MAX_BYTES);
        options.setProcessComments(false);
        Composer composer = new Composer(
                new ParserImpl(new StreamReader(new StringReader(text)), options),
                new YamlValues.KubectlResolver(),
                options);
        YamlValues values = new YamlValues(file, variables);
        int number = 0;
        while (composer.checkNode()) {
            Node node = composer.getNode();
            checkNumber(file, ++number);
            String where = file + ", line " + (node.getStartMark().getLine() + 1);
            Object value = values.of(node);
            if (value == null) {
                continue; // an empty document, as before a leading "---"
            }
            if (!(value instanceof Map<?, ?> map)) {
                throw new UserException(where + ": this document is no object but '" + shortened(value) + "'.");
            }
            add(where, asObject(map), objects, false);
        }
    }

    private static void checkNumber(String file, int documents) {
        if (documents > MAX_DOCUMENTS) {
            throw new UserException(file + " has more than " + MAX_DOCUMENTS + " documents: split it.");
        }
    }

    @SuppressWarnings("unchecked")
    private static KubeObject asObject(Map<?, ?> map) {
        return KubeObject.of((Map<String, ?>) map);
    }

    private static void add(String where, KubeObject object, List<KubeObject> objects, boolean inList) {
        ManifestChecks.check(where, object);
        if (object.kind().kind().equals("List") && object.kind().apiVersion().equals("v1")) {
            if (inList) {
                throw new UserException(
                        where + ": a List within a List is not supported: write its objects one by one.");
            }
            if (object.get("items") instanceof List<?> items) {
                for (Object item : items) {
                    if (!(item instanceof Map<?, ?> map)) {
                        throw new UserException(where + ": an item of the List is no object.");
                    }
                    add(where, asObject(map), objects, true);
                }
            }
            return;
        }
        objects.add(object);
    }

    private static String shortened(Object value) {
        String text = value.toString();
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }
}

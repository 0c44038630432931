package io.jenkins.plugins.safedeployments.engine.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.DateTimeException;
import java.time.Instant;

/** An event as JSON, in which it is kept until all are told; what is sent to webhooks is another form. */
public final class GateEventJson {

    private static final JsonMapper JSON = new JsonMapper();

    private GateEventJson() {}

    @NonNull
    public static String write(GateEvent event) {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", event.getId());
        json.put("kind", event.getKind().name());
        json.put("at", event.getAt().toString());
        json.put("gate", event.getGate());
        json.put("run", event.getRun());
        json.put("runId", event.getRunId());
        json.put("message", event.getMessage());
        json.put("app", event.getApp());
        json.put("version", event.getVersion());
        json.put("target", event.getTarget());
        json.put("url", event.getUrl());
        json.put("deciders", event.getDeciders());
        Instant deadline = event.getDeadline();
        json.put("deadline", deadline == null ? "" : deadline.toString());
        json.put("by", event.getBy());
        json.put("outcome", event.getOutcome());
        json.put("outcomeTitle", event.getOutcomeTitle());
        json.put("comment", event.getComment());
        return json.toString();
    }

    /** @throws IllegalArgumentException if it is none */
    @NonNull
    public static GateEvent read(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            String deadline = text(json, "deadline");
            return GateEvent.of(
                            GateEvent.Kind.valueOf(text(json, "kind")),
                            Instant.parse(text(json, "at")),
                            text(json, "gate"),
                            text(json, "run"))
                    .id(text(json, "id"))
                    .runId(text(json, "runId"))
                    .message(text(json, "message"))
                    .release(text(json, "app"), text(json, "version"), text(json, "target"))
                    .url(text(json, "url"))
                    .deciders(text(json, "deciders"))
                    .deadline(deadline.isEmpty() ? null : Instant.parse(deadline))
                    .decision(text(json, "by"), text(json, "outcome"), text(json, "comment"))
                    .outcomeTitle(text(json, "outcomeTitle"))
                    .build();
        } catch (JsonProcessingException | DateTimeException e) {
            throw new IllegalArgumentException("this is no event", e);
        }
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).asText();
    }
}

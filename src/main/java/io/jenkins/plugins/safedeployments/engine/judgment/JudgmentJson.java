package io.jenkins.plugins.safedeployments.engine.judgment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.time.Instant;

/** A judgment as JSON, in which it is kept and shown to programs; moments are ISO 8601. */
public final class JudgmentJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new Moment()))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private JudgmentJson() {}

    @NonNull
    public static String write(Judgment judgment) {
        try {
            return JSON.writeValueAsString(judgment);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a judgment is always JSON", e);
        }
    }

    /** @throws IllegalArgumentException if it is none */
    @NonNull
    public static Judgment read(String text) {
        try {
            return JSON.readValue(text, Judgment.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("this is no judgment", e);
        }
    }

    private static final class Moment extends StdScalarDeserializer<Instant> {

        private static final long serialVersionUID = 1L;

        Moment() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Instant.parse(parser.getText());
        }
    }
}

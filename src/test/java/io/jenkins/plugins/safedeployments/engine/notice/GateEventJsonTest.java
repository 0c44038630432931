package io.jenkins.plugins.safedeployments.engine.notice;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import java.time.Instant;
import org.junit.Assert;
import org.junit.Test;

/** The form in which events are kept until all are told. */
public class GateEventJsonTest {

    private static final Instant AT = Instant.parse("2026-06-05T12:00:00.123456789Z");

    @Test
    public void eventIsKeptWhole() {
        GateEvent event = GateEvent.of(GateEvent.Kind.REJECTED, AT, "qa", "shop » release #7")
                .runId("shop/release#7")
                .message("Is it \"healthy\"?")
                .release("book", "1.4", "shop on production")
                .url("https://jenkins.example.com/x")
                .deciders("1 of qa")
                .deadline(AT.plusSeconds(1))
                .decision("alice", "rollback", "Errors\nwent up")
                .build();

        GateEvent read = GateEventJson.read(GateEventJson.write(event));

        assertThat(read.getId(), is(event.getId()));
        assertThat(WebhookSender.body(read), is(WebhookSender.body(event)));
        assertThat(read.getAt(), is(AT));
        assertThat(read.getDeciders(), is("1 of qa"));
        assertThat(read.getDeadline(), is(AT.plusSeconds(1)));
    }

    @Test
    public void whatIsNotKnownIsReadAsThat() {
        GateEvent event =
                GateEvent.of(GateEvent.Kind.AWAITING, AT, "qa", "release #7").build();

        GateEvent read = GateEventJson.read(GateEventJson.write(event));

        assertThat(read.getDeadline(), is(nullValue()));
        assertThat(WebhookSender.body(read), is(WebhookSender.body(event)));
        assertThat(
                GateEvent.of(GateEvent.Kind.AWAITING, AT, "qa", "release #7")
                        .build()
                        .getId(),
                is(not(event.getId())));
    }

    @Test
    public void eventOfTheFirstVersionStaysReadable() {
        GateEvent read = GateEventJson.read("{\"id\":\"5f3b\",\"kind\":\"AWAITING\",\"at\":\"2026-06-05T12:00:00Z\","
                + "\"gate\":\"qa\",\"run\":\"release #7\",\"runId\":\"release#7\",\"message\":\"Go?\",\"app\":\"book\","
                + "\"version\":\"1.4\",\"target\":\"shop\",\"url\":\"https://j/\",\"deciders\":\"1 of qa\","
                + "\"deadline\":\"\",\"by\":\"\",\"outcome\":\"\",\"comment\":\"\"}");

        assertThat(read.getId(), is("5f3b"));
        assertThat(read.getKind(), is(GateEvent.Kind.AWAITING));
        assertThat(read.getWhat(), is("book 1.4 to shop"));
    }

    @Test
    public void whatIsNoEventIsRefused() {
        for (String text : new String[] {"", "{}", "[]", "{\"kind\":\"AWAITING\",\"at\":\"x\"}", "{\"kind\":"}) {
            Assert.assertThrows(text, IllegalArgumentException.class, () -> GateEventJson.read(text));
        }
    }
}

package io.jenkins.plugins.safedeployments.windows;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.rules.ExternalResource;

/** A clock that is set by hand, and what waits for windows goes by it; also across a restart in the same process. */
public final class HandClock extends ExternalResource {

    private volatile Instant now = Instant.parse("2026-06-05T12:00:00Z"); // a Friday

    @Override
    protected void before() {
        WaitingWindows.setClock(new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @Override
    protected void after() {
        WaitingWindows.setClock(Clock.systemUTC());
    }

    Instant now() {
        return now;
    }

    /** Without anybody noticing yet. */
    void set(String instant) {
        now = Instant.parse(instant);
    }

    /** The timer of what waits goes off then. */
    void moveTo(String instant) {
        set(instant);
        WaitingWindows.get().wake();
    }
}

package io.jenkins.plugins.safedeployments.engine.calendar;

import java.time.Instant;

/** From {@code start} to before {@code end}. */
public record Opening(Instant start, Instant end) {}

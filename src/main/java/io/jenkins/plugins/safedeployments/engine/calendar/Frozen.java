package io.jenkins.plugins.safedeployments.engine.calendar;

/**
 * When a freeze applies, for display.
 *
 * @param calendar the name of its calendar
 */
public record Frozen(Opening time, String calendar, CalendarEntry freeze) {}

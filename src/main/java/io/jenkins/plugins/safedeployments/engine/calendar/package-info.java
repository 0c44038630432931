/**
 * When something may start: windows and freezes, their text, and one evaluation that both decides and explains.
 *
 * <p>From text to answer: {@link io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar} is parsed from lines or
 * read from an iCalendar file by {@link io.jenkins.plugins.safedeployments.engine.calendar.IcsImport}; one or several of them
 * make a {@link io.jenkins.plugins.safedeployments.engine.calendar.Schedule}, which gives a
 * {@link io.jenkins.plugins.safedeployments.engine.calendar.Verdict}. Inside, every rule is a
 * {@link io.jenkins.plugins.safedeployments.engine.calendar.TimeSet}; what clock changes mean is in
 * {@link io.jenkins.plugins.safedeployments.engine.calendar.LocalClock} alone.
 */
package io.jenkins.plugins.safedeployments.engine.calendar;

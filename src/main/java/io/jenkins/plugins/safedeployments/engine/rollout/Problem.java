package io.jenkins.plugins.safedeployments.engine.rollout;

import java.time.Duration;

/**
 * Something that keeps a rollout from getting done.
 *
 * @param key what stays the same while it is the same problem
 * @param sentence what is wrong, with the pod's and the container's names
 * @param hint what people do about it
 * @param patience for how long it may yet pass by itself; zero if it is certain at once
 */
public record Problem(String key, String sentence, String hint, Duration patience) {}

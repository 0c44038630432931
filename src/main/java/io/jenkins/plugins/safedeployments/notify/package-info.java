/**
 * Tells people and programs what happens at gates: {@link io.jenkins.plugins.safedeployments.notify.Notification} is the
 * extension point, {@link io.jenkins.plugins.safedeployments.notify.Notifications} what gates call.
 */
package io.jenkins.plugins.safedeployments.notify;

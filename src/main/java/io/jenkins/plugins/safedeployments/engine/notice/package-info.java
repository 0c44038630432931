/**
 * What people and programs are told of a gate: the event ({@link
 * io.jenkins.plugins.safedeployments.engine.notice.GateEvent}), its words ({@link
 * io.jenkins.plugins.safedeployments.engine.notice.GateText}), the webhook ({@link
 * io.jenkins.plugins.safedeployments.engine.notice.WebhookSender}, {@link
 * io.jenkins.plugins.safedeployments.engine.notice.AllowedAddresses}), and trying again ({@link
 * io.jenkins.plugins.safedeployments.engine.notice.Delivery}).
 */
package io.jenkins.plugins.safedeployments.engine.notice;

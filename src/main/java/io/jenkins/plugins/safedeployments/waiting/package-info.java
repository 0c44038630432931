/**
 * The page "Waiting for you": {@link io.jenkins.plugins.safedeployments.waiting.WaitingPage} shows what {@link
 * io.jenkins.plugins.safedeployments.waiting.WaitingGates} know. What a gate is and who may decide it, the gates say themselves.
 */
package io.jenkins.plugins.safedeployments.waiting;

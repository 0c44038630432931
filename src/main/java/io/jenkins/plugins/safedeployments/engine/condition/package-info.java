/**
 * Conditions such as {@code result = 'passed' and (branch = 'master' or tag =~ '^hotfix')}: their text, whether they hold, and
 * why. A condition can only compare values that it is given with texts: it calls nothing, and takes time in proportion to what it
 * looks at.
 */
package io.jenkins.plugins.safedeployments.engine.condition;

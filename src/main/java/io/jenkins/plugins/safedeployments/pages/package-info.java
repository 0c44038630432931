/** What the pages of all parts have in common. */
package io.jenkins.plugins.safedeployments.pages;

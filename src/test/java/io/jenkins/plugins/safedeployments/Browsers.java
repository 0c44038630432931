package io.jenkins.plugins.safedeployments;

import org.jvnet.hudson.test.JenkinsRule;

/** Browsers of people who have logged in. */
public final class Browsers {

    /** On a machine that may be busy. */
    public static final int TIMEOUT_MILLIS = 300_000;

    private Browsers() {}

    /** One that runs scripts, but not those of the two pages on which nothing happens but the login: they take seconds. */
    public static JenkinsRule.WebClient login(JenkinsRule jenkins, String user) throws Exception {
        JenkinsRule.WebClient web = plain(jenkins, user);
        web.getOptions().setJavaScriptEnabled(true);
        return web;
    }

    /** One that runs no scripts, for answers that are only read. */
    public static JenkinsRule.WebClient plain(JenkinsRule jenkins, String user) throws Exception {
        JenkinsRule.WebClient web = jenkins.createWebClient();
        web.getOptions().setTimeout(TIMEOUT_MILLIS);
        web.getOptions().setJavaScriptEnabled(false);
        web.login(user);
        return web;
    }
}

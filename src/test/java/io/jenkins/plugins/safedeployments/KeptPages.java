package io.jenkins.plugins.safedeployments;

import hudson.init.Initializer;
import org.kohsuke.stapler.MetaClass;

/**
 * Has each Jenkins of a {@link org.jvnet.hudson.test.JenkinsRule} keep what pages are made of, and browsers what belongs to
 * pages, as outside of tests. The rule turns that off for those who edit pages while a test runs; to search all jars for
 * every tag of every page took about a third of the time of all tests with pages.
 */
public final class KeptPages {

    private KeptPages() {}

    @Initializer
    public static void keep() {
        MetaClass.NO_CACHE = false;
    }
}

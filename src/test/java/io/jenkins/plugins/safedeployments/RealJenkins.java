package io.jenkins.plugins.safedeployments;

import org.jvnet.hudson.test.RealJenkinsRule;

/** Jenkins in a process of its own, with plugins in class loaders of their own, for what is tested by killing it. */
public final class RealJenkins {

    private RealJenkins() {}

    /** It lives for a minute or two, in which the second compiler costs more than it saves. */
    public static RealJenkinsRule rule() {
        return new RealJenkinsRule().javaOptions("-XX:TieredStopAtLevel=1");
    }
}

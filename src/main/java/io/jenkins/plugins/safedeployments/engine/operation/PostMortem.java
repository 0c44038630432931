package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.evidence.Evidence;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.Map;

/**
 * Collects {@link Evidence} of a release and keeps it with the build. Nothing here may keep a rollback from happening, or hold
 * it up for long: half a minute, and the time-out of the request that is then under way.
 */
final class PostMortem {

    private static final String TOPIC = "post-mortem";

    private final Session session;
    private final Release release;
    private final String cause;

    /** Before something is undone, with the cause of it in one sentence. */
    PostMortem(Session session, Release release, String cause) {
        this.session = session;
        this.release = release;
        this.cause = cause;
    }

    /** Of a canary that has not failed, for who is to decide about it. */
    static PostMortem ofHealthyCanary(Session session, Release release) {
        return new PostMortem(session, release, "");
    }

    /**
     * Collects and keeps it; never throws because of what it meets.
     *
     * @return the URL of the page to read; empty if there is none, because it could not be kept or Jenkins does not know its
     *     own URL
     */
    String collect() {
        String folder = (cause.isEmpty() ? "canary/" : "post-mortem/")
                + session.target().app() + "-" + release.number();
        try {
            Map<String, String> files = new Evidence(
                            session.cluster(),
                            session.clock(),
                            session.target(),
                            release,
                            session.actor().text())
                    .collect(cause);
            String url = session.report().keep(folder, files);
            session.report()
                    .line(
                            cause.isEmpty() ? "evidence" : TOPIC,
                            files.size() + " files: "
                                    + (url.isEmpty()
                                            ? folder + "/" + Evidence.PAGE + " among the build's artifacts"
                                            : url + Evidence.PAGE));
            return url.isEmpty() ? "" : url + Evidence.PAGE;
        } catch (RuntimeException e) {
            session.report().line(TOPIC, "could not be kept: " + e.getMessage());
            return "";
        }
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Failure;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * Thrown through {@code input} when an answer does not decide: it was refused, or it is one of several. It is also the answer to
 * the request that it came with.
 */
final class NotThrough extends Failure {

    private static final long serialVersionUID = 1L;

    private final int status;

    /** Page of the judgment, below the root URL. */
    private final String path;

    /** Whether a browser waits for a page, and not a program for an answer. */
    private final boolean browser;

    private NotThrough(String message, int status, String path, boolean browser) {
        super(message);
        this.status = status;
        this.path = path;
        this.browser = browser;
    }

    @NonNull
    static NotThrough of(Ruling ruling, String path) {
        return new NotThrough(ruling.text(), VoteAnswer.status(ruling.kind()), path, InputCaller.isSubmit());
    }

    /** It could not be written, so it does not count. */
    @NonNull
    static NotThrough notRecorded(LiveJudgment judgment, IOException problem) {
        return new NotThrough(VoteAnswer.notRecorded(judgment, problem), 500, judgment.path(), InputCaller.isSubmit());
    }

    @Override
    public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node)
            throws IOException, ServletException {
        boolean page = browser && RefusedRequest.isBrowser(request);
        if (page && status < 400) {
            response.sendRedirect2(request.getContextPath() + "/" + path);
        } else if (page) {
            RefusedRequest.of(status, getMessage(), path).generateResponse(request, response, node);
        } else {
            RefusedRequest.sayToProgram(response, status, getMessage());
        }
    }
}

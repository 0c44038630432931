package io.jenkins.plugins.safedeployments.pages;

import edu.umd.cs.findbugs.annotations.NonNull;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * The answer to who wanted something that is not done: why, in a sentence. People read it on a page of Jenkins that leads back,
 * programs as plain text; both get the status.
 */
public final class RefusedRequest implements HttpResponse {

    private final int status;
    private final String why;

    /** Below the root URL; empty for the page to which the address of the request belongs. */
    private final String page;

    private RefusedRequest(int status, String why, String page) {
        this.status = status;
        this.why = why;
        this.page = page;
    }

    /**
     * To what was asked for below the page of something, {@code its/page/skip}; back leads there.
     *
     * @param status of HTTP, 400 or more
     */
    @NonNull
    public static RefusedRequest of(int status, String why) {
        return new RefusedRequest(status, why, "");
    }

    /** The same where back leads to another page, below the root URL. */
    @NonNull
    public static RefusedRequest of(int status, String why, String page) {
        return new RefusedRequest(status, why, page);
    }

    /** Whether a person waits for the answer, and not a program. */
    public static boolean isBrowser(StaplerRequest2 request) {
        String accepted = request.getHeader("Accept");
        return accepted != null && accepted.contains("text/html");
    }

    /** Answers a program, also where that is no refusal. */
    public static void sayToProgram(StaplerResponse2 response, int status, String text) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=UTF-8");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        try (PrintWriter writer = response.getWriter()) {
            writer.println(text);
        }
    }

    @Override
    public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node)
            throws IOException, ServletException {
        if (isBrowser(request)) {
            response.setStatus(status);
            request.getView(this, "index.jelly").forward(request, response);
        } else {
            sayToProgram(response, status, why);
        }
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public String getWhy() {
        return why;
    }

    @Restricted(NoExternalUse.class) // index.jelly
    @NonNull
    public String getPage() {
        return page;
    }
}

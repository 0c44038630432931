package io.jenkins.plugins.safedeployments.waiting;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Functions;
import hudson.Util;
import hudson.model.Api;
import hudson.model.RootAction;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.management.Badge;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * All that waits for whoever looks at it, across folders, with a mark in the header of every page. Also as JSON, {@code api/json}.
 */
@Extension(ordinal = 900)
@ExportedBean
public final class WaitingPage implements RootAction {

    /** What links have before the path of a page, so that who is not logged in comes to it by way of the login. */
    public static final String BY_WAY_OF_LOGIN = "waiting-for-you/to/";

    /** Runs, and items in the queue. */
    private static final Pattern PAGE = Pattern.compile("(job/|queue/item/)[^\\\\]*");

    private static final String IN_REQUEST = WaitingPage.class.getName();

    /** Shown to who is logged in, and who is not only if there is something for everybody. */
    @Override
    public String getIconFileName() {
        return Functions.isAnonymous() && mine().isEmpty() ? null : "symbol-hourglass-outline plugin-ionicons-api";
    }

    @Override
    public String getDisplayName() {
        return Messages.WaitingPage_DisplayName();
    }

    @Override
    public String getUrlName() {
        return "waiting-for-you";
    }

    @Override
    public boolean isPrimaryAction() {
        return count() > 0;
    }

    /** Of what waits for who looks, and not only may be stopped or overridden by them. */
    private static int count() {
        return (int) mine().stream().filter(WaitingGate::asked).count();
    }

    @Override
    @CheckForNull
    public Badge getBadge() {
        int count = count();
        return count == 0
                ? null
                : new Badge(Integer.toString(count), Messages.WaitingPage_Count(count), Badge.Severity.WARNING);
    }

    public Api getApi() {
        return new Api(this);
    }

    @Exported(name = "waiting")
    @Restricted(NoExternalUse.class) // index.jelly, and REST
    @NonNull
    public List<GateView> getGates() {
        Instant now = Clock.systemUTC().instant();
        return mine().stream().map(gate -> new GateView(gate, now)).toList();
    }

    /**
     * Leads on to a page: where anybody may read this Jenkins but not the job, that page itself would say that it is not there. It
     * leads to nothing else, and decides nothing.
     */
    @Restricted(NoExternalUse.class) // links in notifications
    public HttpResponse doTo(StaplerRequest2 request) {
        String path = request.getRestOfPath().replaceFirst("^/", "");
        if (!PAGE.matcher(path).matches()) {
            return HttpResponses.notFound();
        }
        String page =
                request.getContextPath() + "/" + Util.encode(path) + (path.endsWith("/") ? "" : "/"); // lost on the way
        return Functions.isAnonymous() && Jenkins.get().isUseSecurity()
                ? HttpResponses.redirectViaContextPath(
                        Jenkins.get().getSecurityRealm().getLoginUrl() + "?from=" + Util.rawEncode(page))
                : HttpResponses.redirectTo(page);
    }

    /**
     * Decides one: 409 if it does not wait for the user, or not any more; else as the gate answers. Takes {@code comment} besides,
     * and {@code shown} as the gate had it.
     *
     * @param outcome may be left out if there is only one
     */
    @RequirePOST
    @Restricted(NoExternalUse.class) // index.jelly, and REST
    public HttpResponse doDecide(StaplerRequest2 request, @QueryParameter String id, @QueryParameter String outcome)
            throws IOException, ServletException {
        for (WaitingGate gate : mine()) {
            if (gate.id().equals(id)) {
                return decide(gate, Util.fixNull(outcome), request);
            }
        }
        return RefusedRequest.of(409, Messages.WaitingPage_NotWaiting());
    }

    private static HttpResponse decide(WaitingGate gate, String outcome, StaplerRequest2 request)
            throws IOException, ServletException {
        List<WaitingGate.Outcome> outcomes = gate.outcomes();
        String name = outcome.isEmpty() && outcomes.size() == 1 && gate.asked()
                ? outcomes.get(0).name()
                : outcome;
        return outcomes.stream().anyMatch(one -> one.name().equals(name))
                ? gate.decide(name, request)
                : RefusedRequest.of(400, Messages.WaitingPage_NoSuchOutcome());
    }

    /** Once a request, since the header asks several times. */
    @SuppressWarnings("unchecked") // of our own attribute
    private static List<WaitingGate> mine() {
        StaplerRequest2 request = Stapler.getCurrentRequest2();
        if (request == null) {
            return WaitingGates.allMine();
        }
        List<WaitingGate> known = (List<WaitingGate>) request.getAttribute(IN_REQUEST);
        if (known == null) {
            known = WaitingGates.allMine();
            request.setAttribute(IN_REQUEST, known);
        }
        return known;
    }
}

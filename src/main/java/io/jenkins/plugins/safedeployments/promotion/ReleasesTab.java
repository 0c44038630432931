package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Actionable;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import io.jenkins.plugins.safedeployments.promotion.Handover.Kind;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.model.Tab;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The releases of a job or a run, and what may be done for them. */
public abstract class ReleasesTab extends Tab {

    public static final String URL = "releases";

    private static final Logger LOGGER = Logger.getLogger(ReleasesTab.class.getName());
    private static final int LONGEST_REASON = 1_000;

    ReleasesTab(Actionable object) {
        super(object);
    }

    /** Whose releases they are, whose permissions count, and who names the jobs that do something for them. */
    @NonNull
    abstract Job<?, ?> job();

    /** The run on whose page this is; null on that of a job. */
    @CheckForNull
    abstract Run<?, ?> run();

    /** Name of the class of the user's flag for pages with tabs. */
    @Restricted(NoExternalUse.class) // action.jelly
    @NonNull
    public abstract String getFlag();

    @Override
    public String getDisplayName() {
        return Messages.ReleasesTab_DisplayName();
    }

    @Override
    public String getUrlName() {
        return URL;
    }

    /** On the targets of the job: as its runs, and those of the jobs that it names, have seen them. */
    @NonNull
    final List<TargetHistory> histories() {
        Set<Job<?, ?>> others = new LinkedHashSet<>();
        PromotionProperty property = PromotionProperty.of(job());
        if (property != null) {
            for (String name : new String[] {property.getStableJob(), property.getRollbackJob()}) {
                Job<?, ?> other = PromotionProperty.job(name, job());
                if (other != null && other.hasPermission(Item.READ)) {
                    others.add(other);
                }
            }
        }
        others.remove(job());
        return TargetHistory.of(job(), others);
    }

    @NonNull
    final List<ReleaseRow> rows(TargetHistory history) {
        return history.getReleases().stream()
                .map(release -> new ReleaseRow(release, Handover.of(job(), history, release)))
                .toList();
    }

    /** Whether the one who looks may do anything with releases here. */
    @Restricted(NoExternalUse.class) // Jelly
    public final boolean isMayAct() {
        return job().hasPermission(SafeDeploymentsPermissions.PROMOTE)
                || job().hasPermission(SafeDeploymentsPermissions.ROLL_BACK);
    }

    final void checkMayAct() {
        if (!job().hasPermission(SafeDeploymentsPermissions.ROLL_BACK)) {
            job().checkPermission(SafeDeploymentsPermissions.PROMOTE);
        }
    }

    /** The page that says what will happen, in numbers, and asks whether it shall. It asks the cluster, and so is no GET. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // buttons of the pages
    public final HttpResponse doConfirm(
            @QueryParameter String kind,
            @QueryParameter String cluster,
            @QueryParameter String namespace,
            @QueryParameter String app,
            @QueryParameter int release,
            @QueryParameter boolean choose) {
        Handover handover = find(kind, cluster, namespace, app, release);
        if (handover == null) {
            return RefusedRequest.of(404, Messages.ReleasesTab_NotKnown());
        }
        job().checkPermission(handover.permission());
        return HttpResponses.forwardToView(new Confirmation(this, choose ? handover.withChoice() : handover), "index");
    }

    /**
     * Starts the job that is named for it: 403 without the permission, 404 if there is no such release, 400 if something is
     * missing that it takes, 409 with the reason if it can't be done now.
     *
     * @param stable number of the release that stable ran when it was asked for, if that counts; empty if not
     * @param reason of a rollback, required for it
     * @param acknowledgeMigration that migrated data stays as it is
     */
    @RequirePOST
    @Restricted(NoExternalUse.class) // Confirmation, and REST
    public final HttpResponse doStart(
            StaplerRequest2 request,
            @QueryParameter String kind,
            @QueryParameter String cluster,
            @QueryParameter String namespace,
            @QueryParameter String app,
            @QueryParameter int release,
            @QueryParameter String stable,
            @QueryParameter String reason,
            @QueryParameter boolean acknowledgeMigration)
            throws ServletException {
        Handover handover = find(kind, cluster, namespace, app, release);
        if (handover == null) {
            return RefusedRequest.of(404, Messages.ReleasesTab_NotKnown());
        }
        job().checkPermission(handover.permission());
        String locked = handover.getLocked();
        if (locked.isEmpty() && Util.fixEmpty(stable) != null && !stable.equals(handover.getStable())) {
            locked = Messages.ReleasesTab_OtherStable(stable);
        }
        if (!locked.isEmpty()) {
            return RefusedRequest.of(409, locked);
        }
        String why = oneLine(reason);
        if (handover.isDestructive() && why.isEmpty()) {
            return RefusedRequest.of(400, Messages.ReleasesTab_NoReason());
        }
        PromotionCause cause = new PromotionCause(
                handover, job(), run(), Jenkins.getAuthentication2().getName(), "");
        return start(request, handover, cause, handover.told(why, acknowledgeMigration), why);
    }

    /** @param why the reason that was given; empty if none was */
    final <C extends Cause & GivenCause> HttpResponse start(
            StaplerRequest2 request, JobStart start, C cause, Map<String, String> told, String why)
            throws ServletException {
        List<ParameterValue> others;
        try {
            others = others(request, start);
        } catch (UserException e) {
            return RefusedRequest.of(400, e.getMessage());
        }
        String whyNot = start.start(cause, told, others);
        if (!whyNot.isEmpty()) {
            return RefusedRequest.of(409, whyNot);
        }
        LOGGER.log(Level.INFO, () -> cause.getShortDescription() + (why.isEmpty() ? "" : ": " + why));
        return HttpResponses.redirectToDot();
    }

    /**
     * The values that the form has for the parameters that are asked for; by default those that the job defines.
     *
     * @throws UserException if there is neither, or a value is no good
     */
    private static List<ParameterValue> others(StaplerRequest2 request, JobStart start) throws ServletException {
        Object form = request.getParameter("json") == null
                ? null
                : request.getSubmittedForm().opt("parameter");
        JSONArray given = form == null ? new JSONArray() : JSONArray.fromObject(form);
        List<ParameterValue> values = new ArrayList<>();
        for (ParameterDefinition definition : start.asked()) {
            ParameterValue value = value(request, definition, given);
            if (value == null) {
                throw new UserException(Messages.Handover_NoValue(definition.getName()));
            }
            values.add(value);
        }
        return values;
    }

    @CheckForNull
    private static ParameterValue value(StaplerRequest2 request, ParameterDefinition definition, JSONArray given) {
        for (Object entry : given) {
            if (entry instanceof JSONObject one && definition.getName().equals(one.optString("name"))) {
                try {
                    return definition.createValue(request, one);
                } catch (IllegalArgumentException e) {
                    throw new UserException(
                            Messages.ReleasesTab_NoSuchValue(definition.getName(), Util.fixNull(e.getMessage())), e);
                }
            }
        }
        return definition.getDefaultParameterValue();
    }

    /** What is meant; the cluster is asked where runs do not know, or know better than to do it. */
    @CheckForNull
    private Handover find(String kind, String cluster, String namespace, String app, int number) {
        checkMayAct();
        Kind what = Kind.of(Util.fixNull(kind));
        TargetHistory history = history(cluster, namespace, app);
        if (what == null || history == null) {
            return null;
        }
        Handover handover = handover(what, history, number);
        if (handover != null && handover.fits()) {
            return handover;
        }
        try {
            ClusterRecord record = ClusterRecord.of(history.getTarget(), job());
            Handover recorded = handover(what, TargetHistory.of(history, record.releases()), number);
            return recorded == null ? handover : recorded;
        } catch (UserException e) {
            LOGGER.log(Level.FINE, "nothing better is known", e);
            return handover;
        }
    }

    @CheckForNull
    private Handover handover(Kind kind, TargetHistory history, int number) {
        KnownRelease release = history.find(number);
        return release == null ? null : new Handover(kind, job(), history, release);
    }

    /** That of a target which runs have acted on; null if there is none. */
    @CheckForNull
    final TargetHistory history(String cluster, String namespace, String app) {
        return histories().stream()
                .filter(history -> history.getTarget().cluster().equals(Util.fixNull(cluster))
                        && history.getTarget().namespace().equals(namespace)
                        && history.getTarget().app().equals(app))
                .findFirst()
                .orElse(null);
    }

    @NonNull
    static String oneLine(@CheckForNull String text) {
        String line = InertText.oneLine(Util.fixNull(text));
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON);
    }

    /** One release, with what may be done for it. */
    @Restricted(NoExternalUse.class) // Jelly
    public record ReleaseRow(KnownRelease release, List<Handover> handovers) {

        @NonNull
        public KnownRelease getRelease() {
            return release;
        }

        @NonNull
        public List<Handover> getHandovers() {
            return handovers;
        }
    }
}

package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.BulkChange;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.listeners.SaveableListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.notice.AllowedAddresses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** What administrators configure for all of Jenkins: clusters, calendars, and where webhooks may be. As code it is {@code unclassified: safeDeployments:}. */
@Extension
@Symbol("safeDeployments")
public final class SafeDeploymentsConfiguration extends GlobalConfiguration {

    private List<ClusterConfiguration> clusters = new ArrayList<>();

    /** Absent in files of versions without calendars. */
    private List<NamedCalendar> calendars;

    /** Absent in files of versions without them. */
    private List<IcsFile> icsFiles;

    private boolean skipReasonRequired;

    /** As {@link AllowedAddresses#parse} reads it; null for those that are allowed without a list. */
    private String allowedWebhooks;

    public SafeDeploymentsConfiguration() {
        load();
    }

    @NonNull
    public static SafeDeploymentsConfiguration get() {
        return ExtensionList.lookupSingleton(SafeDeploymentsConfiguration.class);
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.SafeDeploymentsConfiguration_DisplayName();
    }

    @NonNull
    public synchronized List<ClusterConfiguration> getClusters() {
        return new ArrayList<>(clusters);
    }

    @DataBoundSetter
    public synchronized void setClusters(List<ClusterConfiguration> clusters) {
        Set<String> names = new HashSet<>();
        for (ClusterConfiguration cluster : clusters) {
            if (cluster.getName().isEmpty()) {
                throw new IllegalArgumentException(Messages.ClusterConfiguration_NameMissing());
            }
            if (!names.add(cluster.getName())) {
                throw new IllegalArgumentException(Messages.ClusterConfiguration_NameTwice(cluster.getName()));
            }
        }
        this.clusters = new ArrayList<>(clusters);
        save();
    }

    @NonNull
    public synchronized List<NamedCalendar> getCalendars() {
        return calendars == null ? new ArrayList<>() : new ArrayList<>(calendars);
    }

    @DataBoundSetter
    public synchronized void setCalendars(List<NamedCalendar> calendars) {
        NamedCalendar.check(calendars);
        this.calendars = calendars.isEmpty() ? null : new ArrayList<>(calendars);
        save();
    }

    /** What calendars may take windows and freezes from. */
    @NonNull
    public synchronized List<IcsFile> getIcsFiles() {
        return icsFiles == null ? new ArrayList<>() : new ArrayList<>(icsFiles);
    }

    @DataBoundSetter
    public synchronized void setIcsFiles(List<IcsFile> icsFiles) {
        IcsFile.check(icsFiles);
        this.icsFiles = icsFiles.isEmpty() ? null : new ArrayList<>(icsFiles);
        save();
        if (!icsFiles.isEmpty()) {
            Timer.get().execute(() -> IcsFiles.get().run());
        }
    }

    /** What is not in this configuration, but in files that it names, says something else. */
    void calendarsChanged() {
        SaveableListener.fireOnChange(this, getConfigFile());
    }

    /** Whether who skips a window or a freeze has to say why. */
    public synchronized boolean isSkipReasonRequired() {
        return skipReasonRequired;
    }

    @DataBoundSetter
    public synchronized void setSkipReasonRequired(boolean skipReasonRequired) {
        this.skipReasonRequired = skipReasonRequired;
        save();
    }

    /** To which addresses notifications may be sent, a beginning of one on each line; empty for no such list. */
    @NonNull
    public synchronized String getAllowedWebhooks() {
        return Util.fixNull(allowedWebhooks);
    }

    @DataBoundSetter
    public synchronized void setAllowedWebhooks(String allowedWebhooks) {
        try {
            AllowedAddresses.parse(Util.fixNull(allowedWebhooks));
        } catch (UserException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        this.allowedWebhooks = Util.fixEmptyAndTrim(allowedWebhooks);
        save();
    }

    @POST
    public FormValidation doCheckAllowedWebhooks(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            AllowedAddresses.parse(Util.fixNull(value));
            return FormValidation.ok();
        } catch (UserException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    @Override
    public boolean configure(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
        try (BulkChange change = new BulkChange(this)) {
            JSONObject whole = JSONObject.fromObject(form);
            // a list without entries is not in the form; and steps that look meanwhile must find what there was, or
            // will be
            for (String list : List.of("clusters", "icsFiles", "calendars")) {
                if (!whole.has(list)) {
                    whole.put(list, new JSONArray());
                }
            }
            request.bindJSON(this, whole);
            change.commit();
            return true;
        } catch (IOException e) {
            throw new Descriptor.FormException(e, "clusters");
        } catch (RuntimeException e) {
            load(); // some of it may have been set
            if (e instanceof IllegalArgumentException) {
                throw new Descriptor.FormException(e.getMessage(), e, "clusters");
            }
            throw e;
        }
    }

    /**
     * The cluster that a step means.
     *
     * @param name as in the step; empty for the only one there is
     */
    @NonNull
    public synchronized ClusterConfiguration cluster(String name) {
        if (name.isEmpty()) {
            if (clusters.size() == 1) {
                return clusters.get(0);
            }
            throw new UserException(
                    clusters.isEmpty()
                            ? "No cluster is configured: an administrator adds one under Manage Jenkins, System, Safe"
                                    + " Deployments."
                            : "'cluster' is missing: there is more than one, so name the one that is meant.");
        }
        return clusters.stream()
                .filter(cluster -> cluster.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("'cluster' is '" + name
                        + "', but no cluster of that name is configured: correct the name, or have an administrator add it"
                        + " under Manage Jenkins, System, Safe Deployments."));
    }
}

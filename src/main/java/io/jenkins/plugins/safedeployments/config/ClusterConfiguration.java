package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.kubernetes.KubernetesConnection;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.Serializable;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A cluster that steps name: where it is, and the id of the credentials that it is used with. The secret itself is looked
 * up in the context of the run that uses it, so a job reaches no cluster whose credentials it could not use otherwise.
 */
public final class ClusterConfiguration implements Describable<ClusterConfiguration>, Serializable {

    private static final long serialVersionUID = 1L;

    /** What steps call it; unique. */
    private final String name;

    /** Of the API server; null or empty where a kubeconfig says it. */
    private String url;

    /** PEM; null for the JVM's trusted certificates. */
    private String caCertificate;

    private String credentialsId;

    /** Absent in old files and by default, which means that the certificate is checked. */
    private boolean skipTlsVerify;

    /** Name of the global calendar that every release to it obeys; null for none, and absent in old files. */
    private String calendar;

    /** Rules that every judgment about a release to it has to meet; null for none, and absent in old files. */
    private String approvers;

    /** Absent in old files, and then false, as the next one. */
    private boolean forbidRequester;

    private boolean forbidOverride;

    /** Lines as {@link Dashboards} has them; null for none, and absent in old files. */
    private String dashboards;

    @DataBoundConstructor
    public ClusterConfiguration(String name) {
        this.name = Util.fixNull(Util.fixEmptyAndTrim(name));
    }

    @NonNull
    public String getName() {
        return name;
    }

    @NonNull
    public String getUrl() {
        return Util.fixNull(url);
    }

    @DataBoundSetter
    public void setUrl(String url) {
        this.url = Util.fixEmptyAndTrim(url);
    }

    @NonNull
    public String getCaCertificate() {
        return Util.fixNull(caCertificate);
    }

    @DataBoundSetter
    public void setCaCertificate(String caCertificate) {
        this.caCertificate = Util.fixEmptyAndTrim(caCertificate);
    }

    @NonNull
    public String getCredentialsId() {
        return Util.fixNull(credentialsId);
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public boolean isSkipTlsVerify() {
        return skipTlsVerify;
    }

    @DataBoundSetter
    public void setSkipTlsVerify(boolean skipTlsVerify) {
        this.skipTlsVerify = skipTlsVerify;
    }

    /** Name of the calendar, in the global configuration, that every release to it obeys; empty for none. */
    @NonNull
    public String getCalendar() {
        return Util.fixNull(calendar);
    }

    @DataBoundSetter
    public void setCalendar(String calendar) {
        this.calendar = Util.fixEmptyAndTrim(calendar);
    }

    /** Rules, like {@code 1 of qa and 2 of ops}, that every judgment about a release to it has to meet; empty for none. */
    @NonNull
    public String getApprovers() {
        return Util.fixNull(approvers);
    }

    @DataBoundSetter
    public void setApprovers(String approvers) {
        this.approvers = Util.fixEmptyAndTrim(approvers);
    }

    /** Whether no judgment about a release to it may let those decide who asked for it or wrote the changes. */
    public boolean isForbidRequester() {
        return forbidRequester;
    }

    @DataBoundSetter
    public void setForbidRequester(boolean forbidRequester) {
        this.forbidRequester = forbidRequester;
    }

    /** Whether no judgment about a release to it may let administrators override its rules. */
    public boolean isForbidOverride() {
        return forbidOverride;
    }

    @DataBoundSetter
    public void setForbidOverride(boolean forbidOverride) {
        this.forbidOverride = forbidOverride;
    }

    /** Links that pages show beside its releases, each a line {@code Title=URL}; empty for none. */
    @NonNull
    public String getDashboards() {
        return Util.fixNull(dashboards);
    }

    @DataBoundSetter
    public void setDashboards(String dashboards) {
        this.dashboards = Util.fixEmptyAndTrim(dashboards);
    }

    @Extension
    @Symbol("cluster")
    public static final class DescriptorImpl extends Descriptor<ClusterConfiguration> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ClusterConfiguration_DisplayName();
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                return FormValidation.ok();
            }
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ClusterConfiguration_NameMissing())
                    : FormValidation.ok();
        }

        @POST
        public FormValidation doCheckUrl(@QueryParameter String value) {
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER) || Util.fixEmptyAndTrim(value) == null) {
                return FormValidation.ok();
            }
            try {
                new ClusterAccess(value, "", "", "", "", false);
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        @POST
        public FormValidation doCheckApprovers(@QueryParameter String value) {
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                return FormValidation.ok();
            }
            try {
                Rules.parse("approvers", Util.fixNull(value));
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        @POST
        public FormValidation doCheckDashboards(@QueryParameter String value) {
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                return FormValidation.ok();
            }
            try {
                Dashboards.check(Util.fixNull(value));
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return ClusterCredentials.listFor(item, credentialsId);
        }

        /** Connects with the credentials as the global configuration has them; only who may change it may do that. */
        @POST
        public FormValidation doTestConnection(
                @QueryParameter String name,
                @QueryParameter String url,
                @QueryParameter String caCertificate,
                @QueryParameter String credentialsId,
                @QueryParameter boolean skipTlsVerify) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            ClusterConfiguration cluster = new ClusterConfiguration(name);
            cluster.setUrl(url);
            cluster.setCaCertificate(caCertificate);
            cluster.setCredentialsId(credentialsId);
            cluster.setSkipTlsVerify(skipTlsVerify);
            try (KubernetesConnection connection =
                    KubernetesConnection.open(ClusterCredentials.access(cluster, cluster.getCredentialsId()))) {
                return FormValidation.ok(Messages.ClusterConfiguration_Connected(connection.version()));
            } catch (UserException | ClusterException e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}

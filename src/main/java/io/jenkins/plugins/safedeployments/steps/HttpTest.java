package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck;
import java.time.Duration;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Asks a pod of the canary by HTTP, through the API server; status and body decide. */
public final class HttpTest extends CanaryTest {

    private static final long serialVersionUID = 1L;
    private static final String HTTP = "http";
    private static final String HTTPS = "https";
    private static final int DEFAULT_ATTEMPTS = 3;
    private static final int DEFAULT_INTERVAL = 5;
    private static final int DEFAULT_TIMEOUT = 10;

    private final String path;
    private String port;
    private String scheme = HTTP;
    private String status = io.jenkins.plugins.safedeployments.engine.operation.HttpTest.DEFAULT_STATUS;
    private String bodyContains;
    private int attempts = DEFAULT_ATTEMPTS;
    private int intervalSeconds = DEFAULT_INTERVAL;
    private int timeoutSeconds = DEFAULT_TIMEOUT;

    @DataBoundConstructor
    public HttpTest(String path) {
        this.path = Util.fixNull(Util.fixEmptyAndTrim(path));
    }

    /** From the root, with query. */
    @NonNull
    public String getPath() {
        return path;
    }

    /** Number or name; null for the pod's first one. */
    @CheckForNull
    public String getPort() {
        return port;
    }

    @DataBoundSetter
    public void setPort(String port) {
        this.port = Util.fixEmptyAndTrim(port);
    }

    @NonNull
    public String getScheme() {
        return scheme;
    }

    @DataBoundSetter
    public void setScheme(String scheme) {
        this.scheme = Util.fixEmptyAndTrim(scheme) == null ? HTTP : scheme.trim();
    }

    /** Status codes and ranges of them, separated by commas. */
    @NonNull
    public String getStatus() {
        return status;
    }

    @DataBoundSetter
    public void setStatus(String status) {
        this.status = Util.fixEmptyAndTrim(status) == null
                ? io.jenkins.plugins.safedeployments.engine.operation.HttpTest.DEFAULT_STATUS
                : status.trim();
    }

    /** Null for any body. */
    @CheckForNull
    public String getBodyContains() {
        return bodyContains;
    }

    @DataBoundSetter
    public void setBodyContains(String bodyContains) {
        this.bodyContains = Util.fixEmpty(bodyContains);
    }

    public int getAttempts() {
        return attempts;
    }

    @DataBoundSetter
    public void setAttempts(int attempts) {
        this.attempts = attempts;
    }

    public int getIntervalSeconds() {
        return intervalSeconds;
    }

    @DataBoundSetter
    public void setIntervalSeconds(int intervalSeconds) {
        this.intervalSeconds = intervalSeconds;
    }

    public int getTimeoutSeconds() {
        return timeoutSeconds;
    }

    @DataBoundSetter
    public void setTimeoutSeconds(int timeoutSeconds) {
        this.timeoutSeconds = timeoutSeconds;
    }

    @Override
    CanaryCheck toCheck() {
        return new io.jenkins.plugins.safedeployments.engine.operation.HttpTest(
                path,
                Util.fixNull(port),
                scheme,
                status,
                Util.fixNull(bodyContains),
                attempts,
                Duration.ofSeconds(intervalSeconds),
                Duration.ofSeconds(timeoutSeconds),
                pods());
    }

    @Extension
    @Symbol("http")
    public static final class DescriptorImpl extends CanaryTestDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.HttpTest_DisplayName();
        }

        @POST
        public ListBoxModel doFillSchemeItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)) {
                items.add(HTTP);
                items.add(HTTPS);
            }
            return items;
        }

        @POST
        public FormValidation doCheckPath(@AncestorInPath Item item, @QueryParameter String value) {
            return checked(item, new HttpTest(value));
        }

        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            HttpTest test = new HttpTest("/");
            test.setPort(value);
            return checked(item, test);
        }

        @POST
        public FormValidation doCheckStatus(@AncestorInPath Item item, @QueryParameter String value) {
            HttpTest test = new HttpTest("/");
            test.setStatus(value);
            return checked(item, test);
        }

        @POST
        public FormValidation doCheckAttempts(@AncestorInPath Item item, @QueryParameter String value) {
            return ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)
                    ? FormValidation.validateIntegerInRange(value, 1, 1000)
                    : FormValidation.ok();
        }

        @POST
        public FormValidation doCheckIntervalSeconds(@AncestorInPath Item item, @QueryParameter String value) {
            return doCheckTimeoutSeconds(item, value);
        }
    }
}

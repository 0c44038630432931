package io.jenkins.plugins.safedeployments.notify;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ProxyConfiguration;
import hudson.Util;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.notice.AllowedAddresses;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.engine.notice.NotDelivered;
import io.jenkins.plugins.safedeployments.engine.notice.WebhookAddress;
import io.jenkins.plugins.safedeployments.engine.notice.WebhookSender;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletionStage;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Sends events as JSON to an address, signed with a secret that both sides know. */
public final class WebhookNotification extends Notification {

    private static final long serialVersionUID = 1L;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private String url = "";
    private String urlCredentialsId = "";
    private String credentialsId = "";

    @DataBoundConstructor
    public WebhookNotification() {}

    /** Empty if it is a secret, and kept in the credentials {@link #getUrlCredentialsId}. */
    @NonNull
    public String getUrl() {
        return url;
    }

    @DataBoundSetter
    public void setUrl(String url) {
        this.url = Util.fixNull(Util.fixEmptyAndTrim(url));
    }

    /** Of a secret text, the address; empty if {@link #getUrl} has it. */
    @NonNull
    public String getUrlCredentialsId() {
        return urlCredentialsId;
    }

    @DataBoundSetter
    public void setUrlCredentialsId(String urlCredentialsId) {
        this.urlCredentialsId = Util.fixNull(Util.fixEmptyAndTrim(urlCredentialsId));
    }

    /** Of a secret text, with which it is signed; empty to leave it unsigned. */
    @NonNull
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixNull(Util.fixEmptyAndTrim(credentialsId));
    }

    @Override
    protected void check() {
        super.check();
        if (url.isEmpty() == urlCredentialsId.isEmpty()) {
            throw new UserException("A webhook needs either 'url' or, if the address is a secret, 'urlCredentialsId'"
                    + (url.isEmpty() ? "." : ", not both."));
        }
        if (!url.isEmpty()) {
            allowed().check(WebhookAddress.parse("url", url));
        }
    }

    @Override
    protected String receiver() {
        return "the webhook "
                + (url.isEmpty() ? "in '" + urlCredentialsId + "'" : "at " + WebhookAddress.parse("url", url));
    }

    @Override
    protected CompletionStage<Void> send(GatePlace place, GateEvent event) throws NotDelivered {
        WebhookAddress address;
        try {
            address = url.isEmpty()
                    ? WebhookAddress.parse("urlCredentialsId", secret(place, urlCredentialsId))
                    : WebhookAddress.parse("url", url);
        } catch (UserException e) {
            throw NotDelivered.forGood("the secret is no address that begins with https:// or http://", e);
        }
        String key = credentialsId.isEmpty() ? "" : secret(place, credentialsId);
        return Jenkins.get().getDescriptorByType(DescriptorImpl.class).sender().send(address, allowed(), event, key);
    }

    private static AllowedAddresses allowed() {
        return AllowedAddresses.parse(SafeDeploymentsConfiguration.get().getAllowedWebhooks());
    }

    /** Looked up at each attempt, so that a secret that was exchanged is the new one. The use is recorded. */
    private static String secret(GatePlace place, String id) throws NotDelivered {
        StringCredentials credentials = place.credentials(id, StringCredentials.class);
        String text = credentials == null ? "" : Secret.toString(credentials.getSecret());
        if (text.isEmpty()) {
            throw NotDelivered.forGood("there is no secret text '" + id + "' that this job may use", null);
        }
        return text.strip();
    }

    @Extension
    @Symbol("webhook")
    public static final class DescriptorImpl extends NotificationDescriptor {

        private HttpClient client;
        private ProxyConfiguration proxy;

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.WebhookNotification_DisplayName();
        }

        /** One client for all, and a new one when Jenkins' proxy was configured anew. */
        synchronized WebhookSender sender() {
            ProxyConfiguration current = Jenkins.get().getProxy();
            if (client == null || proxy != current) {
                client = ProxyConfiguration.newHttpClientBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(TIMEOUT)
                        .build();
                proxy = current;
            }
            return new WebhookSender(client, Clock.systemUTC(), TIMEOUT);
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            StandardListBoxModel result = new StandardListBoxModel();
            if (item == null
                    ? !Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                    : !item.hasPermission(Item.EXTENDED_READ) && !item.hasPermission(CredentialsProvider.USE_ITEM)) {
                return result.includeCurrentValue(credentialsId);
            }
            result.includeEmptyValue();
            if (item == null) {
                result.includeAs(ACL.SYSTEM2, Jenkins.get(), StringCredentials.class, Collections.emptyList());
            } else {
                result.includeAs(ACL.SYSTEM2, item, StringCredentials.class, Collections.emptyList());
            }
            return result.includeCurrentValue(credentialsId);
        }

        @POST
        public ListBoxModel doFillUrlCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String urlCredentialsId) {
            return doFillCredentialsIdItems(item, urlCredentialsId);
        }

        @POST
        public FormValidation doCheckUrl(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String urlCredentialsId) {
            WebhookNotification webhook = new WebhookNotification();
            webhook.setUrl(value);
            webhook.setUrlCredentialsId(urlCredentialsId);
            return checked(item, webhook);
        }
    }
}

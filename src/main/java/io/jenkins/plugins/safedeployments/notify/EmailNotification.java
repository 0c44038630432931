package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.tasks.Mailer;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.engine.notice.NotDelivered;
import jakarta.mail.internet.InternetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Sends events as e-mail, by the mail server that the Mailer plugin is configured with. */
public final class EmailNotification extends Notification {

    private static final long serialVersionUID = 1L;

    private final String to;

    @DataBoundConstructor
    public EmailNotification(String to) {
        this.to = Util.fixNull(to);
    }

    /** Addresses, separated by commas, semicolons or blanks; names without {@code @} get the configured suffix. */
    @NonNull
    public String getTo() {
        return to;
    }

    @Override
    protected void check() {
        super.check();
        MailAddresses.parse(to);
    }

    @Override
    protected String receiver() {
        List<InternetAddress> addresses = MailAddresses.parse(to);
        String others = addresses.size() == 1 ? "" : " and " + (addresses.size() - 1) + " more";
        return addresses.get(0).getAddress() + others + " by e-mail";
    }

    @Override
    protected CompletionStage<Void> send(GatePlace place, GateEvent event) throws NotDelivered {
        GateMail.send(MailAddresses.parse(to), event);
        return CompletableFuture.completedFuture(null);
    }

    /** Only where the Mailer plugin is. */
    @Extension(optional = true)
    @Symbol("email")
    public static final class DescriptorImpl extends NotificationDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.EmailNotification_DisplayName();
        }

        /** Also makes Jenkins leave this out where that plugin is missing, since the class is looked at when Jenkins starts. */
        @NonNull
        public Mailer.DescriptorImpl mailer() {
            return Mailer.descriptor();
        }

        @POST
        public FormValidation doCheckTo(@AncestorInPath Item item, @QueryParameter String value) {
            return checked(item, new EmailNotification(value));
        }
    }
}

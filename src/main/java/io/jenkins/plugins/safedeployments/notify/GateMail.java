package io.jenkins.plugins.safedeployments.notify;

import hudson.Util;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.engine.notice.GateText;
import io.jenkins.plugins.safedeployments.engine.notice.NotDelivered;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.plugins.mailer.tasks.MimeMessageBuilder;

/** An event as a mail, in text and in HTML, and its way to the mail server. */
final class GateMail {

    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private GateMail() {}

    /**
     * Sends it to all; holds the thread until the server has it. Once the server was reached it is not tried again, since nobody
     * knows whom it has told.
     */
    static void send(List<InternetAddress> to, GateEvent event) throws NotDelivered {
        try {
            MimeMessage mail = compose(to, event);
            // one address that the server refuses must not keep it from the others
            mail.getSession().getProperties().setProperty("mail.smtp.sendpartial", "true");
            try (Transport server = connect(mail)) {
                server.sendMessage(mail, mail.getAllRecipients());
            }
        } catch (SendFailedException e) {
            throw NotDelivered.forGood("the mail server refused " + refused(e), e);
        } catch (MessagingException | UnsupportedEncodingException e) {
            throw NotDelivered.forGood("the mail server did not take it", e);
        }
    }

    private static Transport connect(MimeMessage mail) throws MessagingException, NotDelivered {
        Transport server = mail.getSession().getTransport(mail.getAllRecipients()[0]);
        try {
            server.connect();
            return server;
        } catch (AuthenticationFailedException e) {
            throw NotDelivered.forGood("the mail server refused the login", e);
        } catch (MessagingException e) {
            throw NotDelivered.forNow("the mail server can't be reached", e, Duration.ZERO);
        }
    }

    private static String refused(SendFailedException failure) {
        String addresses = Stream.of(failure.getInvalidAddresses(), failure.getValidUnsentAddresses())
                .filter(Objects::nonNull)
                .flatMap(Arrays::stream)
                .map(Address::toString)
                .collect(Collectors.joining(", "));
        return addresses.isEmpty() ? "it" : addresses;
    }

    private static MimeMessage compose(List<InternetAddress> to, GateEvent event)
            throws MessagingException, UnsupportedEncodingException {
        GateText text = new GateText(event);
        MimeMessage mail = new MimeMessageBuilder().buildMimeMessage();
        mail.setSubject(text.subject(), UTF_8);
        mail.setRecipients(Message.RecipientType.TO, to.toArray(new InternetAddress[0]));
        mail.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no answer from who is on holiday
        // all of one gate in one thread
        MimeMessageBuilder.setInReplyTo(
                mail, "<" + Util.getDigestOf(event.getRunId() + " " + event.getGate()) + "@safe-deployments.invalid>");
        MimeBodyPart plain = new MimeBodyPart();
        plain.setText(text.plain(), UTF_8);
        MimeBodyPart html = new MimeBodyPart();
        html.setText(text.html(), UTF_8, "html");
        mail.setContent(new MimeMultipart("alternative", plain, html));
        mail.saveChanges();
        return mail;
    }
}

package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.tasks.Mailer;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.ArrayList;
import java.util.List;

/** The addresses of {@code to}, each of which has to be one: a list in which one is wrong would leave somebody untold. */
final class MailAddresses {

    private static final int MOST = 50;
    private static final int LONGEST_SHOWN = 80;

    private MailAddresses() {}

    /** @throws UserException if there is none, one is wrong, or there are too many */
    @NonNull
    static List<InternetAddress> parse(String to) {
        if (to.chars().anyMatch(Character::isISOControl)) {
            throw new UserException(
                    "'to' has a line end or another control character in it: separate addresses by commas.");
        }
        List<InternetAddress> addresses = new ArrayList<>();
        for (String text : to.split("[\\s,;]+")) {
            if (!text.isEmpty()) {
                addresses.add(address(text));
            }
        }
        if (addresses.isEmpty()) {
            throw new UserException("'to' is empty: give the address of somebody to tell, like ops@example.org.");
        }
        if (addresses.size() > MOST) {
            throw new UserException("'to' has " + addresses.size() + " addresses, but at most " + MOST
                    + " can be told: use the address of a mailing list.");
        }
        return addresses;
    }

    private static InternetAddress address(String text) {
        String full = text.contains("@")
                ? text
                : text + Util.fixNull(Mailer.descriptor().getDefaultSuffix());
        String shown = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "…" : text;
        try {
            InternetAddress address = new InternetAddress(full, true);
            if (!address.getAddress().equals(full) || full.indexOf('@') < 1) {
                throw new AddressException("a name beside the address, or no host");
            }
            return address;
        } catch (AddressException e) {
            throw new UserException(
                    "'to' has '" + shown + "', which is no e-mail address: write it like ops@example.org.", e);
        }
    }
}

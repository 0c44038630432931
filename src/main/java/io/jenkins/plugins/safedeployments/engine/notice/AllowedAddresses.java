package io.jenkins.plugins.safedeployments.engine.notice;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Which webhooks administrators allow: beginnings of addresses, compared part by part, so that
 * {@code https://hooks.example.com} does not let {@code https://hooks.example.com.evil.org} through. Without any, all but those
 * that only the machine of Jenkins can reach: itself, and what its cloud tells it of itself.
 */
public final class AllowedAddresses {

    private final List<WebhookAddress> beginnings;

    private AllowedAddresses(List<WebhookAddress> beginnings) {
        this.beginnings = beginnings;
    }

    /**
     * @param lines one beginning a line
     * @throws UserException if one is no address
     */
    @NonNull
    public static AllowedAddresses parse(String lines) {
        return new AllowedAddresses(lines.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(AllowedAddresses::beginning)
                .toList());
    }

    private static WebhookAddress beginning(String line) {
        WebhookAddress address = WebhookAddress.parse("allowedWebhooks", line);
        if (address.uri().getRawQuery() != null) {
            throw new UserException(
                    "'allowedWebhooks' has a line with a '?', but an address begins with scheme, host and"
                            + " path, like https://hooks.example.com/deployments.");
        }
        return address;
    }

    /** @throws UserException if it is not among those that are listed */
    public void check(WebhookAddress address) {
        if (!beginnings.isEmpty() && beginnings.stream().noneMatch(beginning -> begins(address, beginning))) {
            throw new UserException(
                    "The webhook at " + address + " is not among those that are allowed: an administrator"
                            + " adds it under Manage Jenkins, System, Safe Deployments.");
        }
    }

    private static boolean begins(WebhookAddress address, WebhookAddress beginning) {
        String path = beginning.path();
        return address.scheme().equals(beginning.scheme())
                && address.host().equals(beginning.host())
                && address.port() == beginning.port()
                && (path.endsWith("/")
                        ? address.path().startsWith(path)
                        : address.path().equals(path) || address.path().startsWith(path + "/"));
    }

    /**
     * Asks for the host's addresses, which may take its time.
     *
     * @throws NotDelivered if it is one that has to be listed, and is not
     */
    void checkHost(WebhookAddress address) throws NotDelivered {
        if (!beginnings.isEmpty()) {
            return;
        }
        InetAddress[] all;
        try {
            all = InetAddress.getAllByName(address.host());
        } catch (UnknownHostException e) {
            return; // a proxy may know it; else the request says so
        }
        for (InetAddress one : all) {
            if (one.isLoopbackAddress()
                    || one.isAnyLocalAddress()
                    || one.isLinkLocalAddress()
                    || one.isMulticastAddress()) {
                throw NotDelivered.forGood(
                        "an address of Jenkins' own machine has to be allowed by an administrator first", null);
            }
        }
    }
}

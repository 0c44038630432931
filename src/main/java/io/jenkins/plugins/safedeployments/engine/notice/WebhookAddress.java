package io.jenkins.plugins.safedeployments.engine.notice;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a webhook is: http or https, and nothing in it that programs read in more than one way. What it says of itself leaves
 * out the path, in which many services have a secret.
 */
public final class WebhookAddress {

    private static final int LONGEST = 2_000;

    /** Dots, slashes and backslashes that are encoded, and backslashes. */
    private static final Pattern AMBIGUOUS = Pattern.compile("(?i)%2e|%2f|%5c|%00|\\\\");

    private static final Pattern DOTS = Pattern.compile("(^|/)\\.{1,2}(/|$)");

    private final URI uri;

    private WebhookAddress(URI uri) {
        this.uri = uri;
    }

    /**
     * @param parameter what users call it
     * @throws UserException if it is none; what was given is not repeated, since it may hold a secret
     */
    @NonNull
    public static WebhookAddress parse(String parameter, String text) {
        String start = "'" + parameter + "' is not the address of a webhook: ";
        String example = ", like https://hooks.example.com/deployments.";
        if (text.length() > LONGEST) {
            throw new UserException(start + "it is longer than " + LONGEST + " characters.");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) { // not as the cause: its message has the whole of it
            throw new UserException(start + "give one without blanks and other special characters" + example);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new UserException(start + "it has to begin with https:// or http://" + example);
        }
        if (uri.getHost() == null) {
            throw new UserException(start + "there is no name of a host in it" + example);
        }
        if (uri.getRawUserInfo() != null) {
            throw new UserException(start + "leave out user name and password before the host" + example);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new UserException(start + "its port has to be between 1 and 65535.");
        }
        if (uri.getRawFragment() != null) {
            throw new UserException(start + "leave out what begins with '#'.");
        }
        if (AMBIGUOUS.matcher(text).find() || DOTS.matcher(uri.getRawPath()).find()) {
            throw new UserException(start + "leave out '.', '..' and encoded slashes from its path.");
        }
        return new WebhookAddress(uri);
    }

    @NonNull
    URI uri() {
        return uri;
    }

    @NonNull
    String scheme() {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    /** In small letters, without the dot at its end that changes nothing. */
    @NonNull
    String host() {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    int port() {
        return uri.getPort() != -1 ? uri.getPort() : scheme().equals("https") ? 443 : 80;
    }

    /** At least a slash. */
    @NonNull
    String path() {
        return uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    }

    /** Host, and port if it is said, without the path. */
    @NonNull
    @Override
    public String toString() {
        return host() + (uri.getPort() == -1 ? "" : ":" + uri.getPort());
    }
}

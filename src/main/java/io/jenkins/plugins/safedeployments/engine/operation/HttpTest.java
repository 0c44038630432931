package io.jenkins.plugins.safedeployments.engine.operation;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A request that pods of the canary must answer as expected.
 *
 * @param path absolute, with query, encoded as in a URL
 * @param port number or name of one of the pod's ports; empty for its first
 * @param scheme {@code http} or {@code https}; certificates are not checked, as by Kubernetes' own probes
 * @param status what is expected: {@code 200-399}, {@code 200,204}
 * @param bodyContains what the beginning of the answer must contain; empty for anything
 * @param attempts how often it is tried until it passes
 * @param interval between two attempts
 * @param timeout of an attempt
 */
public record HttpTest(
        String path,
        String port,
        String scheme,
        String status,
        String bodyContains,
        int attempts,
        Duration interval,
        Duration timeout,
        Pods pods)
        implements CanaryCheck {

    public static final String DEFAULT_STATUS = "200-399";
    private static final int MAX_ATTEMPTS = 1000;

    public HttpTest {
        checkPath(path);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new UserException("'scheme' is '" + scheme + "': it must be 'http' or 'https'.");
        }
        if (!isPort(port)) {
            throw new UserException("'port' is '" + port
                    + "': give the number of a port, or the name that the container's 'ports' give it.");
        }
        if (Arrays.stream(status.split(",", -1)).anyMatch(range -> !isRange(range.strip()))) {
            throw new UserException("'status' is '" + status
                    + "': give status codes from 100 to 599 and ranges, such as '200-399' or '200,204'.");
        }
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new UserException("'attempts' is " + attempts + ": it must be from 1 to " + MAX_ATTEMPTS + ".");
        }
        String name = "GET " + path;
        CanaryCheck.atMostADay(interval, "interval", name);
        CanaryCheck.atMostADay(timeout, "timeout", name);
    }

    /**
     * The path becomes part of a request to the API server itself, which is sent with the credentials of the cluster: it
     * must not lead out of the pod's part of it, however it is encoded.
     */
    private static void checkPath(String path) {
        if (!path.startsWith("/")) {
            throw new UserException("'path' is '" + path + "': write it from the root, such as '/ping'.");
        }
        URI uri;
        try {
            uri = new URI("http://pod" + path);
        } catch (URISyntaxException e) {
            throw new UserException(
                    "'path' is '" + path + "': it must be written as in a URL (" + e.getReason() + ").", e);
        }
        String decoded = uri.getPath();
        boolean leads = List.of(decoded.split("[/\\\\]", -1)).stream()
                .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
        if (leads || uri.getRawFragment() != null || decoded.chars().anyMatch(Character::isISOControl)) {
            throw new UserException(
                    "'path' is '" + path + "': it must have no '.' or '..' between slashes, and no fragment.");
        }
    }

    private static boolean isPort(String port) {
        if (port.isEmpty() || port.matches("[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?") && !port.matches("[0-9]+")) {
            return true;
        }
        return port.matches("[0-9]{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65535;
    }

    private static boolean isRange(String range) {
        if (!range.matches("[1-5][0-9][0-9](-[1-5][0-9][0-9])?")) {
            return false;
        }
        return first(range) <= last(range);
    }

    private static int first(String range) {
        return Integer.parseInt(range.substring(0, 3));
    }

    private static int last(String range) {
        return Integer.parseInt(range.substring(range.length() - 3));
    }

    boolean expects(int code) {
        return Arrays.stream(status.split(","))
                .map(String::strip)
                .anyMatch(range -> first(range) <= code && code <= last(range));
    }

    @Override
    public String name() {
        return "GET " + path + (port.isEmpty() ? "" : " at port " + port) + (scheme.equals("https") ? " by https" : "");
    }
}

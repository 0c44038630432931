package io.jenkins.plugins.safedeployments.engine.model;

import java.util.regex.Pattern;

/**
 * What one release at a time may hold.
 *
 * @param cluster the name under which Jenkins knows the cluster; for people, not part of any object's name
 * @param namespace a DNS label
 * @param app the application, a DNS label of at most 40 characters
 */
public record Target(String cluster, String namespace, String app) {

    // The longest name made of it is that of a release's Secret: "safe-deployments-<app>-v<number>". What bounds it is
    // that pod names and label values, made of "<app>-canary" and two hashes, may have 63 characters.
    private static final int MAX_APP_LENGTH = 40;

    private static final int MAX_LABEL_LENGTH = 63;
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

    public Target {
        check("app", app, MAX_APP_LENGTH);
        check("namespace", namespace, MAX_LABEL_LENGTH);
    }

    private static void check(String parameter, String value, int max) {
        if (value == null || value.isBlank()) {
            throw new UserException("'" + parameter + "' is missing: name the "
                    + (parameter.equals("app") ? "application" : parameter) + ".");
        }
        if (value.length() > max || !DNS_LABEL.matcher(value).matches()) {
            throw new UserException(
                    "'" + parameter + "' is '" + shortened(value) + "': it must be a DNS label of at most " + max
                            + " characters (small letters, digits and '-', with a letter or digit at both ends).");
        }
    }

    private static String shortened(String value) {
        return value.length() <= 80 ? value : value.substring(0, 77) + "...";
    }

    public String deployment(Track track) {
        return track.deploymentOf(app);
    }

    /** {@code addressbook in shop on production}. */
    @Override
    public String toString() {
        return app + " in " + namespace + (cluster.isEmpty() ? "" : " on " + cluster);
    }
}

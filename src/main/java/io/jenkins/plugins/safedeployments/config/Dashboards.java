package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Links to what else is known of the applications of a cluster, such as their graphs: each a line {@code Title=URL}, whose
 * placeholders stand for the target that is looked at.
 */
public final class Dashboards {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern SCHEME = Pattern.compile("https?://.+", Pattern.CASE_INSENSITIVE);

    private Dashboards() {}

    /** One of them, for one target. */
    public record Dashboard(String title, String url) {

        @NonNull
        public String getTitle() {
            return title;
        }

        @NonNull
        public String getUrl() {
            return url;
        }
    }

    /** Those of the target's cluster; none if that is not configured any more. */
    @NonNull
    public static List<Dashboard> of(Target target) {
        try {
            return parse(
                    SafeDeploymentsConfiguration.get().cluster(target.cluster()).getDashboards(), target);
        } catch (UserException e) {
            return List.of();
        }
    }

    /** @throws UserException if a line can't be understood */
    static void check(String lines) {
        parse(lines, new Target("cluster", "namespace", "app"));
    }

    private static List<Dashboard> parse(String lines, Target target) {
        return lines.lines()
                .filter(line -> !line.isBlank())
                .map(line -> parseLine(line.trim(), target))
                .toList();
    }

    private static Dashboard parseLine(String line, Target target) {
        int equals = line.indexOf('=');
        String url = line.substring(equals + 1).trim();
        if (equals < 1 || !SCHEME.matcher(url).matches()) {
            throw new UserException("'dashboards' has '" + line
                    + "': write each as 'Title=URL', where the URL begins with https:// or http://.");
        }
        return new Dashboard(line.substring(0, equals).trim(), filled(url, target));
    }

    private static String filled(String url, Target target) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "app", target.app(),
                "namespace", target.namespace(),
                "cluster", target.cluster(),
                "canary", target.deployment(Track.CANARY),
                "stable", target.deployment(Track.STABLE)));
        return PLACEHOLDER.matcher(url).replaceAll(found -> {
            String value = values.get(found.group(1));
            if (value == null) {
                throw new UserException("'dashboards' has '" + found.group() + "': what can be filled in is ${"
                        + String.join("}, ${", values.keySet()) + "}.");
            }
            return Matcher.quoteReplacement(
                    URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
        });
    }
}

package io.jenkins.plugins.safedeployments.engine.cluster;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads a kubeconfig file for what it says of the current context, and nothing else. Our own reader, because the client
 * library's would run the programs and open the files that a kubeconfig can name: on a controller that is how whoever
 * may store a credential would run commands and read files. Messages never repeat any of the file's content but names.
 */
public final class Kubeconfig {

    private static final int MAX_SIZE = 1024 * 1024;
    private static final int MAX_DEPTH = 30;

    private Kubeconfig() {}

    /** @throws UserException if it is no kubeconfig, or one that asks for what is not allowed */
    @NonNull
    public static ClusterAccess read(String text) {
        KubeObject config = parse(text);
        String name = config.string("current-context");
        if (name.isEmpty()) {
            throw new UserException(
                    "The kubeconfig has no 'current-context': set it, so that it is clear which cluster is"
                            + " meant.");
        }
        KubeObject context = named(config, "contexts", name, "context");
        KubeObject cluster = named(config, "clusters", context.string("cluster"), "cluster");
        KubeObject user = named(config, "users", context.string("user"), "user");
        refuse(user, "exec", "runs a program");
        refuse(user, "auth-provider", "needs a program");
        refuse(user, "as", "impersonates another user");
        refuse(user, "as-groups", "impersonates groups");
        refuse(user, "as-uid", "impersonates another user");
        refuse(user, "as-user-extra", "impersonates another user");
        refuse(user, "username", "uses basic authentication, which Kubernetes has removed");
        refuse(user, "tokenFile", "names a file");
        refuse(user, "client-certificate", "names a file");
        refuse(user, "client-key", "names a file");
        refuse(cluster, "certificate-authority", "names a file");
        refuse(cluster, "proxy-url", "names a proxy");
        return new ClusterAccess(
                text(cluster, "server"),
                decoded(cluster, "certificate-authority-data"),
                text(user, "token"),
                decoded(user, "client-certificate-data"),
                decoded(user, "client-key-data"),
                Boolean.TRUE.equals(cluster.get("insecure-skip-tls-verify")));
    }

    private static KubeObject parse(String text) {
        if (text.isBlank()) {
            throw new UserException("The kubeconfig is empty.");
        }
        if (text.length() > MAX_SIZE) {
            throw new UserException("The kubeconfig has more than 1 MiB.");
        }
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0); // what they can expand to, and that they can contain themselves
        try {
            if (new Yaml(new SafeConstructor(options)).load(text) instanceof Map<?, ?> map) {
                @SuppressWarnings("unchecked")
                Map<String, ?> tree = (Map<String, ?>) map;
                return KubeObject.of(tree);
            }
        } catch (YAMLException e) {
            // not as the cause either: its message quotes the file
            throw new UserException("The kubeconfig is not readable as YAML, or uses aliases, which are not allowed.");
        }
        throw new UserException("The kubeconfig is not a kubeconfig: it has no contexts.");
    }

    private static KubeObject named(KubeObject config, String list, String name, String field) {
        List<KubeObject> found = config.list(list).stream()
                .filter(entry -> entry.string("name").equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new UserException("The kubeconfig has no entry '" + name + "' in '" + list
                    + "', which its current context" + " needs.");
        }
        return KubeObject.of(found.get(0).map(field));
    }

    private static void refuse(KubeObject entry, String field, String because) {
        if (entry.get(field) != null) {
            throw new UserException("The kubeconfig has '" + field + "', which " + because
                    + ": that is not done on a Jenkins controller. Use a service account's token, or a client certificate as"
                    + " data.");
        }
    }

    /** What YAML takes for a number or a date does not come back as it was written. */
    private static String text(KubeObject entry, String field) {
        Object value = entry.get(field);
        if (value != null && !(value instanceof String)) {
            throw new UserException("The kubeconfig's '" + field + "' is not text: put it in quotes.");
        }
        return entry.string(field);
    }

    private static String decoded(KubeObject entry, String field) {
        String value = text(entry, field);
        try {
            return new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UserException("The kubeconfig's '" + field + "' is not Base64.");
        }
    }
}

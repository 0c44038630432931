package io.jenkins.plugins.safedeployments.config;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.cluster.Kubeconfig;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.kubernetes.credentials.FileSystemServiceAccountCredential;
import org.jenkinsci.plugins.kubernetes.credentials.TokenProducer;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** From the id of credentials to what a cluster lets in: kubeconfig files, tokens and client certificates. */
public final class ClusterCredentials {

    private static final int MAX_KUBECONFIG = 1024 * 1024;

    /** All that can be used; never the service account that the controller itself may be running as. */
    private static final CredentialsMatcher USABLE = CredentialsMatchers.allOf(
            CredentialsMatchers.anyOf(
                    CredentialsMatchers.instanceOf(FileCredentials.class),
                    CredentialsMatchers.instanceOf(StringCredentials.class),
                    CredentialsMatchers.instanceOf(StandardCertificateCredentials.class),
                    CredentialsMatchers.instanceOf(TokenProducer.class)),
            CredentialsMatchers.not(CredentialsMatchers.instanceOf(FileSystemServiceAccountCredential.class)));

    private ClusterCredentials() {}

    /**
     * How a run gets into a cluster. The use of the credentials is recorded.
     *
     * @param credentialsId those to use instead of the cluster's own; empty for these
     * @throws UserException if there are no such credentials for this run, or they are of no use
     */
    @NonNull
    public static ClusterAccess access(ClusterConfiguration cluster, String credentialsId, Run<?, ?> run) {
        String id = credentialsId.isEmpty() ? cluster.getCredentialsId() : credentialsId;
        StandardCredentials credentials =
                CredentialsProvider.findCredentialById(id, StandardCredentials.class, run, Collections.emptyList());
        ClusterAccess access = access(cluster, id, credentials);
        CredentialsProvider.track(run, credentials);
        return access;
    }

    /**
     * The same when the run is gone: what is in reach of its job or, if that is gone as well, of the folder that it was in.
     *
     * @param job full name of the job
     */
    @NonNull
    public static ClusterAccess access(ClusterConfiguration cluster, String credentialsId, String job) {
        String id = credentialsId.isEmpty() ? cluster.getCredentialsId() : credentialsId;
        List<StandardCredentials> all = CredentialsMatchers.filter(
                inReach(job), CredentialsMatchers.not(CredentialsMatchers.withScope(CredentialsScope.SYSTEM)));
        return access(cluster, id, CredentialsMatchers.firstOrNull(all, CredentialsMatchers.withId(id)));
    }

    private static List<StandardCredentials> inReach(String job) {
        Jenkins jenkins = Jenkins.get();
        Item item = jenkins.getItemByFullName(job);
        if (item != null) {
            return CredentialsProvider.lookupCredentialsInItem(
                    StandardCredentials.class, item, ACL.SYSTEM2, Collections.emptyList());
        }
        ItemGroup<?> folder = null;
        for (int end = job.lastIndexOf('/'); folder == null && end > 0; end = job.lastIndexOf('/', end - 1)) {
            folder = jenkins.getItemByFullName(job.substring(0, end)) instanceof ItemGroup<?> group ? group : null;
        }
        return CredentialsProvider.lookupCredentialsInItemGroup(
                StandardCredentials.class, folder == null ? jenkins : folder, ACL.SYSTEM2, Collections.emptyList());
    }

    /** The same for an administrator's test of the global configuration. */
    @NonNull
    static ClusterAccess access(ClusterConfiguration cluster, String credentialsId) {
        List<StandardCredentials> all = CredentialsProvider.lookupCredentialsInItemGroup(
                StandardCredentials.class, Jenkins.get(), ACL.SYSTEM2, Collections.emptyList());
        return access(
                cluster,
                credentialsId,
                CredentialsMatchers.firstOrNull(all, CredentialsMatchers.withId(credentialsId)));
    }

    private static ClusterAccess access(
            ClusterConfiguration cluster, String id, @CheckForNull StandardCredentials credentials) {
        if (id.isEmpty()) {
            throw new UserException("The cluster '" + cluster.getName()
                    + "' has no credentials: name some in its configuration, or with 'credentialsId'.");
        }
        // the same words whether there are none of that id, or they are out of this job's reach
        if (credentials == null || !USABLE.matches(credentials)) {
            throw new UserException(
                    "'credentialsId' is '" + id + "', but this job can use no kubeconfig file, token or client"
                            + " certificate of that id: check the id, its folder, and that its scope is Global.");
        }
        try {
            return convert(cluster, credentials);
        } catch (IOException | GeneralSecurityException e) {
            // not as the cause: nobody knows what its message quotes
            throw new UserException("The credentials '" + id + "' cannot be read ("
                    + e.getClass().getSimpleName() + ").");
        }
    }

    private static ClusterAccess convert(ClusterConfiguration cluster, StandardCredentials credentials)
            throws IOException, GeneralSecurityException {
        if (credentials instanceof FileCredentials file) {
            try (InputStream content = file.getContent()) {
                String text = new String(content.readNBytes(MAX_KUBECONFIG + 1), StandardCharsets.UTF_8);
                return Kubeconfig.read(text);
            }
        }
        if (cluster.getUrl().isEmpty()) {
            throw new UserException(
                    "The cluster '" + cluster.getName() + "' has no URL: only a kubeconfig file does without one.");
        }
        if (credentials instanceof StandardCertificateCredentials certificate) {
            return withCertificate(cluster, certificate);
        }
        String token = credentials instanceof StringCredentials text
                ? Secret.toString(text.getSecret())
                : ((TokenProducer) credentials)
                        .getToken(cluster.getUrl(), cluster.getCaCertificate(), cluster.isSkipTlsVerify());
        return new ClusterAccess(
                cluster.getUrl(), cluster.getCaCertificate(), token.strip(), "", "", cluster.isSkipTlsVerify());
    }

    private static ClusterAccess withCertificate(
            ClusterConfiguration cluster, StandardCertificateCredentials credentials) throws GeneralSecurityException {
        KeyStore store = credentials.getKeyStore();
        char[] password = Secret.toString(credentials.getPassword()).toCharArray();
        for (String alias : Collections.list(store.aliases())) {
            if (!store.isKeyEntry(alias)) {
                continue;
            }
            Key key = store.getKey(alias, password);
            StringBuilder chain = new StringBuilder();
            for (Certificate certificate : store.getCertificateChain(alias)) {
                chain.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return new ClusterAccess(
                    cluster.getUrl(),
                    cluster.getCaCertificate(),
                    "",
                    chain.toString(),
                    pem("PRIVATE KEY", key.getEncoded()),
                    cluster.isSkipTlsVerify());
        }
        throw new UserException("The certificate credentials '" + credentials.getId() + "' hold no private key.");
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + type + "-----\n";
    }

    /** The usable credentials in a form, for those who may see them; for others just what is set. */
    @NonNull
    public static ListBoxModel listFor(@CheckForNull Item item, String current) {
        StandardListBoxModel result = new StandardListBoxModel();
        if (item == null
                ? !Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : !item.hasPermission(Item.EXTENDED_READ) && !item.hasPermission(CredentialsProvider.USE_ITEM)) {
            return result.includeCurrentValue(current);
        }
        result.includeEmptyValue();
        if (item == null) {
            result.includeMatchingAs(
                    ACL.SYSTEM2, Jenkins.get(), StandardCredentials.class, Collections.emptyList(), USABLE);
        } else {
            result.includeMatchingAs(ACL.SYSTEM2, item, StandardCredentials.class, Collections.emptyList(), USABLE);
        }
        return result.includeCurrentValue(current);
    }
}

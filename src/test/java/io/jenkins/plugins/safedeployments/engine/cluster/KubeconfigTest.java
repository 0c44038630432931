package io.jenkins.plugins.safedeployments.engine.cluster;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** Row 92 of the catalogue of bad inputs, and what a kubeconfig could do to a controller that ran it. */
public class KubeconfigTest {

    private static final String SECRET = "s3cr3t";
    private static final String CA = base64(ClusterAccessTest.CERTIFICATE);

    private static final String GOOD = """
            apiVersion: v1
            kind: Config
            current-context: prod
            contexts:
            - name: other
              context: {cluster: nowhere, user: nobody}
            - name: prod
              context: {cluster: the-cluster, user: the-user, namespace: shop}
            clusters:
            - name: the-cluster
              cluster:
                server: https://kubernetes.example.com:6443
                certificate-authority-data: %s
            users:
            - name: the-user
              user:
                token: s3cr3t
            """.formatted(CA);

    /** Nothing may take long, whatever it would expand to. */
    @Rule
    public Timeout timeout = Timeout.seconds(10);

    @Test
    public void read_token_isThatOfTheCurrentContext() {
        ClusterAccess access = Kubeconfig.read(GOOD);

        assertThat(access.url(), is("https://kubernetes.example.com:6443"));
        assertThat(access.token(), is(SECRET));
        assertThat(access.caCertificate(), is(ClusterAccessTest.CERTIFICATE));
        assertThat(access.clientCertificate(), is(""));
        assertThat(access.skipTlsVerify(), is(false));
    }

    @Test
    public void read_json_isAKubeconfig() {
        String json = "{\"current-context\": \"a\", \"contexts\": [{\"name\": \"a\", \"context\": {\"cluster\": \"c\","
                + " \"user\": \"u\"}}], \"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": \"https://a\"}}],"
                + " \"users\": [{\"name\": \"u\", \"user\": {\"token\": \"t\"}}]}";

        assertThat(Kubeconfig.read(json).token(), is("t"));
    }

    @Test
    public void read_clientCertificate_isDecoded() {
        String key = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";

        ClusterAccess access =
                Kubeconfig.read(user("client-certificate-data: " + CA + "\n    client-key-data: " + base64(key)));

        assertThat(access.clientCertificate(), is(ClusterAccessTest.CERTIFICATE));
        assertThat(access.clientKey(), is(key));
        assertThat(access.token(), is(""));
    }

    @Test
    public void read_withoutAWordOnTls_verifies() {
        assertThat(Kubeconfig.read(cluster("x: y")).skipTlsVerify(), is(false));
        assertThat(
                Kubeconfig.read(cluster("insecure-skip-tls-verify: \"true\"")).skipTlsVerify(), is(false));
        assertThat(Kubeconfig.read(cluster("insecure-skip-tls-verify: true")).skipTlsVerify(), is(true));
    }

    @Test
    public void read_nothingInIt_isRefused() {
        assertThat(refusal(""), is("The kubeconfig is empty."));
        assertThat(refusal(" \n"), is("The kubeconfig is empty."));
        assertThat(refusal("# s3cr3t\n"), is("The kubeconfig is not a kubeconfig: it has no contexts."));
        assertThat(refusal("s3cr3t"), is("The kubeconfig is not a kubeconfig: it has no contexts."));
        assertThat(refusal("- s3cr3t"), is("The kubeconfig is not a kubeconfig: it has no contexts."));
    }

    @Test
    public void read_noCurrentContext_isRefused() {
        assertThat(
                refusal(GOOD.replace("current-context: prod\n", "")),
                is("The kubeconfig has no 'current-context': set it, so that it is clear which cluster is meant."));
    }

    @Test
    public void read_entryThatIsMissing_isNamed() {
        assertThat(
                refusal(GOOD.replace("current-context: prod", "current-context: gone")),
                is("The kubeconfig has no entry 'gone' in 'contexts', which its current context needs."));
        assertThat(
                refusal(GOOD.replace("current-context: prod", "current-context: other")),
                is("The kubeconfig has no entry 'nowhere' in 'clusters', which its current context needs."));
        assertThat(
                refusal(GOOD.replace("name: the-user", "name: another")),
                is("The kubeconfig has no entry 'the-user' in 'users', which its current context needs."));
    }

    @Test
    public void read_whatRunsAProgram_isRefused() {
        refusedUser("exec", "exec: {command: s3cr3t, args: [s3cr3t]}", "runs a program");
        refusedUser("auth-provider", "auth-provider: {name: gcp, config: {cmd-path: s3cr3t}}", "needs a program");
    }

    @Test
    public void read_whatNamesAFile_isRefused() {
        refusedUser("tokenFile", "tokenFile: /etc/s3cr3t", "names a file");
        refusedUser("client-certificate", "client-certificate: /etc/s3cr3t", "names a file");
        refusedUser("client-key", "client-key: /etc/s3cr3t", "names a file");
        assertThat(
                refusal(cluster("certificate-authority: /etc/s3cr3t")),
                containsString("The kubeconfig has 'certificate-authority', which names a file"));
    }

    @Test
    public void read_whatActsAsSomebodyElse_isRefused() {
        refusedUser("as", "as: s3cr3t", "impersonates another user");
        refusedUser("as-groups", "as-groups: [s3cr3t]", "impersonates groups");
        refusedUser("as-uid", "as-uid: s3cr3t", "impersonates another user");
        refusedUser("as-user-extra", "as-user-extra: {a: [s3cr3t]}", "impersonates another user");
        refusedUser("username", "username: a\n    password: s3cr3t", "uses basic authentication");
    }

    @Test
    public void read_proxy_isRefused() {
        assertThat(
                refusal(cluster("proxy-url: http://u:s3cr3t@proxy")),
                containsString("The kubeconfig has 'proxy-url', which names a proxy"));
    }

    @Test
    public void read_dataThatIsNoCertificate_isRefused() {
        assertThat(
                refusal(GOOD.replace(CA, "s3cr3t!!")),
                containsString("The cluster's CA certificate is not in PEM form"));
        assertThat(refusal(GOOD.replace(CA, "A")), is("The kubeconfig's 'certificate-authority-data' is not Base64."));
        assertThat(
                refusal(GOOD.replace(CA, base64("0\u0082s3cr3t"))),
                containsString("The cluster's CA certificate is not in PEM form"));
        assertThat(
                refusal(GOOD.replace(CA, base64("-----BEGIN CERTIFICATE-----\ns3cr3t\n-----END CERTIFICATE-----"))),
                containsString("The cluster's CA certificate is damaged"));
    }

    @Test
    public void read_server_isCheckedLikeAnyOther() {
        assertThat(
                refusal(GOOD.replace("https://kubernetes", "https://u:s3cr3t@kubernetes")),
                containsString("must not contain a user or password"));
        assertThat(refusal(GOOD.replace("https://", "http://")), containsString("must begin with https://"));
        assertThat(refusal(GOOD.replace("server:", "s3cr3t:")), containsString("must begin with https://"));
    }

    @Test
    public void read_tokenThatYamlTakesForSomethingElse_isRefused() {
        for (String token :
                new String[] {"0123", "1e10", "2026-01-02", "12:30:45", "yes", "[s3cr3t]", "!!binary aGk="}) {
            assertThat(
                    token,
                    refusal(GOOD.replace("token: s3cr3t", "token: " + token)),
                    is("The kubeconfig's 'token' is not text: put it in quotes."));
        }
    }

    @Test
    public void read_yamlThatIsBroken_isRefusedWithoutBeingRepeated() {
        String unreadable = "The kubeconfig is not readable as YAML, or uses aliases, which are not allowed.";

        assertThat(refusal(GOOD + "  s3cr3t: ["), is(unreadable));
        assertThat(refusal(GOOD + "users: s3cr3t\n"), is(unreadable));
        assertThat(refusal("a: !!javax.script.ScriptEngineManager [s3cr3t]"), is(unreadable));
        assertThat(refusal("s3cr3t\0"), is(unreadable));
        assertThat(refusal(GOOD + "---\n" + GOOD), is(unreadable));
    }

    @Test
    public void read_yamlThatExpands_isRefused() {
        String unreadable = "The kubeconfig is not readable as YAML, or uses aliases, which are not allowed.";
        StringBuilder bomb = new StringBuilder("a0: &a0 [s3cr3t]\n");
        for (int i = 1; i < 25; i++) {
            bomb.append("a%1$d: &a%1$d [*a%2$d, *a%2$d]\n".formatted(i, i - 1));
        }

        assertThat(refusal(bomb.toString()), is(unreadable));
        assertThat(refusal("a: &a\n  s3cr3t: *a\n"), is(unreadable));
        assertThat(refusal("s3cr3t: " + "[".repeat(5000) + "]".repeat(5000)), is(unreadable));
        assertThat(refusal(GOOD + "#".repeat(1 << 20)), is("The kubeconfig has more than 1 MiB."));
    }

    private static void refusedUser(String field, String yaml, String because) {
        assertThat(refusal(user(yaml)), containsString("The kubeconfig has '" + field + "', which " + because));
    }

    private static String user(String yaml) {
        return GOOD.replace("token: s3cr3t", yaml);
    }

    private static String cluster(String yaml) {
        return GOOD.replace("certificate-authority-data: " + CA, yaml);
    }

    /** The message; whatever it is about, it must give nothing away, not even by its cause. */
    private static String refusal(String text) {
        UserException refusal = assertThrows(UserException.class, () -> Kubeconfig.read(text));
        assertThat(refusal.getMessage(), not(containsString(SECRET)));
        assertThat(refusal.getMessage(), not(containsString(base64(SECRET).replace("=", ""))));
        assertThat(refusal.getCause(), is(nullValue()));
        return refusal.getMessage();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}

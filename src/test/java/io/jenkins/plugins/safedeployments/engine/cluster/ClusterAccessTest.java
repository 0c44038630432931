package io.jenkins.plugins.safedeployments.engine.cluster;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** Rows 93 and 94 of the catalogue of bad inputs. */
public class ClusterAccessTest {

    /** Of nobody; its key was thrown away. */
    static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBdDCCARugAwIBAgIUURgoJ1EA/S0PFDIZBkFU9m/8cHcwCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwMDIxMDJaGA8yMTI2MTAyOTAwMjEw
            MlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF3f
            pQ3Wcv5NUbrlgNjwEUzg+9qg7zYv787mUDIoz/f/kITEZofQIKuwzM/gkv/uGZB1
            r0eGFkfpOjy+hTmfdlCjUzBRMB0GA1UdDgQWBBTy1G8b1BS+NDbZJfYVDdDkCj/4
            YzAfBgNVHSMEGDAWgBTy1G8b1BS+NDbZJfYVDdDkCj/4YzAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0cAMEQCIBTasPnxJB6aS2POkWNt1J07rskI5RLH7l6A
            Y2msX0GPAiASyy9ZRouy3aQXckWwos5Bk3D3u0Ye7TNSrVt32RDpfg==
            -----END CERTIFICATE-----
            """;

    private static final String KEY = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
    private static final String SECRET = "s3cr3t";

    @Rule
    public Timeout timeout = Timeout.seconds(10);

    @Test
    public void newAccess_goodUrls_areTakenWithoutSlashesAtTheEnd() {
        for (String url : new String[] {
            "https://kubernetes.example.com:6443", "https://rancher.example.com/k8s/clusters/c-1", "https://[::1]:6443"
        }) {
            assertThat(at(url + "//").url(), is(url));
            assertThat(at(" " + url + "\n").url(), is(url));
        }
    }

    @Test
    public void newAccess_badUrls_areRefusedWithoutBeingRepeated() {
        Map<String, String> problems = new LinkedHashMap<>();
        problems.put("http://s3cr3t.example.com", "must begin with https://");
        problems.put("file:///etc/s3cr3t", "must begin with https://");
        problems.put("s3cr3t.example.com:6443", "must begin with https://");
        problems.put("", "must begin with https://");
        problems.put("https://u:s3cr3t@example.com", "must not contain a user or password");
        problems.put("https://s3cr3t@example.com", "must not contain a user or password");
        problems.put("https:///s3cr3t", "has no host");
        problems.put("https://example.com/?token=s3cr3t", "must end with the path");
        problems.put("https://example.com/#s3cr3t", "must end with the path");
        problems.put("https://example.com/ s3cr3t", "is no URL");
        problems.put("https://[s3cr3t", "is no URL");
        problems.put("https://example.com/" + "/".repeat(1_000_000) + SECRET, "has more than 2000 characters");

        problems.forEach((url, problem) -> {
            UserException refusal = assertThrows(url, UserException.class, () -> at(url));

            assertThat(
                    refusal.getMessage(),
                    is("The URL of the cluster's API server " + problem
                            + (problem.endsWith("password") ? ": use credentials" : "")
                            + "; write it like https://kubernetes.example.com:6443."));
        });
    }

    @Test
    public void newAccess_chainOfCertificates_isTaken() {
        String chain = "# the root\n" + CERTIFICATE + "\n# and another\n" + CERTIFICATE.replace("\n", "\r\n");

        ClusterAccess access = new ClusterAccess("https://a", chain, "", CERTIFICATE, KEY, false);

        assertThat(access.caCertificate(), is(chain));
    }

    @Test
    public void newAccess_certificatesThatAreNone_areRefusedWithoutBeingRepeated() {
        refusedCertificate(
                SECRET, "The cluster's CA certificate is not in PEM form (-----BEGIN ... CERTIFICATE-----).");
        refusedCertificate("0\u0082\u0001" + SECRET, "The cluster's CA certificate is not in PEM form");
        refusedCertificate(KEY + SECRET, "The cluster's CA certificate is not in PEM form");
        refusedCertificate(
                "-----BEGIN CERTIFICATE-----\n" + SECRET + "\n-----END CERTIFICATE-----\n",
                "The cluster's CA certificate is damaged");
        refusedCertificate("-----BEGIN CERTIFICATE-----\n" + SECRET, "The cluster's CA certificate is damaged");
        refusedCertificate(CERTIFICATE.substring(0, 300) + SECRET, "The cluster's CA certificate is damaged");
        refusedCertificate(CERTIFICATE + "\n".repeat(1_000_000), "The cluster's CA certificate has more than 512 KiB");
    }

    @Test
    public void newAccess_clientCertificateOrKeyThatIsNone_isRefused() {
        UserException certificate =
                assertThrows(UserException.class, () -> new ClusterAccess("https://a", "", "", SECRET, KEY, false));
        UserException key = assertThrows(
                UserException.class, () -> new ClusterAccess("https://a", "", "", CERTIFICATE, SECRET, false));

        assertThat(
                certificate.getMessage(),
                is("The client certificate is not in PEM form (-----BEGIN ... CERTIFICATE-----)."));
        assertThat(key.getMessage(), is("The client key is not in PEM form (-----BEGIN ... PRIVATE KEY-----)."));
    }

    @Test
    public void toString_anything_hasNoSecret() {
        ClusterAccess access = new ClusterAccess("https://a", CERTIFICATE, SECRET, CERTIFICATE, KEY, true);

        assertThat(access.toString(), is("https://a"));
    }

    private static ClusterAccess at(String url) {
        return new ClusterAccess(url, "", "", "", "", false);
    }

    private static void refusedCertificate(String pem, String message) {
        UserException refusal =
                assertThrows(UserException.class, () -> new ClusterAccess("https://a", pem, "", "", "", false));

        assertThat(refusal.getMessage(), containsString(message));
        assertThat(refusal.getMessage(), not(containsString(SECRET)));
    }
}

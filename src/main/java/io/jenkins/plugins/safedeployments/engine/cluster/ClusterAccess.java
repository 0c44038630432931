package io.jenkins.plugins.safedeployments.engine.cluster;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/**
 * Where a cluster's API is and how to be let in. Holds secrets in clear: made right before use, never kept on disk.
 *
 * @param url of the API server, {@code https}
 * @param caCertificate PEM certificates that its own must be signed by; empty for the JVM's
 * @param token bearer token, or empty
 * @param clientCertificate PEM, or empty
 * @param clientKey PEM, or empty
 * @param skipTlsVerify do not check the server's certificate
 */
public record ClusterAccess(
        String url,
        String caCertificate,
        String token,
        String clientCertificate,
        String clientKey,
        boolean skipTlsVerify) {

    private static final int MAX_URL = 2000;
    private static final int MAX_PEM = 512 * 1024;

    public ClusterAccess {
        url = checkedUrl(url);
        checkPem("The cluster's CA certificate", caCertificate, "CERTIFICATE");
        checkPem("The client certificate", clientCertificate, "CERTIFICATE");
        checkPem("The client key", clientKey, "PRIVATE KEY");
    }

    @NonNull
    private static String checkedUrl(String url) {
        String problem = null;
        try {
            URI uri = new URI(url.strip());
            if (url.length() > MAX_URL) {
                problem = "has more than " + MAX_URL + " characters";
            } else if (!"https".equalsIgnoreCase(uri.getScheme())) {
                problem = "must begin with https://";
            } else if (uri.getHost() == null) {
                problem = "has no host";
            } else if (uri.getUserInfo() != null) {
                problem = "must not contain a user or password: use credentials";
            } else if (uri.getQuery() != null || uri.getFragment() != null) {
                problem = "must end with the path";
            }
        } catch (URISyntaxException e) {
            problem = "is no URL";
        }
        if (problem != null) {
            // the URL itself is not repeated: it may contain a password
            throw new UserException("The URL of the cluster's API server " + problem
                    + "; write it like https://kubernetes.example.com:6443.");
        }
        return url.strip().replaceFirst("/+$", "");
    }

    private static void checkPem(String what, String pem, String type) {
        if (!pem.isBlank() && !(pem.contains("-----BEGIN ") && pem.contains(type + "-----"))) {
            throw new UserException(what + " is not in PEM form (-----BEGIN ... " + type + "-----).");
        }
        if (pem.length() > MAX_PEM) {
            throw new UserException(what + " has more than " + MAX_PEM / 1024 + " KiB.");
        }
        if (type.equals("CERTIFICATE") && !pem.isBlank()) {
            try (InputStream bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))) {
                if (CertificateFactory.getInstance("X.509")
                        .generateCertificates(bytes)
                        .isEmpty()) {
                    throw new CertificateException("there is none");
                }
            } catch (CertificateException | IOException e) {
                // not as the cause: its message may quote the input
                throw new UserException(what + " is damaged: what is between BEGIN and END is no certificate.");
            }
        }
    }

    /** Nothing secret. */
    @Override
    public String toString() {
        return url;
    }
}

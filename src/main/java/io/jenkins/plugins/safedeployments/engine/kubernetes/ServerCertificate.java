package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Looks at the certificate of a server that was not trusted, to say what is wrong with it. It trusts nothing itself. */
final class ServerCertificate {

    private static final int MILLIS = 5_000;
    private static final int MAX_NAME = 300;

    private ServerCertificate() {}

    /** {@code its certificate is of CN=..., issued by CN=..., valid until ...}, or an empty string. */
    @NonNull
    static String describe(String url) {
        AtomicReference<X509Certificate> seen = new AtomicReference<>();
        URI uri = URI.create(url);
        int port = uri.getPort() < 0 ? 443 : uri.getPort();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(uri.getHost(), port), MILLIS);
            plain.setSoTimeout(MILLIS);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Onlooker(seen)}, null);
            try (Socket tls = context.getSocketFactory().createSocket(plain, uri.getHost(), port, false)) {
                tls.getInputStream().read(); // begins with the handshake
            }
        } catch (IOException | GeneralSecurityException e) {
            // always, since it is not trusted
        }
        X509Certificate certificate = seen.get();
        return certificate == null
                ? ""
                : "its certificate is of "
                        + name(certificate.getSubjectX500Principal().getName()) + ", issued by "
                        + name(certificate.getIssuerX500Principal().getName()) + ", valid from "
                        + certificate.getNotBefore().toInstant() + " until "
                        + certificate.getNotAfter().toInstant();
    }

    private static String name(String name) {
        String cut = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) + "..." : name;
        return Rest.inert(cut);
    }

    /** Remembers the server's certificate, and refuses it. */
    private record Onlooker(AtomicReference<X509Certificate> seen) implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no client is expected");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            seen.set(chain[0]);
            throw new CertificateException("only looked at");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

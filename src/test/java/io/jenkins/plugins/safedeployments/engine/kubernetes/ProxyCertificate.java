package io.jenkins.plugins.safedeployments.engine.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate for {@link FaultProxy} and the one that signed it, made with the JDK's keytool.
 *
 * @param context with its key
 * @param pem the certificate of its issuer
 */
public record ProxyCertificate(SSLContext context, String pem) {

    private static final char[] PASSWORD = "not-a-secret".toCharArray();
    private static ProxyCertificate good;

    /** One that nothing is wrong with; the same for all. */
    public static synchronized ProxyCertificate good() throws IOException {
        if (good == null) {
            good = make("127.0.0.1", "ip:127.0.0.1", "-validity", "2");
        }
        return good;
    }

    /** One that was good until yesterday. */
    public static ProxyCertificate expired() throws IOException {
        return make("expired.test", "ip:127.0.0.1", "-startdate", "-10d", "-validity", "9");
    }

    /** One of another host. */
    public static ProxyCertificate ofAnotherHost() throws IOException {
        return make("elsewhere.test", "dns:elsewhere.test", "-validity", "2");
    }

    private static ProxyCertificate make(String name, String alternative, String... more) throws IOException {
        Path directory = Files.createTempDirectory("fault-proxy");
        Path file = directory.resolve("keys.p12");
        try {
            generate(file, "issuer", "CN=issuer.test", "-ext", "bc:c", "-validity", "2");
            List<String> options = new ArrayList<>(List.of("-signer", "issuer", "-ext", "san=" + alternative));
            options.addAll(List.of(more));
            generate(file, "proxy", "CN=" + name, options.toArray(new String[0]));
            return read(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static void generate(Path file, String alias, String name, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                name));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        keytool.getOutputStream().close();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + said);
        }
    }

    private static ProxyCertificate read(Path file) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(keys.getCertificate("issuer").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        keys.deleteEntry("issuer"); // so that there is one key only to choose from
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return new ProxyCertificate(context, pem);
    }
}

package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class MaskingTest {

    private static final String KEY =
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n";
    private static final KubeObject SECRET = KubeObject.of(Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Secret",
            "metadata",
            Map.of("name", "database"),
            "data",
            Map.of("password", base64("correct horse"), "name", base64("addressbook"), "pem", base64(KEY))));

    private final Masking masking = Masking.of(List.of(SECRET), List.of("addressbook-canary"));

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    public void secret_showsKeysAndLengthsOnly() {
        KubeObject masked = masking.object(SECRET);

        assertThat(masked.string("data", "password"), is("**** (13 bytes)"));
        assertThat(masked.string("data", "name"), is("**** (11 bytes)"));
    }

    @Test
    public void text_valuesOfSecrets_areMaskedWhereverTheyTurnUp() {
        assertThat(masking.text("login as correct horse failed"), is("login as **** failed"));
        assertThat(masking.text("raw: " + base64("correct horse")), is("raw: ****"));
        assertThat(masking.text("  MIIEvQIBADANBgkqhkiG9w0BAQ\n"), is("  ****\n"));
    }

    @Test
    public void text_nameThatSomebodyMadeASecretOf_staysReadable() {
        assertThat(masking.text("pod addressbook-canary-1"), is("pod addressbook-canary-1"));
    }

    @Test
    public void text_passwordsInAddressesAndBearerTokens_areMasked() {
        assertThat(masking.text("postgres://app:pa55@db:5432/x"), is("postgres://app:****@db:5432/x"));
        assertThat(masking.text("Authorization: Bearer abcdefghijklmnop.qrs"), is("Authorization: Bearer ****"));
        assertThat(masking.text("http://db:5432/a@b"), is("http://db:5432/a@b"));
    }

    @Test
    public void object_settingsWhoseNameIsSecret_areMasked() {
        KubeObject pod = KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of(
                        "name", "shop",
                        "managedFields", List.of(Map.of("manager", "kubectl")),
                        "annotations",
                                Map.of(
                                        "kubectl.kubernetes.io/last-applied-configuration", "{\"v\":\"hidden\"}",
                                        "team", "shop",
                                        "api-token", "hidden")),
                "spec",
                Map.of(
                        "containers",
                        List.of(Map.of(
                                "env",
                                        List.of(
                                                Map.of("name", "LEVEL", "value", "debug"),
                                                Map.of("name", "DB_PASSWORD", "value", "hidden")),
                                "args", List.of("--token", "hidden", "--level", "debug", "--key=hidden"))))));

        KubeObject masked = masking.object(pod);

        assertThat(masked.toMap().toString(), not(containsString("hidden")));
        assertThat(masked.map("metadata").containsKey("managedFields"), is(false));
        assertThat(masked.string("metadata", "annotations", "team"), is("shop"));
        KubeObject container = masked.list("spec", "containers").get(0);
        assertThat(container.get("args"), is(List.of("--token", "****", "--level", "debug", "--key=****")));
        assertThat(container.list("env").get(0).string("value"), is("debug"));
    }

    @Test
    public void object_linesOfAConfigMap_areMaskedByTheirNames() {
        KubeObject map = KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "data",
                Map.of("app.properties", "level=debug\ndb.password = hidden\n", "auth-token", "hidden")));

        KubeObject masked = masking.object(map);

        assertThat(masked.map("data").get("app.properties"), is("level=debug\ndb.password = ****\n"));
        assertThat(masked.string("data", "auth-token"), is("****"));
    }
}

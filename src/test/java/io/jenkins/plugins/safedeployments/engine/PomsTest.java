package io.jenkins.plugins.safedeployments.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * The plugin runs with the libraries that {@code pom.xml} brings; {@code engine-pom.xml} names the same ones by hand. Each
 * of the two builds holds the versions it has got against those names, so that they cannot drift apart.
 */
public class PomsTest {

    private final TreeMap<String, String> engine = properties("engine-pom.xml");
    private final TreeMap<String, String> plugin = properties("pom.xml");

    @Test
    public void versionsThatBothPomsName_areTheSame() {
        Set<String> both = new TreeSet<>(engine.keySet());
        both.retainAll(plugin.keySet());

        assertThat(both, hasItems("archunit.version", "awaitility.version"));
        for (String name : both) {
            assertThat(name, engine.get(name), is(plugin.get(name)));
        }
    }

    @Test
    public void kubernetesClientOnTheClassPath_isTheOneThatEnginePomNames() throws Exception {
        assertThat(
                version(KubernetesClient.class, "io.fabric8", "kubernetes-client-api"),
                is(engine.get("kubernetes-client.version")));
        assertThat(
                version(
                        Class.forName("io.fabric8.kubernetes.client.okhttp.OkHttpClientFactory"),
                        "io.fabric8",
                        "kubernetes-httpclient-okhttp"),
                is(engine.get("kubernetes-client.version")));
    }

    @Test
    public void okHttpOnTheClassPath_isTheOneThatEnginePomNames() throws Exception {
        Object version = Class.forName("okhttp3.OkHttp").getField("VERSION").get(null);

        assertThat(version, is(engine.get("okhttp.version")));
    }

    @Test
    public void jacksonOnTheClassPath_isTheOneThatEnginePomNames() throws Exception {
        assertThat(
                version(JsonMapper.class, "com.fasterxml.jackson.core", "jackson-databind"),
                is(engine.get("jackson.version")));
    }

    @Test
    public void snakeYamlOnTheClassPath_isTheOneThatEnginePomNames() throws Exception {
        assertThat(
                version(org.yaml.snakeyaml.Yaml.class, "org.yaml", "snakeyaml"), is(engine.get("snakeyaml.version")));
    }

    /** By what Maven put into the jar, or else by its manifest. */
    private static String version(Class<?> type, String group, String artifact) throws Exception {
        String file = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream stream = type.getResourceAsStream(file)) {
            if (stream != null) {
                Properties properties = new Properties();
                properties.load(stream);
                return properties.getProperty("version");
            }
        }
        String version = type.getPackage().getImplementationVersion();
        assertThat("the jar of " + type + " says its version", version, is(not(nullValue())));
        return version;
    }

    private static TreeMap<String, String> properties(String pom) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Element project = factory.newDocumentBuilder()
                    .parse(new java.io.ByteArrayInputStream(Files.readAllBytes(Path.of(pom))))
                    .getDocumentElement();
            NodeList entries =
                    project.getElementsByTagName("properties").item(0).getChildNodes();
            TreeMap<String, String> properties = new TreeMap<>();
            for (int i = 0; i < entries.getLength(); i++) {
                if (entries.item(i).getNodeType() == Node.ELEMENT_NODE) {
                    properties.put(
                            entries.item(i).getNodeName(),
                            entries.item(i).getTextContent().strip());
                }
            }
            return properties;
        } catch (Exception e) {
            throw new IllegalStateException(pom + " cannot be read", e);
        }
    }
}

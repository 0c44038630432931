package io.jenkins.plugins.safedeployments.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Item;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.Browsers;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.StaplerRequest2;

/** The global configuration: its form, and what those who may not change it can do with its end points. */
public class ClusterConfigurationTest {

    private static final String DESCRIPTOR = "descriptorByName/" + ClusterConfiguration.class.getName() + "/";

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @BeforeClass
    public static void configure() throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader"));
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(
                        CredentialsScope.GLOBAL, "token", "", Secret.fromString("s3cr3t-token")));
        SystemCredentialsProvider.getInstance().save();
    }

    @Test
    public void formKeepsTheClusters() throws Exception {
        ClusterConfiguration cluster = new ClusterConfiguration("production");
        cluster.setUrl("https://kubernetes.example.com:6443");
        cluster.setCredentialsId("token");
        cluster.setCaCertificate("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));

        JenkinsRule.WebClient web = Browsers.login(jenkins, "admin");
        jenkins.submit(web.goTo("configure").getFormByName("config"));

        jenkins.assertEqualDataBoundBeans(
                cluster, SafeDeploymentsConfiguration.get().cluster("production"));
    }

    /** What comes to a step at that moment must not be told that there is no such cluster. */
    @Test
    public void clustersAreThereWhileTheFormIsRead() throws Exception {
        SafeDeploymentsConfiguration configuration = SafeDeploymentsConfiguration.get();
        configuration.setClusters(List.of(new ClusterConfiguration("production")));
        List<Integer> seen = new ArrayList<>();
        StaplerRequest2 request = (StaplerRequest2) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StaplerRequest2.class}, (proxy, method, arguments) -> {
                    seen.add(configuration.getClusters().size());
                    return null;
                });

        configuration.configure(request, new JSONObject());

        assertThat(seen, contains(1));
    }

    @Test
    public void formWithoutClustersRemovesThem() throws Exception {
        SafeDeploymentsConfiguration.get().setClusters(List.of(new ClusterConfiguration("production")));

        JenkinsRule.WebClient web = Browsers.login(jenkins, "admin");
        HtmlPage page = web.goTo("configure");
        for (HtmlElement entry : page.<HtmlElement>getByXPath("//div[@name='clusters']")) {
            entry.remove();
        }
        jenkins.submit(page.getFormByName("config"));

        assertThat(SafeDeploymentsConfiguration.get().getClusters(), is(empty()));
    }

    @Test
    public void testConnection_withoutPermission_connectsToNothing() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(500);
            String query = "testConnection?name=x&credentialsId=token&url=https://127.0.0.1:" + server.getLocalPort();

            assertThat(post("reader", query), is(403));

            org.junit.Assert.assertThrows(SocketTimeoutException.class, server::accept);
        }
    }

    @Test
    public void testConnection_byGet_isRefused() throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, "admin");
        web.setThrowExceptionOnFailingStatusCode(false);

        int code = web.goTo(DESCRIPTOR + "testConnection?name=x", null)
                .getWebResponse()
                .getStatusCode();

        assertThat(code, is(404));
    }

    @Test
    public void credentialsAreListedToAdministratorsOnly() throws Exception {
        assertThat(body("admin", "fillCredentialsIdItems?credentialsId="), containsString("token"));
        assertThat(body("reader", "fillCredentialsIdItems?credentialsId=").contains("token"), is(false));
        assertThat(body("reader", "fillCredentialsIdItems?credentialsId=set"), containsString("set"));
    }

    @Test
    public void dashboardsAreCheckedAsTheyAreTyped() throws Exception {
        String check = "checkDashboards?value=";
        assertThat(body("admin", check + encoded("Errors=https://g.example.com/${app}?ns=${namespace}")), is("<div/>"));
        assertThat(
                body("admin", check + encoded("Errors=https://g.example.com/${name}")),
                containsString("has &#039;${name}&#039;: what can be filled in is ${app}, ${canary}, ${cluster},"));
        for (String wrong : new String[] {"https://g.example.com", "Errors=javascript:alert(1)", "=https://x"}) {
            assertThat(
                    body("admin", check + encoded(wrong)),
                    containsString(": write each as &#039;Title=URL&#039;, where the URL begins with https://"));
        }
        assertThat(body("reader", check + encoded("wrong")), is("<div/>"));
    }

    /** What it names cannot break out of the URL. */
    @Test
    public void dashboardsOfATargetAreFilledIn() {
        ClusterConfiguration cluster = new ClusterConfiguration("a & b");
        cluster.setDashboards(
                "Errors = https://g.example.com/${canary}?c=${cluster}#${stable}\n\nLogs=http://l/${app}");
        SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));

        assertThat(
                Dashboards.of(new Target("a & b", "ns", "shop")),
                contains(
                        new Dashboards.Dashboard(
                                "Errors", "https://g.example.com/shop-canary?c=a%20%26%20b#shop-stable"),
                        new Dashboards.Dashboard("Logs", "http://l/shop")));
        assertThat(Dashboards.of(new Target("gone", "ns", "shop")), is(empty()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    public void testConnection_saysWhatIsWrong() throws Exception {
        String text = body("admin", "testConnection?name=x&credentialsId=none&url=https://127.0.0.1:1");

        assertThat(text, containsString("can use no kubeconfig file, token or client certificate of that id"));
    }

    private static int post(String user, String query) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        web.setThrowExceptionOnFailingStatusCode(false);
        return web.getPage(request(web, query)).getWebResponse().getStatusCode();
    }

    private static String body(String user, String query) throws Exception {
        JenkinsRule.WebClient web = Browsers.plain(jenkins, user);
        return web.getPage(request(web, query)).getWebResponse().getContentAsString();
    }

    private static WebRequest request(JenkinsRule.WebClient web, String query) throws Exception {
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), DESCRIPTOR + query), HttpMethod.POST);
        return web.addCrumb(request);
    }
}

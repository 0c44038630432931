package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.net.URL;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.util.NameValuePair;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The button <em>Copy from the cluster</em> of the form. */
public class CopyManifestTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void whatRunsIsShownToWhoMayConfigure() throws Exception {
        AddressBook.configureCluster(TestCluster.kubeconfig());
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Item.CONFIGURE)
                .everywhere()
                .to("dev")
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("viewer"));
        FreeStyleProject job = jenkins.createFreeStyleProject("shop");
        target.cluster().create(deployment());

        WebResponse shown = ask(job, "dev", HttpMethod.POST, "addressbook");
        assertThat(
                shown.getContentAsString(),
                allOf(
                        containsString("<pre>apiVersion: apps/v1\nkind: Deployment\n"),
                        containsString("value: &lt;b&gt;"),
                        not(containsString("creationTimestamp")),
                        not(containsString("managedFields"))));

        assertThat(
                ask(job, "dev", HttpMethod.POST, "other").getContentAsString(),
                containsString("Not copied: There is no Deployment other-stable or other in " + target.namespace()));
        assertThat(
                ask(job, "dev", HttpMethod.POST, "No Name").getContentAsString(),
                containsString("Not copied: &#039;app&#039; is &#039;No Name&#039;: it must be a DNS label"));
        assertThat(ask(job, "viewer", HttpMethod.POST, "addressbook").getStatusCode(), is(403));
        assertThat(ask(job, "dev", HttpMethod.GET, "addressbook").getStatusCode(), is(404));
    }

    private WebResponse ask(FreeStyleProject job, String user, HttpMethod method, String app) throws Exception {
        String descriptor = jenkins.jenkins
                .getDescriptorByType(CanaryDeployStep.DescriptorImpl.class)
                .getDescriptorUrl();
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            web.setThrowExceptionOnFailingStatusCode(false);
            web.login(user);
            WebRequest request =
                    new WebRequest(new URL(web.getContextPath() + job.getUrl() + descriptor + "/copyManifest"), method);
            List<NameValuePair> fields = List.of(
                    new NameValuePair("cluster", "rig"),
                    new NameValuePair("namespace", target.namespace()),
                    new NameValuePair("app", app),
                    new NameValuePair("credentialsId", ""));
            if (method == HttpMethod.POST) {
                request.setRequestParameters(fields);
                web.addCrumb(request);
            }
            return web.getPage(request).getWebResponse();
        }
    }

    private static KubeObject deployment() {
        Map<String, Object> container = Map.of(
                "name",
                "addressbook",
                "image",
                "registry.example.com/addressbook:1.0",
                "env",
                List.of(Map.of("name", "MARK", "value", "<b>")));
        return KubeObject.of(Map.of(
                        "apiVersion", "apps/v1", "kind", "Deployment", "metadata", Map.of("name", "addressbook")))
                .with(Map.of("app", "addressbook"), "spec", "selector", "matchLabels")
                .with(Map.of("app", "addressbook"), "spec", "template", "metadata", "labels")
                .with(List.of(container), "spec", "template", "spec", "containers");
    }
}

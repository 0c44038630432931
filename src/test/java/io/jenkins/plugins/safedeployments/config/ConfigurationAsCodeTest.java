package io.jenkins.plugins.safedeployments.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.ConfiguredWithCode;
import io.jenkins.plugins.casc.misc.JenkinsConfiguredWithCodeRule;
import io.jenkins.plugins.casc.misc.Util;
import io.jenkins.plugins.casc.model.CNode;
import org.junit.ClassRule;
import org.junit.Test;

public class ConfigurationAsCodeTest {

    @ClassRule
    @ConfiguredWithCode("configuration-as-code.yml")
    public static JenkinsConfiguredWithCodeRule jenkins = new JenkinsConfiguredWithCodeRule();

    @Test
    public void clustersAreRead() {
        ClusterConfiguration cluster = SafeDeploymentsConfiguration.get().cluster("production");

        assertThat(cluster.getUrl(), is("https://kubernetes.example.com:6443"));
        assertThat(cluster.getCredentialsId(), is("production-token"));
        assertThat(cluster.isSkipTlsVerify(), is(false));
        assertThat(cluster.isForbidRequester(), is(true));
        assertThat(cluster.isForbidOverride(), is(true));
        assertThat(SafeDeploymentsConfiguration.get().cluster("staging").getCredentialsId(), is("staging-kubeconfig"));
    }

    @Test
    public void clustersAreWrittenAsTheyWereRead() throws Exception {
        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        CNode node = Util.getUnclassifiedRoot(context).get("safeDeployments");

        String exported = Util.toYamlString(node);

        assertThat(exported, is(Util.toStringFromYamlFile(this, "configuration-as-code-expected.yml")));
    }
}

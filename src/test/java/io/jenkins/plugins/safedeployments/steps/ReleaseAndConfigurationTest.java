package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Result;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.kubernetes.FaultProxy;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ProxyFault;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.Orphans;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** What is configured is changed while a release waits. Nothing of the release is lost by it. */
public class ReleaseAndConfigurationTest {

    private static final String NOT_READY = "canary             1        1      0";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public TestCluster target = new TestCluster();

    /** 95: a token that is rotated in Jenkins, and later one that is refused before its successor is there. */
    @Test
    public void credentialsAreRotatedAndDeletedAndPutBack() throws Throwable {
        Set<String> refused = ConcurrentHashMap.newKeySet();
        try (FaultProxy proxy = new FaultProxy(TestCluster.access())) {
            proxy.always(r -> refused.contains(r.token()), ProxyFault.answer(401, "Unauthorized", "Unauthorized"));
            sessions.then(j -> {
                token("token-1");
                ClusterConfiguration cluster = new ClusterConfiguration("rig");
                cluster.setUrl(proxy.url());
                cluster.setCaCertificate(proxy.access("").caCertificate());
                cluster.setCredentialsId("token");
                SafeDeploymentsConfiguration.get().setClusters(List.of(cluster));
                WorkflowRun run = start(
                        j,
                        canary("1.0-never-ready", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
                j.waitForMessage(NOT_READY, run);

                token("token-2");
                refused.add("token-1");
                makeReady("canary");
                j.waitForMessage("stable       created", run);
                assertThat(proxy.count(r -> r.token().equals("token-2")) > 0, is(true));

                SystemCredentialsProvider.getInstance().getCredentials().clear();
                refused.add("token-2");
                makeReady("stable"); // after which it has something to ask for
                j.waitForMessage("waiting      Needs credentials: ", run);
                assertThat(release().phase(), is(Phase.PROMOTING));

                token("token-3");
                j.assertBuildStatusSuccess(j.waitForCompletion(run));
                j.assertLogContains("is stable after", run);
                j.assertLogNotContains("rollback     ", run);
                j.assertLogNotContains("token-", run);
            });
        }
    }

    /** 95, 96: of a run that goes on after a restart; by then another cluster is all there is. */
    @Test
    public void clusterAndCredentialsThatAreMissingAfterARestartAreAwaited() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            j.waitForMessage(NOT_READY, start(j, canary("1.0-never-ready", "")));
            SystemCredentialsProvider.getInstance().getCredentials().clear();
            SystemCredentialsProvider.getInstance().save();
            SafeDeploymentsConfiguration.get().setClusters(List.of(new ClusterConfiguration("other")));
        });
        sessions.then(j -> {
            WorkflowRun run = run(j);
            j.waitForMessage(
                    "waiting      'cluster' is 'rig', but no cluster of that name is configured: correct the name, or have"
                            + " an administrator add it under Manage Jenkins, System, Safe Deployments. Trying again until ",
                    run);
            ClusterConfiguration cluster = new ClusterConfiguration("rig");
            cluster.setCredentialsId("rig-kubeconfig");
            SafeDeploymentsConfiguration.get().setClusters(List.of(new ClusterConfiguration("other"), cluster));
            j.waitForMessage("waiting      'credentialsId' is 'rig-kubeconfig', but this job can use no ", run);
            assertThat(release().phase(), is(Phase.CANARY_STARTING));
            assertThat(claim().holder(), is(1));

            AddressBook.configureCluster(TestCluster.kubeconfig());
            SafeDeploymentsConfiguration.get().setClusters(List.of(new ClusterConfiguration("other"), cluster));
            makeReady("canary");

            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("Canary of release 1 ", run);
            assertThat(claim().lastRelease(), is(1));
        });
    }

    /** It may be stopped meanwhile; what it has begun is taken back when that is possible again. */
    @Test
    public void stepThatAwaitsItsClusterCanBeStopped() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            j.waitForMessage(NOT_READY, start(j, canary("1.0-never-ready", "")));
            SafeDeploymentsConfiguration.get().setClusters(List.of());
        });
        sessions.then(j -> {
            WorkflowRun run = run(j);
            j.waitForMessage("waiting      'cluster' is 'rig', but no cluster of that name is configured", run);

            run.getExecutor().interrupt();

            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run));
            assertThat(release().phase(), is(Phase.CANARY_STARTING));
            assertThat(claim().holder(), is(1));
        });
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                Orphans.get().doRun(); // as it does each minute
                return claim().holder() == 0;
            });
            assertThat(release().phase(), is(Phase.ROLLED_BACK));
        });
    }

    /** 96: it is not there for a step that begins, and then it is again. */
    @Test
    public void releaseKeepsItsNumberWhileItsClusterIsNotConfigured() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            WorkflowRun run = start(
                    j,
                    canary("1.0", "") + "\ninput 'one'\n" + "try { promoteStable(drainSeconds: 0, " + at()
                            + ", replicas: 1) } catch (e) { echo \"said: ${e.message}\" }\n"
                            + "input 'two'\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
            j.waitForMessage("one", run);
            List<ClusterConfiguration> clusters =
                    SafeDeploymentsConfiguration.get().getClusters();
            SafeDeploymentsConfiguration.get().setClusters(List.of());

            proceed(run);
            j.waitForMessage("said: No cluster is configured: an administrator adds one under Manage Jenkins", run);
            assertThat(release().phase(), is(Phase.CANARY_READY));
            j.waitForMessage("two", run);
            SafeDeploymentsConfiguration.get().setClusters(clusters);
            proceed(run);

            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("release 1 (registry.example.com/addressbook:1.0)", run);
            assertThat(release().number(), is(1));
            assertThat(release().phase(), is(Phase.PROMOTED));
        });
    }

    private static void proceed(WorkflowRun run) throws Exception {
        Awaitility.await()
                .until(() -> run.getAction(InputAction.class) != null
                        && !run.getAction(InputAction.class).getExecutions().isEmpty());
        run.getAction(InputAction.class).getExecutions().get(0).proceed(null);
    }

    /** All credentials there are. */
    private static void token(String value) throws IOException {
        SystemCredentialsProvider provider = SystemCredentialsProvider.getInstance();
        provider.getCredentials().clear();
        provider.getCredentials()
                .add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "token", "", Secret.fromString(value)));
        provider.save();
    }

    private static WorkflowRun start(JenkinsRule j, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, "release");
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("release", WorkflowJob.class).getBuildByNumber(1);
    }

    private String at() {
        return "app: 'addressbook', namespace: '" + target.namespace() + "'";
    }

    private String canary(String tag, String more) throws Exception {
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        return "canaryDeploy(" + at() + ", image: 'registry.example.com/addressbook:" + tag + "', manifests: '''"
                + manifests + "'''" + more + ")";
    }

    private Release release() {
        return new ReleaseStore(target.cluster(), "addressbook").list().get(0);
    }

    private Claim.State claim() {
        return new Claim(target.cluster(), "addressbook").look();
    }

    /** By an annotation that the kubelet of the test cluster obeys while they run. */
    private void makeReady(String track) {
        Awaitility.await().until(() -> !pods(track).isEmpty());
        pods(track)
                .forEach(pod -> Awaitility.await().ignoreExceptions().until(() -> {
                    KubeObject seen = target.cluster().get(Kind.POD, pod.name()).orElseThrow();
                    target.cluster()
                            .merge(
                                    seen,
                                    KubeObject.of(Map.of(
                                            "metadata",
                                            Map.of("annotations", Map.of("fake-kubelet/ready", "always")))));
                    return true;
                }));
    }

    private List<KubeObject> pods(String track) {
        return target.cluster().list(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-" + track + "-"))
                .toList();
    }
}

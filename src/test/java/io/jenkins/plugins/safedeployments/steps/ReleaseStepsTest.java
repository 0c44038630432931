package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.any;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.cluster.Kubeconfig;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** The steps in Pipelines, against a real API server. */
public class ReleaseStepsTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // of all tests together, on a machine that may be busy
    }

    @Rule
    public TestCluster target = new TestCluster();

    private static boolean configured;

    @Before
    public void configure() throws Exception {
        if (!configured) {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            configured = true;
        }
    }

    @Test
    public void stepsWorkOutsideNodeAndReturnMaps() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job("def c = " + canary("1.0", "") + "\n"
                + "echo \"canary ${c.release} ${c.phase} ${c.image}\"\n"
                + "def p = promoteStable(drainSeconds: 0, " + at() + ", release: c.release, replicas: 2)\n"
                + "echo \"promoted ${p.phase}, ${p.serviceAddress.empty}\"\n"
                + "def r = rollbackCanary(" + at() + ")\n"
                + "echo \"rolled back ${r.changed}\"\n"));

        jenkins.assertLogContains("canary 1 CANARY_READY registry.example.com/addressbook:1.0", run);
        jenkins.assertLogContains("promoted PROMOTED, true", run);
        jenkins.assertLogContains("Nothing to roll back: no release of addressbook in " + target.namespace(), run);
        jenkins.assertLogContains("rolled back false", run);
        Credentials used =
                SystemCredentialsProvider.getInstance().getCredentials().get(0);
        assertThat(
                CredentialsProvider.getFingerprintOf(used).getJobs(),
                hasItem(run.getParent().getFullName()));
    }

    @Test
    public void failedTestIsRolledBackByDefault() throws Exception {
        WorkflowRun run = fails(canary("1.0", ", tests: [exec('false')]"));

        jenkins.assertLogContains("The test 'false' failed in pod addressbook-canary-", run);
        jenkins.assertLogContains("post-mortem/addressbook-1", run);
        assertThat(deployment("canary"), is(false));
        assertThat(run.getArtifacts().stream().anyMatch(a -> a.relativePath.endsWith("/cause.txt")), is(true));
        jenkins.assertLogNotContains("\tat ", run);
    }

    @Test
    public void canaryTestWorksInADeclarativePipelineAndMigratesOnce() throws Exception {
        String migration = "exec(command: 'echo migrated && exit 0', shell: true, migration: true)";
        WorkflowRun run = jenkins.buildAndAssertSuccess(job("pipeline { agent none\n stages {\n"
                + "stage('Canary') { steps { " + canary("1.0", ", tests: [" + migration + "]") + " } }\n"
                + "stage('Test') { steps { canaryTest(" + at() + ", tests: [" + migration
                + ", exec(command: 'echo pong', pods: 'all')]) } }\n"
                + "} }"));

        jenkins.assertLogContains("| migrated", run);
        jenkins.assertLogContains("is not run: this release was migrated at", run);
        jenkins.assertLogContains("'echo pong' passed in pod addressbook-canary-", run);
        jenkins.assertLogContains("All 2 tests of release 1", run);
    }

    @Test
    public void failedCanaryTestLeavesTheCanary() throws Exception {
        WorkflowRun run = fails(canary("1.0", "") + "\ncanaryTest(" + at() + ", tests: [exec('false')])");

        jenkins.assertLogContains("The test 'false' failed in pod addressbook-canary-", run);
        jenkins.assertLogContains("the canary is left as it is", run);
        assertThat(deployment("canary"), is(true));
        assertThat(release().testsFailed(), is(true));
        assertThat(release().phase(), is(Phase.CANARY_READY));
    }

    /** Nobody answers at the made-up addresses of the pods, which the API server says in its own words or not at all. */
    @Test
    public void httpTestOfAPodThatCannotBeReachedFails() throws Exception {
        WorkflowRun run = fails(canary("1.0", "") + "\ncanaryTest(" + at()
                + ", tests: [http(path: '/ready', attempts: 2, intervalSeconds: 1, timeoutSeconds: 1)])");

        jenkins.assertLogContains("The test 'GET /ready' failed in pod addressbook-canary-", run);
        jenkins.assertLogContains("(2 attempts)", run);
    }

    @Test
    public void abortedCanaryTestIsRecorded() throws Exception {
        WorkflowRun run = job(canary("1.0", "") + "\ncanaryTest(" + at() + ", tests: [exec('sleep 60')])")
                .scheduleBuild2(0)
                .waitForStart();
        jenkins.waitForMessage("'sleep 60' in pod", run);

        run.getExecutor().interrupt();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertThat(release().testsFailed(), is(true));
        assertThat(deployment("canary"), is(true));
    }

    @Test
    public void abortedStepIsRolledBackAndStaysAborted() throws Exception {
        WorkflowRun run = job(canary("1.0-never-ready", "")).scheduleBuild2(0).waitForStart();
        Awaitility.await().until(() -> deployment("canary"));

        run.getExecutor().interrupt();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("canary       removed", run);
        assertThat(deployment("canary"), is(false));
    }

    @Test
    public void abortedStepThatKeepsLeavesTheCanary() throws Exception {
        WorkflowRun run = job(canary("1.0-never-ready", ", onFailure: 'keep'"))
                .scheduleBuild2(0)
                .waitForStart();
        Awaitility.await().until(() -> deployment("canary"));

        run.getExecutor().interrupt();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("take it back with rollbackCanary", run);
        assertThat(deployment("canary"), is(true));
        WorkflowRun rollback = jenkins.buildAndAssertSuccess(job("rollbackCanary(" + at() + ")"));
        jenkins.assertLogContains("is rolled back after", rollback);
        assertThat(deployment("canary"), is(false));
    }

    @Test
    public void hardKilledBuildIsRolledBack() throws Exception {
        WorkflowRun run = job(canary("1.0-never-ready", "")).scheduleBuild2(0).waitForStart();
        Awaitility.await().until(() -> deployment("canary"));

        run.doKill();

        Awaitility.await().until(() -> !deployment("canary"));
        assertThat(jenkins.waitForCompletion(run).getResult(), is(Result.ABORTED));
    }

    @Test
    public void badParametersAreSaidInOneSentence() throws Exception {
        String[][] cases = {
            {"canaryDeploy app: 'Foo_Bar', namespace: 'shop', image: 'a:1', manifests: 'x'", "'app' is 'Foo_Bar'"},
            {"canaryDeploy app: 'addressbook', image: 'a:1', manifests: 'x'", "'namespace' is missing"},
            {"canaryDeploy app: 'addressbook', namespace: 'shop', manifests: 'x'", "'image' is missing"},
            {"canaryDeploy app: 'addressbook', namespace: 'shop', image: 'A B', manifests: 'x'", "'image' is 'A B'"},
            {"canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1'", "'manifests' is missing"},
            {
                "canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: 'k8s.yml'",
                "but there is no workspace here"
            },
            {
                "node { canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: '../secret' }",
                "outside the workspace"
            },
            {
                "node { canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: 'none.yml' }",
                "there is no such file in the workspace"
            },
            {
                "canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: 'x', replicas: 0",
                "'replicas' is 0"
            },
            {
                "canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: 'x', timeout: 0",
                "'timeout' is 0 MINUTES"
            },
            {
                "canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: 'x', onFailure: 'pray'",
                "'onFailure' is 'pray'"
            },
            {
                "canaryDeploy app: 'addressbook', namespace: 'shop', image: 'a:1', manifests: 'x', tests: [exec('a \"b')]",
                "A quote is not closed"
            },
            {"canaryTest app: 'addressbook', namespace: 'shop'", "'tests' is missing"},
            {"canaryTest app: 'addressbook', namespace: 'shop', tests: [http('/..')]", "'path' is '/..'"},
            {"canaryTest app: 'addressbook', namespace: 'shop', tests: [http('ping')]", "'path' is 'ping'"},
            {
                "canaryTest app: 'addressbook', namespace: 'shop', tests: [exec(command: 'a', pods: 'two')]",
                "'pods' is 'two'"
            },
            {
                "canaryTest app: 'addressbook', namespace: 'shop', credentialsId: 'none', tests: [exec('a')]",
                "'credentialsId' is 'none', but this job can use no kubeconfig file"
            },
            {"canaryTest(" + at() + ", tests: [exec('a')])", "is in canary: run canaryDeploy first"},
            {"promoteStable app: 'addressbook', namespace: 'shop', cluster: 'moon'", "'cluster' is 'moon'"},
            {"promoteStable app: 'addressbook', namespace: 'shop', release: 0", "'release' is 0"},
            {
                "promoteStable app: 'addressbook', namespace: 'shop', credentialsId: 'none'",
                "this job can use no kubeconfig file, token or client certificate of that id"
            },
            {"promoteStable " + at(), "is in canary: run canaryDeploy first"},
        };
        StringBuilder script = new StringBuilder();
        for (String[] bad : cases) {
            script.append("try { ")
                    .append(bad[0])
                    .append("; echo 'ACCEPTED' } catch (e) { echo \"said: ${e.message}\" }\n");
        }

        WorkflowRun run = jenkins.buildAndAssertSuccess(job(script.toString()));

        String log = JenkinsRule.getLog(run);
        for (String[] bad : cases) {
            assertThat(bad[0], log, containsString(bad[1]));
        }
        assertThat(log, not(containsString("ACCEPTED")));
        assertThat(log, not(containsString("\tat ")));
    }

    @Test
    public void kubeconfigThatRunsAProgramIsRefused() throws Exception {
        credentials(
                "exec",
                CredentialsScope.GLOBAL,
                TestCluster.kubeconfig().replaceFirst("client-key-data:.*", "exec: {command: /bin/true}"));

        WorkflowRun run = fails("promoteStable(drainSeconds: 0, " + at() + ", credentialsId: 'exec')");

        jenkins.assertLogContains("The kubeconfig has 'exec', which runs a program", run);
    }

    @Test
    public void systemCredentialsAreOutOfReachOfJobs() throws Exception {
        credentials("system", CredentialsScope.SYSTEM, TestCluster.kubeconfig());

        WorkflowRun run = fails("promoteStable(drainSeconds: 0, " + at() + ", credentialsId: 'system')");

        jenkins.assertLogContains("'credentialsId' is 'system', but this job can use no kubeconfig file", run);
    }

    @Test
    public void nothingOfTheKubeconfigIsInTheBuild() throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job(canary("1.0", "")));

        String key = Kubeconfig.read(TestCluster.kubeconfig()).clientKey();
        String line = key.lines().skip(2).findFirst().orElseThrow();
        java.nio.file.Path root = run.getRootDir().toPath();
        try (java.util.stream.Stream<java.nio.file.Path> files = java.nio.file.Files.walk(root)) {
            for (java.nio.file.Path file :
                    (Iterable<java.nio.file.Path>) files.filter(java.nio.file.Files::isRegularFile)::iterator) {
                String text = java.nio.file.Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(file.toString(), text.contains(line), is(false));
            }
        }
    }

    @Test
    public void whatWasSkippedForItIsInTheRecordOfTheRelease() throws Exception {
        String frozen = "executionWindow(freezes: ['Launch: 2000-01-01..2099-12-31'], timeZone: 'UTC')\n";
        WorkflowRun run = job(frozen + canary("1.0", "") + "\n" + frozen + "promoteStable(drainSeconds: 0, " + at()
                        + ", replicas: 1)")
                .scheduleBuild2(0)
                .waitForStart();
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> isSkipped(run, "hotfix"));
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> isSkipped(run, "urgent"));

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));

        List<String> texts =
                release().history().stream().map(Release.Entry::text).toList();
        assertThat(
                texts,
                contains(
                        is("canary of registry.example.com/addressbook:1.0"),
                        containsString(
                                "skipped by anonymous because hotfix, when it was closed: freeze 'Launch: 2000-01"),
                        endsWith("serves and has passed its tests"),
                        containsString(
                                "skipped by anonymous because urgent, when it was closed: freeze 'Launch: 2000-01"),
                        startsWith("stable is being rolled to "),
                        any(String.class)));
    }

    private static boolean isSkipped(WorkflowRun run, String reason) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            WebRequest request = new WebRequest(
                    new URL(client.getContextPath() + run.getUrl() + "execution-windows/skip?reason=" + reason),
                    HttpMethod.POST);
            client.addCrumb(request);
            return client.getPage(request).getWebResponse().getStatusCode() == 200; // else nothing waits yet
        }
    }

    /** A canary of build 1 waits for its judgment; build 2 fails, and takes back what it had begun: nothing. */
    @Test
    public void failedBuildLeavesTheCanaryOfAnotherAlone() throws Exception {
        jenkins.buildAndAssertSuccess(job(canary("1.0", "")));
        String post = "\npost { unsuccessful { rollbackCanary(" + at() + ") } } }";

        WorkflowRun refused =
                fails("pipeline { agent none\n stages { stage('a') { steps { " + canary("1.1", "") + " } } }" + post);
        jenkins.assertLogContains(" is held by release 1, by ", refused);
        jenkins.assertLogContains(
                "Nothing to roll back: the canaryDeploy of this run has made no release of addressbook in ", refused);
        jenkins.assertLogContains("to take that back, give 'release: 1'.", refused);

        WorkflowRun early = fails("pipeline { agent none\n stages { stage('a') { steps { error 'no' } } }" + post);
        jenkins.assertLogContains("Nothing to roll back: this run is FAILURE and has released nothing", early);

        WorkflowRun caught = fails("try { " + canary("1.1", ", replicas: 0") + " } catch (e) { rollbackCanary(" + at()
                + ", to: 'previous'); promoteStable(drainSeconds: 0, " + at() + ") }");
        jenkins.assertLogContains("Nothing to roll back: the canaryDeploy of this run has made no release", caught);
        jenkins.assertLogContains("Nothing to promote: the canaryDeploy of this run has made no release", caught);

        WorkflowRun tested = fails("try { " + canary("1.1", "") + " } catch (e) { try { canaryTest(" + at()
                + ", tests: [exec('true')]) } finally { rollbackCanary(" + at() + ") } }");
        jenkins.assertLogContains("Nothing to test: the canaryDeploy of this run has made no release", tested);
        jenkins.assertLogContains("Nothing to roll back: the canaryDeploy of this run has made no release", tested);
        WorkflowRun other = fails("canaryTest(" + at() + ", release: 7, tests: [exec('true')])");
        jenkins.assertLogContains("is not in canary; release 1, by ", other);

        assertThat(release().phase(), is(Phase.CANARY_READY));
        WorkflowRun job = jenkins.buildAndAssertSuccess(job("rollbackCanary(" + at() + ")"));
        jenkins.assertLogContains("is rolled back after", job);
    }

    /** 63: by its number, once and once more; and not what was taken back. */
    @Test
    public void canaryOfAnotherRunIsPromotedByItsNumberOnly() throws Exception {
        WorkflowRun first = jenkins.buildAndAssertSuccess(job(canary("1.0", "")));
        String own = "try { " + canary("1.1", "") + " } catch (e) { echo 'HELD' }\n";
        String promote = "promoteStable(drainSeconds: 0, " + at() + ", replicas: 1, release: ";

        WorkflowRun other = fails(own + "promoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
        jenkins.assertLogContains("HELD", other);
        jenkins.assertLogContains("Nothing to promote: the canaryDeploy of this run has made no release", other);
        assertThat(deployment("stable"), is(false));
        WorkflowRun wrong = fails(promote + "2)");
        jenkins.assertLogContains("is not in canary; release 1, by ", wrong);

        WorkflowRun adopted = jenkins.buildAndAssertSuccess(job(own + promote + "1)"));
        jenkins.assertLogContains("is stable after", adopted);
        assertThat(release().phase(), is(Phase.PROMOTED));
        assertThat(release().origin().run(), is(first.getFullDisplayName()));
        String promoted = release().history().toString();

        jenkins.buildAndAssertSuccess(job(promote + "1)")); // which finds that all is done
        assertThat(release().history().toString(), is(promoted));

        jenkins.buildAndAssertSuccess(job(canary("1.2", "")));
        jenkins.buildAndAssertSuccess(job("rollbackCanary(" + at() + ", release: 2)"));
        WorkflowRun late = fails(promote + "2)");
        jenkins.assertLogContains("No release of addressbook in " + target.namespace(), late);
        assertThat(
                target.cluster()
                        .get(Kind.DEPLOYMENT, "addressbook-stable")
                        .orElseThrow()
                        .annotation("safe-deployments.jenkins.io/release"),
                is("1"));
    }

    /** What was put in its place while it waited is not what it has tested. */
    @Test
    public void supersededBuildPromotesAndTakesBackNothingOfItsSuccessor() throws Exception {
        WorkflowRun first = job(canary("1.0", "") + "\ninput 'Go?'\ntry { promoteStable(drainSeconds: 0, " + at()
                        + ") } catch (e) { echo \"said: ${e.message}\"; rollbackCanary(" + at() + ") }")
                .scheduleBuild2(0)
                .waitForStart();
        jenkins.waitForMessage("Go?", first);
        jenkins.buildAndAssertSuccess(job(canary("1.1", ", onBusy: 'supersede'")));

        first.getAction(InputAction.class).getExecutions().get(0).proceed(null);

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        jenkins.assertLogContains("said: ", first);
        jenkins.assertLogContains("Release 1 of ", first);
        jenkins.assertLogContains("Nothing to roll back: of ", first);
        assertThat(
                new ReleaseStore(target.cluster(), "addressbook")
                        .get(2)
                        .orElseThrow()
                        .phase(),
                is(Phase.CANARY_READY));
        assertThat(deployment("stable"), is(false));
    }

    /** In a job that only promotes it is the canary that it was to promote. */
    @Test
    public void failedPromotionInAJobOfItsOwnIsTakenBack() throws Exception {
        jenkins.buildAndAssertSuccess(job(canary("1.0", "")));

        WorkflowRun run = fails("pipeline { agent none\n stages { stage('a') { steps { promoteStable(drainSeconds: 0, "
                + at()
                + ", preconditions: [deploymentExists('none')]) } } }\npost { unsuccessful { rollbackCanary(" + at()
                + ") } } }");

        jenkins.assertLogContains("is rolled back after", run);
        assertThat(deployment("canary"), is(false));
    }

    private static void credentials(String id, CredentialsScope scope, String kubeconfig) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new FileCredentialsImpl(
                        scope, id, "", "config", SecretBytes.fromBytes(kubeconfig.getBytes(StandardCharsets.UTF_8))));
    }

    private String at() {
        return "app: 'addressbook', namespace: '" + target.namespace() + "'";
    }

    private String canary(String tag, String more) throws Exception {
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        return "canaryDeploy(" + at() + ", image: 'registry.example.com/addressbook:" + tag + "', manifests: '''"
                + manifests + "'''" + more + ")";
    }

    private WorkflowRun fails(String script) throws Exception {
        return jenkins.buildAndAssertStatus(Result.FAILURE, job(script));
    }

    private static WorkflowJob job(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private Release release() {
        return new ReleaseStore(target.cluster(), "addressbook").get(1).orElseThrow();
    }

    private boolean deployment(String track) {
        return target.cluster().get(Kind.DEPLOYMENT, "addressbook-" + track).isPresent();
    }
}

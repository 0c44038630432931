package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** Each step goes on where it was when Jenkins is restarted while it waits. */
public class ReleaseStepRestartTest {

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    /** The row of the table that says: one wanted, one of the new version, none ready. */
    private static final String NOT_READY = "canary             1        1      0";

    @Rule
    public TestCluster target = new TestCluster();

    /** Waiting for a canary that is never ready by itself; it is made ready after the restart. */
    @Test
    public void canaryDeployWaitsOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, canary("1.0-never-ready", ""));
            j.waitForMessage(NOT_READY, run(j));
        });
        sessions.then(j -> {
            j.waitForMessage("was begun before: going on with it", run(j));
            makeReady("canary");

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains(
                    "Canary of release 1 (registry.example.com/addressbook:1.0-never-ready) serves", run(j));
        });
    }

    /** Without a write to disk at each step, Pipeline saves the program when Jenkins goes down in good order. */
    @Test
    public void stepsOfARunThatIsSavedAtShutdownOnlyWaitOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            WorkflowJob job = j.createProject(WorkflowJob.class, "release");
            job.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
            job.setDefinition(new CpsFlowDefinition(
                    canary("1.0-never-ready", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)",
                    true));
            j.waitForMessage(NOT_READY, job.scheduleBuild2(0).waitForStart());
            j.assertLogContains("The durability of this run is PERFORMANCE_OPTIMIZED", run(j));
        });
        sessions.then(j -> {
            j.waitForMessage("was begun before: going on with it", run(j));
            makeReady("canary");
            j.waitForMessage("stable       created", run(j));
        });
        sessions.then(j -> {
            j.waitForMessage("the promotion was begun before", run(j));
            makeReady("stable");

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains("is stable after", run(j));
        });
    }

    @Test
    public void promoteStableWaitsOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, canary("1.0-never-ready", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
            j.waitForMessage(NOT_READY, run(j));
            makeReady("canary");
            j.waitForMessage("stable       created", run(j));
        });
        sessions.then(j -> {
            j.waitForMessage("the promotion was begun before", run(j));
            makeReady("stable");

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains("is stable after", run(j));
            assertThat(
                    target.cluster().get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
        });
    }

    /** What a crash leaves after Pipeline has saved the program, and before it has saved which step of it runs. */
    @Test
    public void stepThatPipelineTakesForOverGoesOn() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, canary("1.0-never-ready", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
            j.waitForMessage(NOT_READY, run(j));
            makeReady("canary");
            j.waitForMessage("stable       created", run(j));
        });
        Path build = sessions.getHome().toPath().resolve("jobs/release/builds/1/build.xml");
        String saved = Files.readString(build);
        assertThat(saved, allOf(containsString("<iota>4</iota>"), containsString("<head>1:4</head>")));
        Files.writeString(
                build,
                saved.replace("<iota>4</iota>", "<iota>3</iota>").replace("<head>1:4</head>", "<head>1:3</head>"));
        sessions.then(j -> {
            makeReady("stable");

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains("the promotion was begun before", run(j));
            j.assertLogContains("is stable after", run(j));
        });
    }

    /** The same at the first step: then the next one gets the id of this one, and must not pass for it. */
    @Test
    public void stepWithTheIdOfAnotherNeedsAnApprovalOfItsOwn() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, canary("1.0-never-ready", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 1)");
            j.waitForMessage(NOT_READY, run(j));
        });
        Path build = sessions.getHome().toPath().resolve("jobs/release/builds/1/build.xml");
        String saved = Files.readString(build);
        assertThat(saved, allOf(containsString("<iota>3</iota>"), containsString("<head>1:3</head>")));
        Files.writeString(
                build,
                saved.replace("<iota>3</iota>", "<iota>2</iota>").replace("<head>1:3</head>", "<head>1:2</head>"));
        sessions.then(j -> {
            SafeDeploymentsConfiguration.get().cluster("rig").setApprovers("1 of ops");
            makeReady("canary");

            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));

            j.assertLogContains("has to be approved by 1 of ops", run(j));
            assertThat(
                    target.cluster().get(Kind.DEPLOYMENT, "addressbook-stable").isPresent(), is(false));
        });
    }

    /** Waiting for a command whose connection the restart cuts; the test before it has passed and is not repeated. */
    @Test
    public void canaryTestWaitsOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, canary("1.0", "") + "\ncanaryTest(" + at() + ", tests: [exec('echo first'), exec('sleep 5')])");
            j.waitForMessage("'sleep 5' in pod", run(j));
        });
        sessions.then(j -> {
            j.waitForMessage("'echo first' has passed before", run(j));

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains("All 2 tests of release 1", run(j));
        });
    }

    /** Waiting for the pod that stable gets back, which takes three seconds to be ready. */
    @Test
    public void rollbackCanaryWaitsOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(
                    j,
                    canary("1.0-slow", "") + "\npromoteStable(drainSeconds: 0, " + at() + ", replicas: 2)\n"
                            + canary("1.1", "") + "\nrollbackCanary(" + at() + ", reason: 'for the test')");
            j.waitForMessage("addressbook:1.1): for the test", run(j));
        });
        sessions.then(j -> {
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));

            j.assertLogContains("release 2 (registry.example.com/addressbook:1.1) of addressbook", run(j));
            j.assertLogContains("is rolled back after", run(j));
            assertThat(
                    target.cluster().get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
        });
    }

    @Test
    public void abortAfterARestartStillRollsBack() throws Throwable {
        sessions.then(j -> {
            AddressBook.configureCluster(TestCluster.kubeconfig());
            start(j, canary("1.0-never-ready", ""));
            j.waitForMessage(NOT_READY, run(j));
        });
        sessions.then(j -> {
            j.waitForMessage("was begun before: going on with it", run(j));

            run(j).getExecutor().interrupt();

            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run(j)));
            assertThat(
                    target.cluster().get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
        });
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

    /** Lets the pods of a track get ready: an annotation that the kubelet of the test cluster obeys while they run. */
    private void makeReady(String track) {
        Awaitility.await().until(() -> pods(track) > 0);
        target.cluster().list(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-" + track + "-"))
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

    private long pods(String track) {
        return target.cluster().list(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-" + track + "-"))
                .count();
    }
}

package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.FilePath;
import hudson.Util;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** A release that waits for its turn needs neither its agent nor its workspace again when Jenkins is restarted. */
public class WaitingReleaseRestartTest {

    private static final String SECRET = "kept-out-of-sight";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @Rule
    public JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public TestCluster target = new TestCluster();

    @Test
    public void turnComesAfterARestartAlthoughTheWorkspaceIsGone() throws Throwable {
        sessions.then(j -> {
            waits(j);
            FilePath workspace = j.jenkins.getWorkspaceFor(job(j));
            workspace.deleteRecursive();
            assertThat(filesWith(SECRET), is(empty()));
            assertThat(kept(), not(empty()));
        });
        sessions.then(j -> {
            WorkflowRun run = run(j);
            Awaitility.await().until(() -> JenkinsRule.getLog(run).split("waiting {6}for ").length == 3);
            j.buildAndAssertSuccess(job(j, "rollback", "rollbackCanary(" + at() + ")"));

            j.assertBuildStatusSuccess(j.waitForCompletion(run));

            j.assertLogContains("Canary of release 2 (registry.example.com/addressbook:1.1) serves", run);
            assertThat(
                    target.cluster()
                            .get(Kind.SECRET, "addressbook-password")
                            .orElseThrow()
                            .map("data")
                            .isEmpty(),
                    is(false));
            assertThat(kept(), is(empty()));
            assertThat(filesWith(SECRET), is(empty()));
        });
    }

    /** As after a loss of the disk, or with a key of Jenkins that is another one by then. */
    @Test
    public void whatWasNotKeptIsMissedInOneSentence() throws Throwable {
        sessions.then(j -> {
            waits(j);
            j.jenkins.getWorkspaceFor(job(j)).deleteRecursive();
        });
        Util.deleteRecursive(new File(sessions.getHome(), "safe-deployments/manifests"));
        sessions.then(j -> {
            WorkflowRun run = j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));

            j.assertLogContains(
                    "ERROR: 'manifests' names 'k8s/*.yml', but there is no such file in the workspace.", run);
            j.assertLogNotContains("\tat ", run);
        });
    }

    /** A release of another job holds the target; the one that waits has its manifests in files. */
    private void waits(JenkinsRule j) throws Exception {
        AddressBook.configureCluster(TestCluster.kubeconfig());
        String manifests = AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml");
        j.buildAndAssertSuccess(job(
                j,
                "first",
                "canaryDeploy(" + at() + ", image: 'registry.example.com/addressbook:1.0', manifests: '''" + manifests
                        + "''')"));
        WorkflowJob waiting = job(
                j,
                "waiting",
                "node { canaryDeploy(" + at()
                        + ", image: 'registry.example.com/addressbook:1.1', manifests: 'k8s/*.yml', onBusy: 'wait') }");
        FilePath workspace = j.jenkins.getWorkspaceFor(waiting).child("k8s");
        for (String file : List.of("service.yml", "deployment.yml")) {
            workspace.child(file).write(AddressBook.file(file), "UTF-8");
        }
        workspace
                .child("secret.yml")
                .write(
                        "apiVersion: v1\nkind: Secret\nmetadata: {name: addressbook-password}\n" + "stringData: {word: "
                                + SECRET + "}\n",
                        "UTF-8");
        j.waitForMessage("waiting      for ", waiting.scheduleBuild2(0).waitForStart());
        assertThat(JenkinsRule.getLog(waiting.getLastBuild()), containsString("release 1"));
    }

    private List<String> kept() {
        String[] files = new File(sessions.getHome(), "safe-deployments/manifests").list();
        return files == null ? List.of() : List.of(files);
    }

    /** Of Jenkins' home. */
    private List<String> filesWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(sessions.getHome().toPath())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return Files.readString(file, StandardCharsets.ISO_8859_1)
                                    .contains(text);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .map(Path::toString)
                    .toList();
        }
    }

    private String at() {
        return "app: 'addressbook', namespace: '" + target.namespace() + "'";
    }

    private static WorkflowJob job(JenkinsRule j, String name, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static WorkflowJob job(JenkinsRule j) {
        return j.jenkins.getItemByFullName("waiting", WorkflowJob.class);
    }

    private static WorkflowRun run(JenkinsRule j) {
        return job(j).getBuildByNumber(1);
    }
}

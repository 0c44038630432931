package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.model.Result;
import io.jenkins.plugins.safedeployments.RealJenkins;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/**
 * The example's releases in a Jenkins with real plugin class loaders, against a real API server; and what happens to them
 * when that Jenkins is killed.
 */
public class ReleaseRealJenkinsTest {

    @Rule(order = 0)
    public TestCluster target = new TestCluster();

    @Rule(order = 1)
    public RealJenkinsRule jenkins = RealJenkins.rule();

    @Test
    public void addressBookIsReleasedTwiceABadReleaseIsTakenBackAndOneOutlivesAKill() throws Throwable {
        jenkins.startJenkins();
        configure();

        String first = jenkins.runRemotely(releases(target.namespace(), "1.0", Result.SUCCESS));
        assertThat(first, containsString("this is the first release"));
        assertThat(first, containsString("stable       resized from 1 to 3"));
        assertThat(size("stable"), is(3));

        String second = jenkins.runRemotely(releases(target.namespace(), "1.1", Result.SUCCESS));
        assertThat(second, containsString("plan         1 canary beside 2 of 3 stable"));
        assertThat(second, containsString("| pong"));
        assertThat(second, containsString("stable       resized from 3 to 2"));
        assertThat(second, containsString("stable       resized from 2 to 3"));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
        assertThat(deployment("canary"), is(Optional.empty()));

        String third = jenkins.runRemotely(releases(target.namespace(), "1.2-pull-fail", Result.FAILURE));
        assertThat(third, containsString("cannot be pulled"));
        assertThat(third, containsString("post-mortem/addressbook-3/"));
        assertThat(third, not(containsString("\tat ")));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.1"));
        assertThat(deployment("canary"), is(Optional.empty()));

        goesOnAfterAKill();
    }

    private void goesOnAfterAKill() throws Throwable {
        String namespace = target.namespace();
        jenkins.runRemotely((JenkinsRule j) -> {
            AddressBook.release(job(), namespace, "1.3-slow").waitForStart();
        });
        Awaitility.await().until(() -> deployment("canary").isPresent());

        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();

        String log = jenkins.runRemotely((JenkinsRule j) -> {
            WorkflowRun run = job().getLastBuild();
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            return JenkinsRule.getLog(run);
        });
        assertThat(log, containsString("release 4 (registry.example.com/addressbook:1.3-slow) was begun before"));
        assertThat(log, containsString("is stable after"));
        assertThat(size("stable"), is(3));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.3-slow"));
        assertThat(deployment("canary"), is(Optional.empty()));
    }

    private void configure() throws Throwable {
        String kubeconfig = TestCluster.kubeconfig();
        String jenkinsfile = AddressBook.file("Jenkinsfile");
        String service = AddressBook.file("service.yml");
        String deployment = AddressBook.file("deployment.yml");
        jenkins.runRemotely((JenkinsRule j) -> {
            AddressBook.configureCluster(kubeconfig);
            AddressBook.job(jenkinsfile, service, deployment);
        });
    }

    private static RealJenkinsRule.Step2<String> releases(String namespace, String tag, Result expected) {
        return j -> {
            WorkflowRun run = j.assertBuildStatus(expected, AddressBook.release(job(), namespace, tag));
            return JenkinsRule.getLog(run);
        };
    }

    private static WorkflowJob job() {
        return Jenkins.get().getItemByFullName("addressbook", WorkflowJob.class);
    }

    private Optional<KubeObject> deployment(String track) {
        Cluster cluster = target.cluster();
        return cluster.get(Kind.DEPLOYMENT, "addressbook-" + track);
    }

    private int size(String track) {
        return deployment(track).orElseThrow().integer(0, "spec", "replicas");
    }

    private String image(String track) {
        return deployment(track)
                .orElseThrow()
                .list("spec", "template", "spec", "containers")
                .get(0)
                .string("image");
    }
}

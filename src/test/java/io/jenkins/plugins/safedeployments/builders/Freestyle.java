package io.jenkins.plugins.safedeployments.builders;

import hudson.FilePath;
import hudson.model.FreeStyleProject;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.tasks.Builder;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.steps.AddressBook;
import io.jenkins.plugins.safedeployments.steps.CanaryDeployStep;
import io.jenkins.plugins.safedeployments.steps.CanaryTestStep;
import io.jenkins.plugins.safedeployments.steps.ExecTest;
import io.jenkins.plugins.safedeployments.steps.PromoteStableStep;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.steps.RollbackCanaryStep;
import java.util.List;
import org.jvnet.hudson.test.JenkinsRule;

/** Freestyle jobs that release the example to a namespace of the test's own. */
public final class Freestyle {

    private final JenkinsRule jenkins;
    private final TestCluster target;

    public Freestyle(JenkinsRule jenkins, TestCluster target) {
        this.jenkins = jenkins;
        this.target = target;
    }

    /** A job with the example's manifests in its workspace. */
    public FreeStyleProject job(String name, Builder... builders) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("NAMESPACE", target.namespace()),
                new StringParameterDefinition("RELEASE", "")));
        FilePath workspace = jenkins.jenkins.getWorkspaceFor(job);
        workspace.child("k8s/service.yml").write(AddressBook.file("service.yml"), "UTF-8");
        workspace.child("k8s/deployment.yml").write(AddressBook.file("deployment.yml"), "UTF-8");
        job.getBuildersList().addAll(List.of(builders));
        job.save();
        return job;
    }

    public static CanaryDeployStep canary(String tag) {
        CanaryDeployStep step = at(new CanaryDeployStep("addressbook"));
        step.setImage("registry.example.com/addressbook:" + tag);
        step.setManifests("k8s/*.yml");
        return step;
    }

    public static CanaryDeployBuilder deploy(String tag) {
        return new CanaryDeployBuilder(canary(tag));
    }

    public static CanaryTestBuilder test(String command) {
        CanaryTestStep step = at(new CanaryTestStep("addressbook"));
        step.setTests(List.of(new ExecTest(command)));
        return new CanaryTestBuilder(step);
    }

    public static PromoteStableBuilder promote() {
        PromoteStableStep step = at(new PromoteStableStep("addressbook"));
        step.setReplicas(2);
        step.setDrainSeconds(0);
        PromoteStableBuilder builder = new PromoteStableBuilder(step);
        builder.setRelease("${RELEASE}");
        return builder;
    }

    public static RollbackCanaryBuilder rollback(String to) {
        RollbackCanaryStep step = at(new RollbackCanaryStep("addressbook"));
        step.setTo(to);
        return new RollbackCanaryBuilder(step);
    }

    /** As the documentation has it. */
    public static RollbackCanaryBuilder rollbackForAll() {
        RollbackCanaryStep step = at(new RollbackCanaryStep("${APP}"));
        step.setCluster("${CLUSTER}");
        step.setTo("${RETURN_TO}");
        step.setReason("${REASON}");
        RollbackCanaryBuilder builder = new RollbackCanaryBuilder(step);
        builder.setRelease("${RELEASE}");
        builder.setForceIf("${FORCE}");
        builder.setAcknowledgeMigrationIf("${ACKNOWLEDGE_MIGRATION}");
        return builder;
    }

    private static <S extends ReleaseStep> S at(S step) {
        step.setNamespace("${NAMESPACE}");
        return step;
    }

    public Release release(int number) {
        return new ReleaseStore(target.cluster(), "addressbook").get(number).orElseThrow();
    }

    public boolean has(String track) {
        return target.cluster().get(Kind.DEPLOYMENT, "addressbook-" + track).isPresent();
    }
}

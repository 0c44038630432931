package io.jenkins.plugins.safedeployments.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.model.FreeStyleProject;
import hudson.model.JobProperty;
import hudson.tasks.Builder;
import hudson.tasks.Publisher;
import hudson.triggers.Trigger;
import io.jenkins.plugins.safedeployments.builders.RollbackCanaryBuilder;
import io.jenkins.plugins.safedeployments.builders.RollbackIfFailed;
import io.jenkins.plugins.safedeployments.promotion.PromotionProperty;
import io.jenkins.plugins.safedeployments.triggers.FailedDeploymentTrigger;
import io.jenkins.plugins.safedeployments.triggers.StartRollbackJob;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * What rolls back and promotes can be written as code by its symbols, with all its fields: so Job DSL's dynamic DSL, Pipeline's
 * {@code properties} and the snippet generator make it, and read it back.
 */
public class SymbolsTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Test
    public void failedDeployment() throws Exception {
        Map<String, Object> fields = Map.of(
                "upstream",
                "release, ../other/release",
                "results",
                List.of("FAILURE", "ABORTED"),
                "when",
                "branch = 'master'",
                "parameters",
                List.of("RETURN_TO=previous"),
                "onlyIfDeployed",
                false);

        Trigger<?> trigger = made(Trigger.class, "failedDeployment", fields);

        FailedDeploymentTrigger made = (FailedDeploymentTrigger) trigger;
        assertThat(made.getUpstream(), is("release, ../other/release"));
        assertThat(made.getResults(), is(List.of("FAILURE", "ABORTED")));
        assertThat(made.getWhen(), is("branch = 'master'"));
        assertThat(made.getParameters(), is(List.of("RETURN_TO=previous")));
        assertThat(made.isOnlyIfDeployed(), is(false));
        readBack(made, "failedDeployment", fields);
        readBack(
                made(Trigger.class, "failedDeployment", Map.of("upstream", "release")),
                "failedDeployment",
                Map.of("upstream", "release"));
    }

    @Test
    public void releasePromotions() throws Exception {
        Map<String, Object> fields = Map.of(
                "canaryJob", "../canary",
                "autoCanary", "branch = 'master'",
                "stableJob", "stable",
                "rollbackJob", "../rollback",
                "autoPromote", "result = 'passed'");

        JobProperty<?> property = made(JobProperty.class, "releasePromotions", fields);

        PromotionProperty made = (PromotionProperty) property;
        assertThat(made.getCanaryJob(), is("../canary"));
        assertThat(made.getAutoCanary(), is("branch = 'master'"));
        assertThat(made.getStableJob(), is("stable"));
        assertThat(made.getRollbackJob(), is("../rollback"));
        assertThat(made.getAutoPromote(), is("result = 'passed'"));
        readBack(made, "releasePromotions", fields);
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.addProperty(made);
        job.doReload();
        readBack(job.getProperty(PromotionProperty.class), "releasePromotions", fields);
    }

    @Test
    public void postBuildActions() throws Exception {
        Map<String, Object> start = Map.of("job", "rollback", "unstable", true);
        StartRollbackJob starts = (StartRollbackJob) (Publisher) made(Publisher.class, "startRollbackJob", start);
        assertThat(starts.getJob(), is("rollback"));
        assertThat(starts.isUnstable(), is(true));
        readBack(starts, "startRollbackJob", start);

        Map<String, Object> back = Map.of("unstable", false, "promoted", true, "acknowledgeMigration", true);
        RollbackIfFailed ifFailed = (RollbackIfFailed) (Publisher) made(Publisher.class, "rollbackIfFailed", back);
        assertThat(ifFailed.isUnstable(), is(false));
        assertThat(ifFailed.isPromoted(), is(true));
        assertThat(ifFailed.isAcknowledgeMigration(), is(true));
        readBack(ifFailed, "rollbackIfFailed", back);
    }

    @Test
    public void buildStepOfRollbackJobs() throws Exception {
        Map<String, Object> settings =
                Map.of("app", "${APP}", "namespace", "${NAMESPACE}", "to", "${RETURN_TO}", "reason", "${REASON}");
        Map<String, Object> fields = Map.of(
                "settings", settings,
                "release", "${RELEASE}",
                "forceIf", "${FORCE}",
                "acknowledgeMigrationIf", "${ACKNOWLEDGE_MIGRATION}");

        RollbackCanaryBuilder made = (RollbackCanaryBuilder) (Builder) made(Builder.class, "rollbackCanary", fields);

        assertThat(made.getRelease(), is("${RELEASE}"));
        assertThat(made.getForceIf(), is("${FORCE}"));
        assertThat(made.getAcknowledgeMigrationIf(), is("${ACKNOWLEDGE_MIGRATION}"));
        assertThat(made.getSettings().getTo(), is("${RETURN_TO}"));
        readBack(made, "rollbackCanary", fields);
    }

    @Test
    public void aWrongNameIsRefused() {
        IllegalArgumentException unknown = org.junit.Assert.assertThrows(
                IllegalArgumentException.class,
                () -> made(Trigger.class, "failedDeployment", Map.of("upstream", "release", "result", "FAILURE")));
        assertThat(unknown.getMessage(), not(is("")));
    }

    private static <T> T made(Class<T> kind, String symbol, Map<String, Object> fields) throws Exception {
        return new UninstantiatedDescribable(symbol, null, fields).instantiate(kind, null);
    }

    private static void readBack(Object made, String symbol, Map<String, Object> fields) {
        UninstantiatedDescribable read = DescribableModel.uninstantiate2_(made);
        assertThat(read.getSymbol(), is(symbol));
        assertThat(read.toMap().get("$class") == null, is(true));
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            Object value = read.getArguments().get(field.getKey());
            assertThat(
                    field.getKey(),
                    value instanceof UninstantiatedDescribable nested ? nested.getArguments() : value,
                    is(field.getValue()));
        }
        assertThat(read.getArguments().keySet(), is(fields.keySet()));
    }
}

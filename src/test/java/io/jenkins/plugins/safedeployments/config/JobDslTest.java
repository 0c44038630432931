package io.jenkins.plugins.safedeployments.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import hudson.model.Descriptor;
import hudson.model.Items;
import io.jenkins.plugins.safedeployments.builders.PromoteStableBuilder;
import io.jenkins.plugins.safedeployments.judgment.FolderJudgmentPolicy;
import io.jenkins.plugins.safedeployments.judgment.JudgmentProperty;
import io.jenkins.plugins.safedeployments.promotion.PromotionProperty;
import io.jenkins.plugins.safedeployments.triggers.FailedDeploymentTrigger;
import io.jenkins.plugins.safedeployments.triggers.StartRollbackJob;
import io.jenkins.plugins.safedeployments.windows.ExecutionWindowProperty;
import io.jenkins.plugins.safedeployments.windows.FolderCalendars;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.ArrayType;
import org.jenkinsci.plugins.structs.describable.AtomicType;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.EnumType;
import org.jenkinsci.plugins.structs.describable.HeterogeneousObjectType;
import org.jenkinsci.plugins.structs.describable.HomogeneousObjectType;
import org.jenkinsci.plugins.structs.describable.ParameterType;
import org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Whatever this plugin gives to jobs and folders can be written with the Job DSL plugin, and so by configuration as code. */
public class JobDslTest {

    private static final String OURS = "io.jenkins.plugins.safedeployments.";

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Test
    public void eachParameterIsOneThatItCanMake() {
        List<String> not = new ArrayList<>();
        for (DescribableModel<?> model : models()) {
            for (DescribableParameter parameter : model.getParameters()) {
                ParameterType type =
                        parameter.getType() instanceof ArrayType list ? list.getElementType() : parameter.getType();
                if (!(type instanceof AtomicType
                        || type instanceof EnumType
                        || type instanceof HomogeneousObjectType
                        || type instanceof HeterogeneousObjectType)) {
                    not.add(model.getType().getSimpleName() + "." + parameter);
                }
            }
        }
        assertThat(not, is(empty()));
    }

    @Test
    public void whatJobsGetHasASymbolThatMeansNothingElseThere() {
        Set<String> symbols = new LinkedHashSet<>();
        JobDsl.allKinds().forEach(kind -> {
            for (Class<?> type : ours(kind)) {
                @SuppressWarnings({"unchecked", "rawtypes"}) // what is ours of that kind has one
                Descriptor<?> descriptor = Jenkins.get().getDescriptorOrDie((Class) type);
                Set<String> its = SymbolLookup.getSymbolValue(descriptor.getClass());
                assertThat(type.getName(), its, hasSize(1));
                String symbol = its.iterator().next();
                assertThat(JobDsl.model(kind, symbol).getType(), is((Object) type));
                symbols.add(symbol);
            }
        });
        assertThat(
                symbols.stream().sorted().toList(),
                contains(
                        "canaryDeploy",
                        "canaryTest",
                        "executionWindow",
                        "executionWindowProperty",
                        "failedDeployment",
                        "judgment",
                        "judgmentPolicy",
                        "judgmentProperty",
                        "promoteStable",
                        "releasePromotions",
                        "rollbackCanary",
                        "rollbackIfFailed",
                        "startRollbackJob",
                        "windowCalendars"));
    }

    /** Job DSL sets lists that a script doesn't give, to be empty. */
    @Test
    public void anEmptyListMeansTheSameAsNone() throws Exception {
        for (DescribableModel<?> model : models()) {
            Map<String, Object> needed = new HashMap<>();
            Map<String, Object> empty = new HashMap<>();
            for (DescribableParameter parameter : model.getParameters()) {
                if (parameter.isRequired()) {
                    needed.put(parameter.getName(), some(parameter.getType()));
                } else if (parameter.getType() instanceof ArrayType) {
                    empty.put(parameter.getName(), List.of());
                }
            }
            String without = Items.XSTREAM2.toXML(model.instantiate(needed, null));
            empty.putAll(needed);
            assertThat(Items.XSTREAM2.toXML(model.instantiate(empty, null)), is(without));
        }
    }

    private static Object some(ParameterType type) throws Exception {
        if (type instanceof HomogeneousObjectType object) {
            Map<String, Object> needed = new HashMap<>();
            for (DescribableParameter parameter : object.getSchemaType().getParameters()) {
                if (parameter.isRequired()) {
                    needed.put(parameter.getName(), some(parameter.getType()));
                }
            }
            return object.getSchemaType().instantiate(needed, null);
        }
        return ((AtomicType) type).getType() == int.class ? (Object) 1 : "some";
    }

    /** Of what is ours among what jobs and folders get, with all that is inside of it. */
    private static List<DescribableModel<?>> models() {
        Map<Class<?>, DescribableModel<?>> found = new HashMap<>();
        JobDsl.allKinds().forEach(kind -> ours(kind).forEach(type -> find(DescribableModel.of(type), found)));
        return List.copyOf(found.values());
    }

    private static List<Class<?>> ours(Class<?> kind) {
        List<Class<?>> ours = new ArrayList<>();
        for (Descriptor<?> descriptor : Jenkins.get().getExtensionList(Descriptor.class)) {
            if (kind.isAssignableFrom(descriptor.clazz)
                    && descriptor.clazz.getName().startsWith(OURS)) {
                ours.add(descriptor.clazz);
            }
        }
        return ours;
    }

    private static void find(DescribableModel<?> model, Map<Class<?>, DescribableModel<?>> found) {
        if (!model.getType().getName().startsWith(OURS) || found.put(model.getType(), model) != null) {
            return;
        }
        for (DescribableParameter parameter : model.getParameters()) {
            ParameterType type =
                    parameter.getType() instanceof ArrayType list ? list.getElementType() : parameter.getType();
            if (type instanceof HomogeneousObjectType one) {
                find(one.getSchemaType(), found);
            } else if (type instanceof HeterogeneousObjectType many) {
                many.getTypes().values().forEach(each -> find(each, found));
            }
        }
    }

    @Test
    public void exampleOfAFolderWithPipelines() throws Exception {
        List<Object> folder = example("folder").get("shop");
        Map<String, List<Object>> made = example("pipelines");

        assertThat(folder, contains(instanceOf(FolderCalendars.class), instanceOf(FolderJudgmentPolicy.class)));
        FolderCalendars calendars = (FolderCalendars) folder.get(0);
        assertThat(calendars.getEnforced(), is(calendars.getCalendars().get(0).getName()));
        assertThat(made.get("shop/addressbook-canary"), contains(instanceOf(PromotionProperty.class)));
        assertThat(
                made.get("shop/addressbook-stable"),
                contains(instanceOf(JudgmentProperty.class), instanceOf(ExecutionWindowProperty.class)));
        PipelineTriggersJobProperty triggers = (PipelineTriggersJobProperty)
                made.get("shop/addressbook-rollback").get(0);
        FailedDeploymentTrigger trigger =
                (FailedDeploymentTrigger) triggers.getTriggers().get(0);
        assertThat(trigger.getUpstream(), is("addressbook-canary"));
        assertThat(trigger.getResults(), contains("FAILURE", "ABORTED"));
    }

    @Test
    public void exampleOfFreestyleJobs() throws Exception {
        Map<String, List<Object>> made = example("freestyle");

        assertThat(made.get("shop/freestyle-canary"), hasSize(5));
        List<Object> stable = made.get("shop/freestyle-stable");
        assertThat(stable, contains(instanceOf(PromoteStableBuilder.class), instanceOf(StartRollbackJob.class)));
        assertThat(((PromoteStableBuilder) stable.get(0)).getRelease(), is("${RELEASE}"));
        assertThat(made.get("shop/freestyle-rollback").get(0), instanceOf(FailedDeploymentTrigger.class));
    }

    private static Map<String, List<Object>> example(String name) throws Exception {
        return JobDsl.run(Files.readString(Path.of("docs/examples/job-dsl", name + ".groovy")));
    }
}

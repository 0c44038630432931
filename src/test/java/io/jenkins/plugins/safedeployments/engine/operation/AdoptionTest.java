package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** A release of what was not made from its manifests and selects both tracks, on a simulated cluster. */
public class AdoptionTest {

    private static final String STABLE = "addressbook-stable";
    private static final Map<String, Object> APP = Map.of("app", "addressbook");

    private CrashRun run;

    @Before
    public void stableWhoseSelectorDoesNotTellTheTracksApart() {
        run = new CrashRun(null, Map.of());
        run.deploy("1.0", false);
        run.promote(3);
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, APP, "spec", "selector", "matchLabels");
    }

    @Test
    public void budgetThatSelectsBothTracks_isRefused() {
        for (Map<String, Object> selector : List.of(
                Map.<String, Object>of("matchLabels", APP),
                expression("app", "In", List.of("addressbook", "orders")),
                expression("app", "NotIn", List.of("orders")),
                expression("deployment", "Exists", List.of()),
                expression("legacy", "DoesNotExist", List.of()),
                Map.<String, Object>of())) {
            budget(selector);

            boolean deployed = run.deploy("1.1", false);

            assertThat(selector + "\n" + run.report, deployed, is(false));
            assertThat(
                    run.report.toString(),
                    containsString(
                            "PodDisruptionBudget calm would protect the pods of both tracks together, since the"
                                    + " selector of Deployment addressbook-stable, {app=addressbook}, does not tell them apart"));
            assertThat(run.cluster.get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
            run.report.lines.clear();
        }
    }

    @Test
    public void budgetThatSelectsOneTrackOrNone_isNotHeldAgainstIt() {
        for (Map<String, Object> selector : List.of(
                Map.<String, Object>of("matchLabels", Map.of("app", "addressbook", "deployment", STABLE)),
                Map.<String, Object>of(
                        "matchLabels",
                        APP,
                        "matchExpressions",
                        List.of(Map.of("key", "deployment", "operator", "NotIn", "values", List.of(STABLE)))),
                expression("deployment", "In", List.of(STABLE)),
                expression("deployment", "DoesNotExist", List.of()),
                expression("legacy", "Exists", List.of()))) {
            budget(selector);

            boolean deployed = run.deploy("1.1", false);

            assertThat(selector + "\n" + run.report, deployed, is(true));
            run.rollback("b");
        }
    }

    @Test
    public void budgetWithoutSelector_protectsNothing() {
        budget(null);

        assertThat(run.report.toString(), run.deploy("1.1", false), is(true));
    }

    @Test
    public void budgetOfBothTracks_whereStableSelectsItsOwnOnly_isNotHeldAgainstIt() {
        run.cluster.edit(
                Kind.DEPLOYMENT,
                STABLE,
                Map.of("app", "addressbook", "deployment", STABLE),
                "spec",
                "selector",
                "matchLabels");
        budget(Map.of("matchLabels", APP));

        assertThat(run.report.toString(), run.deploy("1.1", false), is(true));
    }

    private static Map<String, Object> expression(String key, String operator, List<String> values) {
        Map<String, Object> expression = values.isEmpty()
                ? Map.of("key", key, "operator", operator)
                : Map.of("key", key, "operator", operator, "values", values);
        return Map.of("matchExpressions", List.of(expression));
    }

    private void budget(Map<String, Object> selector) {
        run.cluster.put(KubeObject.of(Map.of(
                        "apiVersion",
                        Kind.DISRUPTION_BUDGET.apiVersion(),
                        "kind",
                        Kind.DISRUPTION_BUDGET.kind(),
                        "metadata",
                        Map.of("name", "calm"),
                        "spec",
                        Map.of("minAvailable", 2)))
                .with(selector, "spec", "selector"));
    }
}

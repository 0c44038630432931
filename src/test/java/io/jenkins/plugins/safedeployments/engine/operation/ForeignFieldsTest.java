package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.FieldConflict;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

/** Others have written to stable since a release began: who may overwrite that, on a simulated cluster. */
public class ForeignFieldsTest {

    private static final Force FORCE = new Force(true, "argo is switched off");
    private static final String TAKEN =
            "takes over: Deployment addressbook-stable: .spec.template.spec.containers (by" + " 'argocd-controller')";

    private CrashRun run;

    @Before
    public void releaseTwice() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        first.deploy("1.1", false);
        first.promote(null);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void promote_stableThatSomebodyEditedSinceTheReleaseBegan_needsForce() {
        run.deploy("1.2", false);
        write("kubectl-set", "hotfix", "spec", "template", "spec", "serviceAccountName");

        assertThat(run.promote(null), is(false));

        assertThat(
                run.report.toString(),
                containsString("'kubectl-set' has changed Deployment addressbook-stable since release 3"
                        + " (registry.example.com/addressbook:1.2) was begun, and its promotion would undo that: what is to"
                        + " stay belongs into the manifests of a new release. Take it back with rollbackCanary, or promote"
                        + " it with 'force' and a 'reason'."));
        assertThat(run.phase(3), is(Phase.CANARY_READY));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
        assertThat(run.step("b", CrashRun.promotion(null, false, FORCE)), is(true));
        assertThat(run.report.toString(), containsString("forced: 'kubectl-set' has changed Deployment"));
    }

    @Test
    public void promote_stableThatSomebodyEditsBetweenItsLookAndItsWrite_needsForce() {
        run.deploy("1.2", false);
        run.before(
                "apply Deployment addressbook-stable",
                () -> write("kubectl-set", "hotfix", "spec", "template", "spec", "serviceAccountName"));

        assertThat(run.promote(null), is(false));

        assertThat(
                run.report.toString(), containsString("'kubectl-set' has changed Deployment addressbook-stable since"));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void promote_stableThatSomebodyEditsWhileJenkinsIsDown_needsForce() {
        run.deploy("1.2", false);
        CrashRun.Running[] promotion = new CrashRun.Running[1];
        promotion[0] = run.hold("promote", CrashRun.promotion(null));
        run.before("apply Service", () -> {
            promotion[0].die();
            write("kubectl-set", "hotfix", "spec", "template", "spec", "serviceAccountName");
        });
        run.go(promotion[0]);

        assertThat(run.report.toString(), run.end(promotion[0]), is(false));

        assertThat(
                run.report.toString(), containsString("'kubectl-set' has changed Deployment addressbook-stable since"));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void promote_stableThatWasScaledAndRestarted_isNotHeldUp() {
        run.deploy("1.2", false);
        write("kubectl-scale", 4, "spec", "replicas");
        write(
                "kubectl-rollout",
                "2026-01-05T10:00:00Z",
                "spec",
                "template",
                "metadata",
                "annotations",
                "kubectl.kubernetes.io/restartedAt");

        assertThat(run.report.toString(), run.promote(null), is(true));
    }

    /** An app that kubectl had made and edited before; nothing of it is the plugin's. */
    @Test
    public void promote_stableThatWasEditedBeforeTheReleaseBegan_isNotHeldUp() {
        write("kubectl-set", "hotfix", "spec", "template", "spec", "serviceAccountName");
        run.deploy("1.2", false);

        assertThat(run.report.toString(), run.promote(null), is(true));
    }

    @Test
    public void promote_stableThatSomebodyMadeSinceTheFirstReleaseBegan_needsForce() {
        run = new CrashRun(null, Map.of());
        run.deploy("1.0", false);
        run.cluster
                .get(Kind.DEPLOYMENT, "addressbook-canary")
                .ifPresent(canary -> run.cluster.put(
                        canary.with("addressbook-stable", "metadata", "name").with(null, "metadata", "annotations")));
        write("kubectl-create", "byHand", "spec", "template", "spec", "serviceAccountName");

        assertThat(run.promote(3), is(false));

        assertThat(
                run.report.toString(),
                containsString("'kubectl-create' has changed Deployment addressbook-stable since release 1"));
    }

    @Test
    public void rollback_configMapThatTheReleaseBrought_removesItUnlessSomebodyHasEditedIt() {
        for (boolean edited : List.of(false, true)) {
            run.step("deploy", CrashRun.deployment("1.2", "settings.yml", CrashRun.SETTINGS));
            if (edited) {
                write(Kind.CONFIG_MAP, "settings", "kubectl-edit", "hi", "data", "greeting");
            }

            assertThat(run.report.toString(), run.rollback("b"), is(true));

            assertThat(run.cluster.get(Kind.CONFIG_MAP, "settings").isPresent(), is(edited));
        }
        assertThat(run.report.lines, hasItem("removed: ConfigMap settings, which the release had brought"));
        assertThat(
                run.report.lines,
                hasItem(
                        "removed: ConfigMap settings IS LEFT AS IT IS, not removed with the release that had brought it:"
                                + " 'kubectl-edit' has changed it since. Look at it by hand"));
    }

    private void write(String manager, Object value, String... path) {
        write(Kind.DEPLOYMENT, "addressbook-stable", manager, value, path);
    }

    private void write(Kind kind, String name, String manager, Object value, String... path) {
        run.cluster.edit(kind, name, value, path);
        Map<String, Object> fields = Map.of("f:" + path[path.length - 1], Map.of());
        for (int i = path.length - 2; i >= 0; i--) {
            fields = Map.of("f:" + path[i], fields);
        }
        KubeObject object = run.cluster.get(kind, name).orElseThrow();
        List<Object> all = new ArrayList<>();
        object.list("metadata", "managedFields").forEach(field -> all.add(field.toMap()));
        all.add(Map.of(
                "manager", manager, "operation", "Update", "time", run.now().toString(), "fieldsV1", fields));
        run.cluster.put(object.with(all, "metadata", "managedFields"));
    }

    private void argoTakesAField() {
        run.cluster.taken.put(
                "Deployment addressbook-stable",
                new FieldConflict("argocd-controller", ".spec.template.spec.containers"));
    }

    @Test
    public void promote_isRefusedAndNotWithForce() {
        run.deploy("1.2", false);
        argoTakesAField();

        assertThat(run.promote(null), is(false));
        assertThat(
                run.report.toString(),
                containsString("stop managing them elsewhere, or take them over with 'force' and a 'reason'."));

        assertThat(run.report.toString(), run.step("b", CrashRun.promotion(null, false, FORCE)), is(true));
        assertThat(run.report.toString(), containsString(TAKEN));
        assertThat(run.phase(3), is(Phase.PROMOTED));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.2"));
    }

    @Test
    public void rollbackOfAPromotion_takesItOver() {
        run.deploy("1.2", false);
        run.cluster.pushed.put("registry.example.com/addressbook:1.2", "pull-fail");
        assertThat(run.promote(null), is(false));
        argoTakesAField();

        assertThat(run.report.toString(), run.rollback("b"), is(true));

        assertThat(run.report.toString(), containsString(TAKEN));
        assertThat(run.phase(3), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
    }

    @Test
    public void return_takesItOver() {
        argoTakesAField();

        assertThat(run.report.toString(), run.step("b", CrashRun.returning("1")), is(true));

        assertThat(run.report.toString(), containsString(TAKEN));
        assertThat(run.phase(2), is(Phase.ROLLED_BACK));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
    }
}

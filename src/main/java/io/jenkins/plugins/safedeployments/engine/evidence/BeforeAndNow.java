package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import java.util.Map;

/** What a release has changed, at a glance: what there was by its record, beside what there is. */
final class BeforeAndNow {

    static final String ABSENT = "there is none";

    private static final String BEFORE = "there was none";

    private BeforeAndNow() {}

    /** Before a release there is never a canary. */
    @NonNull
    static TextTable of(Plan plan, Observation canary, Observation stable) {
        Integer replicas = plan.originalReplicas();
        Map<String, Object> before = plan.before();
        TextTable table = new TextTable("", "before", "now");
        table.row("Replicas of stable", replicas == null ? BEFORE : replicas.toString(), replicas(stable));
        table.row(
                "Image of stable",
                before == null ? BEFORE : ReleasePage.images(KubeObject.of(before)),
                ReleasePage.cell(stable.deployment(), ReleasePage::images));
        table.row("Replicas of canary", BEFORE, replicas(canary));
        table.row("Image of canary", BEFORE, ReleasePage.cell(canary.deployment(), ReleasePage::images));
        return table;
    }

    private static String replicas(Observation track) {
        return ReleasePage.cell(track.deployment(), d -> Integer.toString(d.integer(1, "spec", "replicas")));
    }
}

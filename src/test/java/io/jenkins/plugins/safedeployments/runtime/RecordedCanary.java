package io.jenkins.plugins.safedeployments.runtime;

import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Keeps with a run, without a cluster, what a step would have kept that brought a canary up. */
public final class RecordedCanary {

    private RecordedCanary() {}

    /** Release {@code number} of {@code shop} in that namespace on {@code rig}, which waits to be promoted. */
    public static void of(Run<?, ?> run, String namespace, int number) {
        Plan plan = new Plan(
                "shop:" + number,
                "",
                1,
                3,
                2,
                null,
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                false);
        Actor actor = new Actor("step of " + run + " in " + namespace, run.getFullDisplayName(), "", "dev");
        Release release = Release.begin(number, "shop", actor, plan, Instant.now())
                .enter(Phase.CANARY_READY, "it serves", actor, Instant.now());
        BuildReport report = new BuildReport(
                "shop", run, TaskListener.NULL, new ClusterAccess("https://127.0.0.1:1", "", "", "", "", false));
        Target target = new Target("rig", namespace, "shop");
        ReleaseRecorder recorder = new ReleaseRecorder(report, run, actor.id(), Act.CANARY_DEPLOY, target);
        recorder.release(release, true);
        recorder.succeeded();
    }
}

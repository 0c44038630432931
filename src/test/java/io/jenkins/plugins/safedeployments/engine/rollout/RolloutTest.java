package io.jenkins.plugins.safedeployments.engine.rollout;

import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.deployment;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Set;
import org.junit.Test;

public class RolloutTest {

    private static final int GENERATION = 2;

    @Test
    public void isComplete_allNewAvailableAndInTheService() {
        Rollout rollout = rollout(deployment(2, 2, 2, 2), "a", "b");

        assertThat(rollout.isComplete(), is(true));
        assertThat(rollout.toString(), is("2/2 updated, 2/2 available, 2/2 in the Service"));
    }

    @Test
    public void isComplete_anythingMissing_isFalse() {
        assertThat("not updated", rollout(deployment(2, 1, 2, 2), "a", "b").isComplete(), is(false));
        assertThat("not available", rollout(deployment(2, 2, 1, 2), "a", "b").isComplete(), is(false));
        assertThat("old pod left", rollout(deployment(2, 2, 2, 3), "a", "b").isComplete(), is(false));
        assertThat("too many new", rollout(deployment(2, 3, 3, 3), "a", "b").isComplete(), is(false));
        assertThat("not in the Service", rollout(deployment(2, 2, 2, 2), "a").isComplete(), is(false));
        assertThat("scaled to nothing", rollout(deployment(0, 0, 0, 0)).isComplete(), is(false));
    }

    @Test
    public void isComplete_changeNotSeenByTheController_isFalse() {
        KubeObject unseen = deployment(2, 2, 2, 2).with(1, "status", "observedGeneration");

        assertThat(rollout(unseen, "a", "b").isComplete(), is(false));
        assertThat(rollout(unseen, "a", "b").toString(), is("waiting for the Deployment's controller"));
    }

    @Test
    public void isComplete_seenBeforeOurOwnWrite_isFalse() {
        Observation stale = Cast.observation(deployment(2, 2, 2, 2), List.of(), Set.of("a", "b"));

        assertThat(Rollout.of(stale, GENERATION + 1, true).isComplete(), is(false));
    }

    @Test
    public void isComplete_noService_doesNotAskForEndpoints() {
        Rollout rollout = Rollout.of(Cast.observation(deployment(2, 2, 2, 2), List.of(), Set.of()), GENERATION, false);

        assertThat(rollout.isComplete(), is(true));
        assertThat(rollout.toString(), is("2/2 updated, 2/2 available"));
    }

    @Test
    public void isComplete_noDeployment_isFalse() {
        Rollout rollout = Rollout.of(Cast.observation(null, List.of(), Set.of()), 0, false);

        assertThat(rollout.isComplete(), is(false));
    }

    @Test
    public void toString_halfWay_saysHowFar() {
        assertThat(
                rollout(deployment(3, 2, 1, 4), "a").toString(),
                is("2/3 updated, 1/3 available, 2 old, 1/3 in the Service"));
    }

    @Test
    public void row_standsUnderItsHeader() {
        Rollout rollout = rollout(deployment(3, 2, 1, 4).with(2, "status", "readyReplicas"), "a");

        assertThat(rollout.header(), is("desired  updated  ready  available  in Service"));
        assertThat(rollout.row(), is("      3        2      2          1           1  2 old"));
    }

    @Test
    public void row_noService_hasNoColumnForIt() {
        Rollout rollout = Rollout.of(Cast.observation(deployment(2, 2, 2, 2), List.of(), Set.of()), GENERATION, false);

        assertThat(rollout.header(), is("desired  updated  ready  available"));
        assertThat(rollout.row(), is("      2        2      0          2"));
    }

    private static Rollout rollout(KubeObject deployment, String... serving) {
        return Rollout.of(Cast.observation(deployment, List.of(), Set.of(serving)), GENERATION, true);
    }
}

package io.jenkins.plugins.safedeployments.engine.rollout;

import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.deployment;
import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.endpoints;
import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.pod;
import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.ready;
import static io.jenkins.plugins.safedeployments.engine.rollout.Cast.replicaSet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class ObservationTest {

    private static final KubeObject DEPLOYMENT = deployment(2, 1, 1, 2);
    private static final KubeObject OLD = replicaSet("old", "6", "shop-uid");
    private static final KubeObject NEW = replicaSet("new", "7", "shop-uid");

    @Test
    public void of_noDeployment_hasNothing() {
        Observation observation = Observation.of(new Cast(NEW, pod("a", "new"), endpoints("a")), "shop", "shop-lb");

        assertThat(observation.deployment(), is(nullValue()));
        assertThat(observation.newPods(), is(empty()));
        assertThat(observation.servingPods(), is(empty()));
    }

    @Test
    public void of_podsOfSeveralTemplates_hasThoseOfTheCurrentOne() {
        Observation observation = observe(DEPLOYMENT, OLD, NEW, pod("a", "old"), pod("b", "new"));

        assertThat(observation.newPods(), contains(pod("b", "new")));
    }

    @Test
    public void of_podsOfAnotherDeploymentOfTheSameRevision_leavesThemOut() {
        Observation observation =
                observe(DEPLOYMENT, replicaSet("foreign", "7", "another-uid"), pod("a", "foreign"), pod("b", "none"));

        assertThat(observation.newPods(), is(empty()));
    }

    @Test
    public void of_templateThatNoReplicaSetIsMadeOfYet_hasNoNewPods() {
        assertThat(observe(DEPLOYMENT, OLD, pod("a", "old")).newPods(), is(empty()));
    }

    /** The controller writes a status about the template first, and the revision of its ReplicaSet a moment later. */
    @Test
    public void of_returnToAnEarlierTemplate_hasItsPodsBeforeTheRevisionIsWritten() {
        String[] revision = {"metadata", "annotations", "deployment.kubernetes.io/revision"};
        Observation observation = observe(
                DEPLOYMENT.with("8", revision),
                NEW.with("9", revision),
                OLD.with("8", revision),
                pod("a", "new"),
                pod("b", "old"));

        assertThat(observation.newPods(), contains(pod("a", "new")));
    }

    @Test
    public void of_severalReplicaSetsOfOneTemplate_hasThePodsOfTheOldest() {
        KubeObject first =
                replicaSet("first", "7", "shop-uid").with("2026-01-01T00:00:00Z", "metadata", "creationTimestamp");
        KubeObject second = NEW.with("2026-01-01T00:00:01Z", "metadata", "creationTimestamp");

        assertThat(
                observe(DEPLOYMENT, second, first, pod("a", "new"), pod("b", "first"))
                        .newPods(),
                contains(pod("b", "first")));
    }

    @Test
    public void of_podThatIsBeingDeleted_leavesItOut() {
        KubeObject leaving = pod("a", "new").with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");

        assertThat(observe(DEPLOYMENT, NEW, leaving).newPods(), is(empty()));
    }

    @Test
    public void of_endpoints_countOnlyNewPodsThatAreReadyInTheService() {
        Observation observation = observe(
                DEPLOYMENT,
                OLD,
                NEW,
                pod("a", "old"),
                pod("b", "new"),
                pod("c", "new"),
                endpoints("a", "b", "foreign"));

        assertThat(observation.servingPods(), contains("b"));
    }

    @Test
    public void of_endpointOfAnEarlierPodOfTheSameName_doesNotCount() {
        KubeObject recreated = pod("a", "new").with("another-uid", "metadata", "uid");

        assertThat(observe(DEPLOYMENT, NEW, recreated, endpoints("a")).servingPods(), is(empty()));
    }

    @Test
    public void of_endpointThatIsNotReadyOrGoes_doesNotCount_oneThatDoesNotSayDoes() {
        KubeObject slice = Cast.slice(List.of(
                Cast.endpoint("a", Map.of("ready", false)),
                Cast.endpoint("b", Map.of("ready", true, "terminating", true)),
                Cast.endpoint("c", Map.of())));

        Observation observation = observe(DEPLOYMENT, NEW, pod("a", "new"), pod("b", "new"), pod("c", "new"), slice);

        assertThat(observation.servingPods(), contains("c"));
        assertThat(
                "of another Service",
                observe(DEPLOYMENT, NEW, pod("c", "new"), slice.with("x", "metadata", "labels", Kind.SERVICE_OF_SLICE))
                        .servingPods(),
                is(empty()));
    }

    @Test
    public void of_podsThatAreBeingRemoved_areOnlyCounted() {
        KubeObject old = pod("a", "old").with("2026-01-02T03:04:05Z", "metadata", "deletionTimestamp");
        KubeObject drained = pod("b", "new").with("2026-01-02T03:04:05Z", "metadata", "deletionTimestamp");
        KubeObject foreign = pod("c", "other").with("2026-01-02T03:04:05Z", "metadata", "deletionTimestamp");

        Observation observation = observe(DEPLOYMENT, OLD, NEW, old, drained, foreign, pod("d", "new"));

        assertThat(observation.newPods(), contains(pod("d", "new")));
        assertThat(observation.leaving(), is(2));
        assertThat(observation.newReplicaSet(), is(NEW));
    }

    @Test
    public void of_noService_doesNotLookForEndpoints() {
        Observation observation =
                Observation.of(new Cast(DEPLOYMENT, NEW, pod("a", "new"), endpoints("a")), "shop", "");

        assertThat(observation.servingPods(), is(empty()));
    }

    @Test
    public void readyPods_onlyThoseWhoseConditionIsTrue() {
        KubeObject ready = ready(pod("a", "new"), "True");

        Observation observation = observe(DEPLOYMENT, NEW, ready, ready(pod("b", "new"), "False"), pod("c", "new"));

        assertThat(observation.readyPods(), contains(ready));
    }

    private static Observation observe(KubeObject... objects) {
        return Observation.of(new Cast(objects), "shop", "shop-lb");
    }
}

package io.jenkins.plugins.safedeployments.engine.release;

import static io.jenkins.plugins.safedeployments.engine.release.Samples.ALICE;
import static io.jenkins.plugins.safedeployments.engine.release.Samples.NOW;
import static io.jenkins.plugins.safedeployments.engine.release.Samples.TIMER;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.cluster.InMemoryCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.Test;

public class ClaimTest {

    private final InMemoryCluster cluster = new InMemoryCluster("test");
    private final Claim claim = new Claim(cluster, "shop");

    @Test
    public void look_nothingThere_isHeldByNobody() {
        assertThat(claim.look().holder(), is(0));
        assertThat(cluster.version(), is(0));
    }

    @Test
    public void begin_freeTarget_isHeldByTheFirstRelease() {
        Claim.State state = begin(claim, ALICE, NOW);

        assertThat(state.holder(), is(1));
        assertThat(state.fence(), is(1));
        assertThat(state, is(claim.look()));
        assertThat(
                state.text(),
                is("release 1, by shop/release #4 (started by alice) (canaryDeploy) since 2026-01-02T03:04:05Z"));
    }

    @Test
    public void begin_freeTarget_isALeaseForEverybodyToSee() {
        begin(claim, ALICE, NOW);

        KubeObject lease = cluster.get(Kind.LEASE, "safe-deployments-shop").orElseThrow();
        assertThat(lease.string("spec", "holderIdentity"), is("release-1"));
        assertThat(lease.string("spec", "acquireTime"), is("2026-01-02T03:04:05.000000Z"));
        assertThat(lease.integer(0, "spec", "leaseTransitions"), is(1));
    }

    @Test
    public void begin_heldByAnotherRelease_changesNothing() {
        begin(claim, ALICE, NOW);
        int version = cluster.version();

        Claim.State state = begin(claim, TIMER, NOW.plusSeconds(1));

        assertThat(state.actor(), is(ALICE.id()));
        assertThat(state.holder(), is(1));
        assertThat(cluster.version(), is(version));
    }

    @Test
    public void begin_againByTheSameActor_isTheSameReleaseWithANewFence() {
        begin(claim, ALICE, NOW);

        Claim.State state = begin(claim, ALICE, NOW.plusSeconds(60));

        assertThat(state.holder(), is(1));
        assertThat(state.fence(), is(2));
        assertThat(state.since(), is(NOW.toString()));
    }

    @Test
    public void begin_afterARelease_isTheNextNumber() {
        claim.release(begin(claim, ALICE, NOW).fence(), NOW);

        Claim.State state = begin(claim, ALICE, NOW);

        assertThat(state.holder(), is(2));
        assertThat(state.fence(), is(2));
    }

    @Test
    public void begin_anotherIsQuicker_isHeldByThatOne() {
        cluster.beforeNextWrite(() -> begin(new Claim(cluster, "shop"), TIMER, NOW));

        Claim.State state = begin(claim, ALICE, NOW);

        assertThat(state.actor(), is(TIMER.id()));
        assertThat(state.holder(), is(1));
    }

    @Test
    public void begin_inTheSameMoment_isHeldByExactlyOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Claim.State>> all = java.util.stream.IntStream.range(0, 16)
                    .<Callable<Claim.State>>mapToObj(
                            i -> () -> begin(new Claim(cluster, "shop"), new Actor("a" + i, "r", "", ""), NOW))
                    .toList();

            for (Future<Claim.State> state : threads.invokeAll(all)) {
                assertThat(state.get(), is(claim.look()));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(claim.look().fence(), is(1));
    }

    @Test
    public void act_forTheHolder_fencesOffWhoActedBefore() {
        begin(claim, ALICE, NOW);

        Claim.State state = claim.act(1, "rollbackCanary", TIMER, NOW.plusSeconds(60));

        assertThat(state.fence(), is(2));
        assertThat(state.actor(), is(TIMER.id()));
        assertThat(state.operation(), is("rollbackCanary"));
        assertThat(state.since(), is(NOW.toString()));
        assertThrows(FencedException.class, () -> claim.release(1, NOW));
        assertThat(claim.look(), is(state));
    }

    @Test
    public void act_forAnotherRelease_changesNothing() {
        Claim.State held = begin(claim, ALICE, NOW);

        assertThat(claim.act(2, "promoteStable", TIMER, NOW), is(held));
        assertThat(claim.look(), is(held));
    }

    @Test
    public void act_nobodyHolds_changesNothing() {
        assertThat(claim.act(1, "promoteStable", TIMER, NOW).holder(), is(0));
        assertThat(cluster.version(), is(0));
    }

    @Test
    public void release_twice_changesNothingMore() {
        int fence = begin(claim, ALICE, NOW).fence();
        claim.release(fence, NOW);
        int version = cluster.version();

        claim.release(fence, NOW);

        assertThat(cluster.version(), is(version));
        assertThat(claim.look().holder(), is(0));
        assertThat(claim.look().lastRelease(), is(1));
    }

    @Test
    public void release_nobodyHolds_leavesNoHolderInTheLease() {
        claim.release(begin(claim, ALICE, NOW).fence(), NOW);

        assertThat(
                cluster.get(Kind.LEASE, "safe-deployments-shop")
                        .orElseThrow()
                        .map("spec")
                        .keySet(),
                containsInAnyOrder("leaseTransitions"));
    }

    @Test
    public void begin_leaseThatAlwaysChanges_givesUp() {
        for (int i = 0; i < 20; i++) {
            int number = i;
            cluster.beforeNextWrite(() -> touch(number));
            cluster.beforeNextWrite(() -> {}); // its own write
        }

        ClusterException refusal = assertThrows(ClusterException.class, () -> begin(claim, ALICE, NOW));

        assertThat(refusal.reason(), is(Reason.UNAVAILABLE));
        assertThat(refusal.getMessage(), is("The claim on shop changed 8 times while it was being taken"));
    }

    private void touch(int number) {
        cluster.apply(
                KubeObject.of(java.util.Map.of(
                        "apiVersion", Kind.LEASE.apiVersion(),
                        "kind", Kind.LEASE.kind(),
                        "metadata", java.util.Map.of("name", "safe-deployments-shop"),
                        "spec", java.util.Map.of("x", number))),
                false,
                false);
    }

    private static Claim.State begin(Claim of, Actor actor, Instant now) {
        return of.begin(of.look().lastRelease() + 1, "canaryDeploy", actor, false, now);
    }
}

package io.jenkins.plugins.safedeployments.engine.release;

import static io.jenkins.plugins.safedeployments.engine.release.Samples.ALICE;
import static io.jenkins.plugins.safedeployments.engine.release.Samples.NOW;
import static io.jenkins.plugins.safedeployments.engine.release.Samples.TIMER;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import org.junit.Test;

public class ReleaseTest {

    @Test
    public void begin_isTheFirstEntryOfTheHistory() {
        Release release = Samples.release(7);

        assertThat(release.phase(), is(Phase.CANARY_STARTING));
        assertThat(release.title(), is("release 7 (registry.example.com/shop:1.7)"));
        assertThat(
                release.history(),
                contains(new Release.Entry(
                        "2026-01-02T03:04:05Z",
                        Phase.CANARY_STARTING,
                        "shop/release #4",
                        "alice",
                        "canary of registry.example.com/shop:1.7",
                        "jenkins/shop#4/12")));
    }

    @Test
    public void enter_adds_andLeavesTheReleaseItself() {
        Release release = Samples.release(7);

        Release ready = release.enter(Phase.CANARY_READY, "it serves", TIMER, NOW);

        assertThat(ready.history().size(), is(2));
        assertThat(ready.history().get(1).by(), is("shop/undo #5"));
        assertThat(release.history().size(), is(1));
    }

    @Test
    public void enter_undoing_hasACauseThatStays() {
        Release failed = Samples.release(7).enter(Phase.FAILED, "no such image", ALICE, NOW);

        assertThat(
                Samples.release(7)
                        .enter(Phase.CANARY_READY, "it serves", ALICE, NOW)
                        .cause(),
                is(""));
        assertThat(failed.cause(), is("no such image"));
        assertThat(failed.enter(Phase.PROMOTING, "on", ALICE, NOW).cause(), is("no such image"));
    }

    @Test
    public void hasMigrated_asSoonAsOneHasBegun() {
        Tested.Migration begun = new Tested.Migration("migrate", NOW.toString(), "us", null, null);
        Release release = Samples.release(7);

        Release migrating = release.learn(release.tested().with(begun), "migrate begins", ALICE, NOW);

        assertThat(release.hasMigrated(), is(false));
        assertThat(migrating.hasMigrated(), is(true));
        assertThat(
                migrating
                        .learn(migrating.tested().withoutMigration("migrate"), "it did not", ALICE, NOW)
                        .hasMigrated(),
                is(false));
        assertThat(migrating.enter(Phase.ROLLED_BACK, "undone", ALICE, NOW).hasMigrated(), is(true));
    }

    @Test
    public void testsFailed_untilTheSameTestPasses() {
        Release failed = tested(tested(Samples.release(7), "ping", "no answer"), "pong", "");

        assertThat(failed.testsFailed(), is(true));
        assertThat(failed.phase(), is(Phase.CANARY_STARTING));
        assertThat(tested(failed, "ping", "").testsFailed(), is(false));
        assertThat(tested(Samples.release(7), "ping", "").testsFailed(), is(false));
    }

    private static Release tested(Release release, String test, String cause) {
        return release.learn(release.tested().with(new Tested.Result(test, "us", cause)), test, ALICE, NOW);
    }

    @Test
    public void isFinal_onlyWhenNothingIsLeftToBeDone() {
        for (Phase phase : Phase.values()) {
            assertThat(phase.text(), phase.isFinal(), is(phase == Phase.PROMOTED || phase == Phase.ROLLED_BACK));
        }
    }

    @Test
    public void newActor_withoutId_isRefused() {
        assertThrows(UserException.class, () -> new Actor(" ", "run", "", ""));
        assertThat(ALICE.text(), is("shop/release #4 (started by alice)"));
        assertThat(TIMER.text(), is("shop/undo #5"));
    }
}

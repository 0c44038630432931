package io.jenkins.plugins.safedeployments.promotion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Plan;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class TargetHistoryTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    private static final Instant BEGIN = Instant.parse("2026-05-04T10:00:00Z");
    private static final Actor ALICE = new Actor("a", "shop/release #1", "", "alice");
    private static final Target TARGET = new Target("rig", "shop", "shop");

    @Test
    public void releaseThatWasReturnedTo_isStable() {
        Release first = begun(1).enter(Phase.PROMOTED, "serves", ALICE, at(1));
        Release second = begun(2).enter(Phase.PROMOTED, "serves", ALICE, at(2));
        second = second.enter(Phase.ROLLING_BACK, "a bug", ALICE, at(3));
        first = first.enter(Phase.PROMOTED, "stable again", ALICE, at(4));
        second = second.enter(Phase.ROLLED_BACK, "a bug", ALICE, at(5));

        assertThat(stable(second, first), is(1));
    }

    /** The record of what stable left is written last. */
    @Test
    public void releaseThatStableWentForwardTo_isStable() {
        Release first = begun(1).enter(Phase.PROMOTED, "serves", ALICE, at(1));
        Release second = begun(2).enter(Phase.ROLLED_BACK, "a bug", ALICE, at(2));
        first = first.enter(Phase.ROLLING_BACK, "it was the database", ALICE, at(3));
        second = second.enter(Phase.PROMOTED, "stable again", ALICE, at(4));
        first = first.enter(Phase.PROMOTED, "stable is release 2 again", ALICE, at(5));

        assertThat(stable(second, first), is(2));
    }

    private static int stable(Release... recorded) {
        TargetHistory nothingSeen = new TargetHistory(TARGET, false, 0);
        return TargetHistory.of(nothingSeen, List.of(recorded)).stable().getNumber();
    }

    private static Release begun(int number) {
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
        return Release.begin(number, "shop", ALICE, plan, BEGIN);
    }

    private static Instant at(int seconds) {
        return BEGIN.plusSeconds(seconds);
    }
}

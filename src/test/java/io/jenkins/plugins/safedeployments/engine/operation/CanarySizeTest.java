package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import org.junit.Test;

public class CanarySizeTest {

    @Test
    public void canary_percentOfTheWhole_isRoundedHalvesUpAndLeavesBothTracksOne() {
        int[][] cases = { // percent, total, canary
            {20, 10, 2},
            {25, 10, 3},
            {24, 10, 2},
            {1, 10, 1},
            {99, 10, 9},
            {95, 10, 9},
            {50, 3, 2},
            {33, 3, 1},
            {10, 1, 1},
            {99, 1, 1},
            {99, 2, 1},
            {1, 1000, 10},
            {15, 10, 2},
            {14, 10, 1},
            {40, 0, 1}
        };
        for (int[] c : cases) {
            assertThat(c[0] + " % of " + c[1], new CanarySize(null, c[0], null).canary(c[1]), is(c[2]));
        }
    }

    @Test
    public void stable_withoutASizeOfItsOwn_keepsTheTotalButAtLeastOne() {
        assertThat(CanarySize.of(1).stable(3), is(2));
        assertThat(CanarySize.of(5).stable(3), is(1));
        assertThat(new CanarySize(null, 30, null).stable(10), is(7));
        assertThat(new CanarySize(1, null, 3).stable(3), is(3));
    }

    @Test
    public void newSize_withoutAnything_isOne() {
        assertThat(new CanarySize(null, null, null).canary(10), is(1));
    }

    @Test
    public void newSize_replicasAndPercent_isRefused() {
        assertThat(
                refusal(2, 20, null),
                is("'replicas' is 2 and 'percent' is 20: both say how big the canary is, so give one of them."));
    }

    @Test
    public void newSize_percentThatLeavesATrackNothing_isRefused() {
        for (int percent : new int[] {-1, 0, 100}) {
            assertThat(
                    refusal(null, percent, null),
                    is("'percent' is " + percent + ": it must be from 1 to 99, so that each track has a part."));
        }
    }

    private static String refusal(Integer replicas, Integer percent, Integer stable) {
        return assertThrows(UserException.class, () -> new CanarySize(replicas, percent, stable))
                .getMessage();
    }
}

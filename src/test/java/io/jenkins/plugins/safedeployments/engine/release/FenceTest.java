package io.jenkins.plugins.safedeployments.engine.release;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.util.Map;
import org.junit.Test;

public class FenceTest {

    @Test
    public void check_stampOfALaterHolder_isRefused() {
        FencedException refusal = assertThrows(FencedException.class, () -> Fence.check(stamped("3"), 2));

        assertThat(
                refusal.getMessage(),
                is(
                        "Another operation took Deployment shop over (fencing number 3, ours is 2): this one stops and changes"
                                + " nothing more."));
    }

    @Test
    public void check_ownEarlierOrNoStamp_passes() {
        Fence.check(stamped("2"), 2);
        Fence.check(stamped("1"), 2);
        Fence.check(stamped("edited by hand"), 2);
        Fence.check(stamped("3").with(null, "metadata", "annotations"), 2);
    }

    @Test
    public void isStamped_onlyWithTheVeryNumber() {
        assertThat(Fence.isStamped(stamped("2"), 2), is(true));
        assertThat(Fence.isStamped(stamped("1"), 2), is(false));
        assertThat(Fence.isStamped(stamped("3"), 2), is(false));
        assertThat(Fence.isStamped(stamped("x"), 2), is(false));
    }

    private static KubeObject stamped(String number) {
        return KubeObject.of(Map.of(
                "kind", "Deployment", "metadata", Map.of("name", "shop", "annotations", Map.of(Names.FENCE, number))));
    }
}

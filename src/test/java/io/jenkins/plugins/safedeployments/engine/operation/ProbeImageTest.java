package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.Before;
import org.junit.Test;

/** Whether an image is still there, on a simulated cluster with simulated time. */
public class ProbeImageTest {

    private static final String POD = "safe-deployments-addressbook-probe";

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
    public void imageThatIsThere_isReturnedTo() {
        assertThat(run.report.toString(), run.step("b", checked()), is(true));

        assertThat(run.report.toString(), containsString("image: of release 1 ("));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        assertThat(pod(), is(Optional.empty()));
    }

    @Test
    public void imageThatIsGone_isNotReturnedTo() {
        run.cluster.pushed.put("registry.example.com/addressbook:1.0", "pull-fail");

        assertThat(run.step("b", checked()), is(false));

        assertThat(run.report.toString(), containsString("did not start. Leave 'checkImage' out to go on without."));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
        assertThat(pod(), is(Optional.empty()));
    }

    @Test
    public void imageThatIsRefused_isSaidWithTheBuildThatMadeIt() {
        run.after(
                "create Pod " + POD,
                () -> run.cluster.put(pod().orElseThrow()
                        .with(
                                List.of(Map.of(
                                        "name",
                                        "c",
                                        "state",
                                        Map.of(
                                                "waiting",
                                                Map.of("reason", "ImagePullBackOff", "message", "manifest unknown")))),
                                "status",
                                "containerStatuses")));

        assertThat(run.step("b", checked()), is(false));

        assertThat(run.report.toString(), containsString("cannot be pulled any more: "));
        assertThat(run.report.toString(), containsString("Build it again with "));
        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.1"));
        assertThat(pod(), is(Optional.empty()));
    }

    /** That of a step which was interrupted, and which takes its time to go. */
    @Test
    public void podThatIsThereStill_isWaitedFor() {
        KubeObject left = run.cluster.put(KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of("name", POD, "creationTimestamp", run.now().toString()),
                "spec",
                Map.of("containers", List.of(Map.of("name", "c", "image", "pull-fail"))))));
        Instant begun = run.now();
        run.after("delete Pod " + POD, () -> run.cluster.put(left.with(null, "metadata", "uid")));

        assertThat(run.report.toString(), run.step("b", checked()), is(true));

        assertThat(run.stableImage(), is("registry.example.com/addressbook:1.0"));
        assertThat(Duration.between(begun, run.now()).toSeconds() < 60, is(true));
    }

    private Optional<KubeObject> pod() {
        return run.cluster.get(Kind.POD, POD);
    }

    private static BiFunction<Session, Boolean, Operation> checked() {
        return (session, resumed) -> new RollbackCanary(
                session,
                new RollbackRequest("1", "too many errors", false, false, true, Force.NONE),
                Approval.NOT_NEEDED);
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.Before;
import org.junit.Test;

/** What is allowed but unwise, and said with the plan of a canary, on a simulated cluster. */
public class CanaryWarningsTest {

    private CrashRun run;

    @Before
    public void release() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
    }

    @Test
    public void deploy_canaryBiggerThanStable_warns() {
        deploy(5);

        assertThat(
                run.report.toString(),
                containsString(
                        "plan: 5 canary beside 1 of 3 stable\nwarning: The canary has 5 pods and stable beside it 1,"
                                + " so most of the traffic goes to what is to be proved first."));
    }

    @Test
    public void deploy_canarySmallerThanStable_doesNotWarn() {
        deploy(1);

        assertThat(run.report.toString(), not(containsString("warning")));
    }

    @Test
    public void deploy_strategyByWhichAllOfStableGoesAtOnce_warns() {
        assertThat(run.report.toString(), deployed(1, withStrategy("{type: Recreate}")), is(true));

        assertThat(
                run.report.toString(),
                containsString(
                        "warning: By its strategy Recreate Deployment addressbook-stable loses all of its pods at once"
                                + " when this release is promoted: until new ones are ready, only the canary serves. If that is not"
                                + " wanted, give the Deployment the strategy RollingUpdate with 'maxUnavailable: 0' in the manifests."));
    }

    /** What the manifest leaves open stays as it is on the cluster. */
    @Test
    public void deploy_strategyOfStableThatTheManifestDoesNotSay_warns() {
        run.cluster.edit(
                Kind.DEPLOYMENT,
                "addressbook-stable",
                Map.of("type", "RollingUpdate", "rollingUpdate", Map.of("maxUnavailable", 3, "maxSurge", 0)),
                "spec",
                "strategy");
        run.pass(java.time.Duration.ofSeconds(5));

        deploy(1);

        assertThat(
                run.report.toString(),
                containsString("warning: By its maxUnavailable of 3, which is all of 3, Deployment"));
    }

    @Test
    public void deploy_firstRelease_hasNothingToLose() {
        run = new CrashRun(null, Map.of());

        assertThat(run.report.toString(), deployed(1, withStrategy("{type: Recreate}")), is(true));

        assertThat(run.report.toString(), not(containsString("warning")));
    }

    private static Map<String, String> withStrategy(String strategy) {
        Map<String, String> files = new LinkedHashMap<>(TestEngine.example("addressbook"));
        files.computeIfPresent(
                "deployment.yml",
                (name, text) -> text.replaceFirst("spec:\n", "spec:\n  strategy: " + strategy + "\n"));
        return files;
    }

    /** The record keeps the manifests, and has to fit into a Secret; the target is free again. */
    @Test
    public void deploy_manifestsThatNoSecretHolds_isRefused() {
        byte[] random = new byte[700_000]; // nothing makes it smaller
        new Random(1).nextBytes(random);
        Map<String, String> files = new LinkedHashMap<>(TestEngine.example("addressbook"));
        files.put(
                "big.yml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big\ndata:\n  big: "
                        + Base64.getEncoder().encodeToString(random) + "\n");

        assertThat(deployed(1, files), is(false));

        assertThat(
                run.report.toString(),
                matchesPattern(
                        "(?s).*The record of release 2 \\(registry.example.com/addressbook:1.1\\) would have 1[34]..? KiB,"
                                + " and a Secret holds 1024: it keeps all manifests of the release, so take out of 'manifests' what.*"));
        assertThat(new ReleaseStore(run.cluster, "addressbook").get(2).isPresent(), is(false));
        assertThat(run.cluster.get(Kind.DEPLOYMENT, "addressbook-canary").isPresent(), is(false));
        deploy(1);
    }

    private void deploy(int replicas) {
        assertThat(run.report.toString(), deployed(replicas, TestEngine.example("addressbook")), is(true));
    }

    private boolean deployed(int replicas, Map<String, String> files) {
        return run.step(
                "deploy",
                (session, resumed) -> new CanaryDeploy(
                        session,
                        AskedCanary.ofTag("1.1")
                                .files(files)
                                .size(CanarySize.of(replicas))
                                .rollbackOnFailure()
                                .resumed(resumed)
                                .request()));
    }
}

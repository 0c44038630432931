package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.Before;
import org.junit.Test;

/** At what size stable rolls while it is promoted, on a simulated cluster. */
public class PromotionSizeTest {

    private static final String STABLE = "addressbook-stable";
    private static final String IMAGE = "registry.example.com/addressbook:";

    private CrashRun run;

    @Before
    public void deployBesideThreeOfStable() {
        CrashRun first = new CrashRun(null, Map.of());
        first.deploy("1.0", false);
        first.promote(3);
        run = new CrashRun(first.cluster, Map.of());
        run.deploy("1.1", false);
        run.pass(Duration.ofMinutes(5));
    }

    @Test
    public void promote_besideItsCanary_startsNoMorePodsOfWhatItReplaces() {
        Set<String> before = podsOf("1.0");
        Set<String> seen = new TreeSet<>();
        run.cluster.observe(() -> seen.addAll(podsOf("1.0")));

        assertThat(run.report.toString(), run.promote(null), is(true));

        assertThat(seen, is(before));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
        assertThat(run.report.toString(), run.broken, is(empty()));
    }

    /** By the default strategy a quarter may be missing, of ten as of nine; and what is reckoned with is ten. */
    @Test
    public void promote_whatMayMissPodsMeanwhile_hasItsSizeBefore() {
        run.promote(10);
        run.deploy("1.2", false);
        assertThat(size(), is(9));
        Set<Integer> sizes = new TreeSet<>();
        run.cluster.observe(() -> {
            if (run.stableImage().equals(IMAGE + "1.2")) {
                sizes.add(size());
            }
        });

        assertThat(run.report.toString(), run.promote(null), is(true));

        assertThat(run.report.toString(), sizes, is(Set.of(10)));
        assertThat(run.report.toString(), containsString("stable: resized from 9 to 10"));
    }

    @Test
    public void promote_whatTheManifestLetsMissAPod_hasItsSizeBefore() {
        run.cluster.edit(Kind.DEPLOYMENT, STABLE, 1, "spec", "strategy", "rollingUpdate", "maxUnavailable");
        Set<Integer> sizes = new TreeSet<>();
        run.cluster.observe(() -> {
            if (run.stableImage().equals(IMAGE + "1.1")) {
                sizes.add(size());
            }
        });

        assertThat(run.report.toString(), run.promote(null), is(true));

        assertThat(run.report.toString(), sizes, is(Set.of(3)));
    }

    @Test
    public void promote_whoseCanaryServesNoMore_getsItsSizeAtOnce() {
        run.cluster.turned.put(IMAGE + "1.1", "never-ready");
        CrashRun.Running promotion = run.start("promote", CrashRun.promotion(null));
        run.pass(Duration.ofSeconds(10));
        assertThat("stable waits for its first new pod", size(), is(2));

        run.cluster.all(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-canary-"))
                .toList()
                .forEach(run.cluster::remove);
        run.pass(Duration.ofSeconds(2));

        assertThat(size(), is(3));
        assertThat(run.report.toString(), run.end(promotion), is(false));
        assertThat(
                run.report.toString(),
                containsString("left: stable may be partly rolled, and the canary does not serve any more: run"));
        assertThat(run.cluster.serving(STABLE).size(), is(3));
    }

    private Set<String> podsOf(String tag) {
        return run.cluster.all(Kind.POD).stream()
                .filter(pod ->
                        pod.list("spec", "containers").get(0).string("image").equals(IMAGE + tag))
                .map(KubeObject::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private int size() {
        return run.cluster.get(Kind.DEPLOYMENT, STABLE).orElseThrow().integer(1, "spec", "replicas");
    }
}

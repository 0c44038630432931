package io.jenkins.plugins.safedeployments.engine.release;

import static io.jenkins.plugins.safedeployments.engine.release.Samples.ALICE;
import static io.jenkins.plugins.safedeployments.engine.release.Samples.NOW;
import static io.jenkins.plugins.safedeployments.engine.release.Samples.release;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterException.Reason;
import io.jenkins.plugins.safedeployments.engine.cluster.InMemoryCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.Test;

public class ReleaseStoreTest {

    private final InMemoryCluster cluster = new InMemoryCluster("test");
    private final ReleaseStore store = new ReleaseStore(cluster, "shop");

    @Test
    public void get_whatWasPut_isTheSame() {
        Release release = Samples.ofFormat1();

        store.put(release, 1);

        assertThat(store.get(3), is(Optional.of(release)));
        assertThat(store.get(4), is(Optional.empty()));
    }

    @Test
    public void put_keepsItInASecretOfItsOwnWithLabelsToFindIt() {
        store.put(release(3), 5);

        KubeObject secret = cluster.get(Kind.SECRET, "safe-deployments-shop-v3").orElseThrow();
        assertThat(secret.string("type"), is("safe-deployments.jenkins.io/release.v1"));
        assertThat(
                secret.map("metadata", "labels"),
                is(Map.of(
                        "safe-deployments.jenkins.io/app", "shop",
                        "safe-deployments.jenkins.io/phase", "CANARY_STARTING")));
        assertThat(secret.annotation(Names.FENCE), is("5"));
    }

    @Test
    public void put_again_replacesIt() {
        store.put(release(3), 1);

        Release ready = release(3).enter(Phase.CANARY_READY, "it serves", ALICE, NOW);
        store.put(ready, 1);

        assertThat(store.list(), contains(ready));
    }

    @Test
    public void put_answerOfTheFirstTryLost_replacesIt() {
        Release release = release(3);
        cluster.beforeNextWrite(() -> new ReleaseStore(cluster, "shop").put(release, 1));

        store.put(release, 1);

        assertThat(store.list(), contains(release));
    }

    @Test
    public void put_afterALaterHolder_isRefused() {
        Release theirs = release(3).enter(Phase.ROLLED_BACK, "undone", ALICE, NOW);
        store.put(release(3), 1);
        store.put(theirs, 2);

        assertThrows(FencedException.class, () -> store.put(release(3), 1));

        assertThat(store.get(3), is(Optional.of(theirs)));
    }

    @Test
    public void put_laterHolderBetweenLookAndWrite_isRefused() {
        Release theirs = release(3).enter(Phase.ROLLED_BACK, "undone", ALICE, NOW);
        store.put(release(3), 1);
        cluster.beforeNextWrite(() -> new ReleaseStore(cluster, "shop").put(theirs, 2));

        ClusterException refusal = assertThrows(ClusterException.class, () -> store.put(release(3), 1));

        assertThat(refusal.reason(), is(Reason.CONFLICT));
        assertThat(store.get(3), is(Optional.of(theirs)));
    }

    @Test
    public void change_keepsWhatOthersWrote() {
        Tested.Result theirs = new Tested.Result("ping", "them", "");
        Tested.Migration ours = new Tested.Migration("migrate", NOW.toString(), "us", null, null);
        store.put(release(3), 1);
        store.change(release(3), 1, r -> r.learn(r.tested().with(theirs), "ping passed", ALICE, NOW));

        Release changed =
                store.change(release(3), 1, r -> r.learn(r.tested().with(ours), "migrate begins", ALICE, NOW));

        assertThat(store.get(3), is(Optional.of(changed)));
        assertThat(changed.tested(), is(new Tested(List.of(ours), List.of(theirs))));
        assertThat(changed.history().size(), is(3));
        assertThat(changed.phase(), is(Phase.CANARY_STARTING));
    }

    @Test
    public void change_somebodyWritesAtTheSameTime_isRefused() {
        Release theirs = release(3).enter(Phase.CANARY_READY, "it serves", ALICE, NOW);
        store.put(release(3), 1);
        cluster.beforeNextWrite(() -> new ReleaseStore(cluster, "shop").put(theirs, 1));

        ClusterException refusal = assertThrows(
                ClusterException.class,
                () -> new ReleaseStore(cluster, "shop")
                        .change(release(3), 1, r -> r.enter(Phase.FAILED, "no", ALICE, NOW)));

        assertThat(refusal.reason(), is(Reason.CONFLICT));
        assertThat(store.get(3), is(Optional.of(theirs)));
    }

    @Test
    public void change_whatIsKnownIsOutdated_keepsWhatOthersWrote() {
        Tested.Result theirs = new Tested.Result("ping", "them", "");
        store.put(release(3), 1);
        new ReleaseStore(cluster, "shop")
                .change(release(3), 1, r -> r.learn(r.tested().with(theirs), "ping passed", ALICE, NOW));

        Release changed = store.change(release(3), 1, r -> r.enter(Phase.CANARY_READY, "it serves", ALICE, NOW));

        assertThat(changed.phase(), is(Phase.CANARY_READY));
        assertThat(changed.tested().result("ping").isPresent(), is(true));
        assertThat(store.get(3), is(Optional.of(changed)));
    }

    @Test
    public void change_whatIsKnownIsOutdated_andOthersHoldTheClaim_isRefused() {
        store.put(release(3), 1);
        new ReleaseStore(cluster, "shop").put(release(3), 2);

        assertThrows(
                FencedException.class,
                () -> store.change(release(3), 1, r -> r.enter(Phase.CANARY_READY, "it serves", ALICE, NOW)));
    }

    @Test
    public void change_afterALaterHolder_isRefused() {
        store.put(release(3), 2);

        assertThrows(
                FencedException.class, () -> store.change(release(3), 1, r -> r.enter(Phase.FAILED, "no", ALICE, NOW)));
    }

    @Test
    public void change_toTheSame_writesNothing() {
        store.put(release(3), 1);
        int version = cluster.version();

        assertThat(store.change(release(3), 1, r -> r), is(release(3)));

        assertThat(cluster.version(), is(version));
    }

    @Test
    public void change_recordThatWasDeleted_isMadeAgain() {
        Release changed = store.change(release(3), 1, r -> r.enter(Phase.CANARY_READY, "serves", ALICE, NOW));

        assertThat(store.get(3), is(Optional.of(changed)));
    }

    @Test
    public void list_hasTheNewestFirstAndNoOtherApps() {
        new ReleaseStore(cluster, "other").put(release(9), 1);
        store.put(release(9), 1);
        store.put(release(10), 1);

        assertThat(numbers(), contains(10, 9));
    }

    @Test
    public void prune_moreThanAreKept_forgetsTheOldest() {
        for (int number = 1; number <= 12; number++) {
            store.put(release(number), 1);
        }

        store.prune(null);

        assertThat(numbers(), contains(12, 11, 10, 9, 8, 7, 6, 5, 4, 3));
    }

    @Test
    public void prune_moreThanAreKept_doesNotForgetTheLastGoodOne() {
        store.put(release(1).enter(Phase.PROMOTED, "it serves", ALICE, NOW), 1);
        store.put(release(2).enter(Phase.PROMOTED, "it serves", ALICE, NOW), 1);
        for (int number = 3; number <= 20; number++) {
            store.put(release(number).enter(Phase.ROLLED_BACK, "undone", ALICE, NOW), 1);
        }

        store.prune(null);

        assertThat(numbers(), contains(20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 2));
    }

    @Test
    public void prune_moreThanAreKept_doesNotForgetTheOneThatStableRuns() {
        for (int number = 1; number <= 12; number++) {
            store.put(release(number).enter(Phase.PROMOTED, "it serves", ALICE, NOW), 1);
        }

        store.prune(KubeObject.of(Map.of("metadata", Map.of("annotations", Map.of(Names.RELEASE, "1")))));

        assertThat(numbers(), contains(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 1));
    }

    @Test
    public void get_recordOfFormat1_staysReadable() throws IOException {
        try (InputStream file = ReleaseStoreTest.class.getResourceAsStream("release-v1.json.gz.b64")) {
            secret(3, new String(file.readAllBytes(), StandardCharsets.US_ASCII).replace("\n", ""));
        }

        assertThat(store.get(3), is(Optional.of(withoutActors(Samples.ofFormat1()))));
    }

    /** As it was before the history said which step did a thing. */
    private static Release withoutActors(Release release) {
        List<Release.Entry> history = release.history().stream()
                .map(e -> new Release.Entry(e.at(), e.phase(), e.by(), e.user(), e.text(), null))
                .toList();
        return new Release(
                release.format(),
                release.number(),
                release.app(),
                release.origin(),
                release.plan(),
                release.phase(),
                release.cause(),
                history,
                Tested.NOTHING,
                release.facts());
    }

    @Test
    public void get_recordWithFieldsNotKnownHere_isRead() throws IOException {
        secret(3, zipped(json().replaceFirst("\"number\":", "\"later\": {}, \"number\":")));

        assertThat(store.get(3).orElseThrow().number(), is(3));
    }

    @Test
    public void get_recordOfALaterFormat_isRefused() throws IOException {
        secret(3, zipped(json().replace("\"format\":1", "\"format\":2")));

        UserException refusal = assertThrows(UserException.class, () -> store.get(3));

        assertThat(
                refusal.getMessage(),
                is(
                        "Secret safe-deployments-shop-v3 was written by a newer version of the plugin: update this Jenkins."));
    }

    @Test
    public void get_recordThatIsDamaged_isRefusedWithoutBeingRepeated() throws IOException {
        String zipped = zipped(json());
        for (String data : List.of(
                "",
                "s3cr3t!",
                Base64.getEncoder().encodeToString("s3cr3t".getBytes(StandardCharsets.UTF_8)),
                zipped.substring(0, zipped.length() / 8 * 4),
                zipped("s3cr3t"),
                zipped("{\"number\": \"s3cr3t\"}"),
                zipped("{\"format\": 1, \"number\": 3}"))) {
            secret(3, data);

            UserException refusal = assertThrows(data, UserException.class, () -> store.get(3));

            assertThat(
                    refusal.getMessage(),
                    is("Secret safe-deployments-shop-v3 is no readable release record: delete it if it is damaged."));
            assertThat(refusal.getMessage(), not(containsString("s3cr3t")));
        }
    }

    @Test
    public void list_nothing_isEmpty() {
        assertThat(store.list(), is(empty()));
    }

    private static String json() {
        return "{\"format\":1, \"number\":3, \"app\":\"shop\", \"origin\":{\"id\":\"i\", \"run\":\"\", \"url\":\"\","
                + " \"user\":\"\"}, \"plan\":{\"image\":\"a:1\", \"later\":1}, \"phase\":\"FAILED\", \"cause\":\"\","
                + " \"history\":[]}";
    }

    private List<Integer> numbers() {
        return store.list().stream().map(Release::number).toList();
    }

    private void secret(int number, String data) {
        cluster.apply(
                KubeObject.of(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Secret",
                        "metadata",
                        Map.of("name", "safe-deployments-shop-v" + number),
                        "data",
                        Map.of("release", data))),
                false,
                false);
    }

    private static String zipped(String json) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(json.getBytes(StandardCharsets.UTF_8));
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}

package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.ResourceType;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.Served;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Rule;
import org.junit.Test;

public class KindWatchTest {

    private static final String PODS = "/api/v1/namespaces/shop/pods";
    private static final String BOOKMARK = "{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"42\"}}";

    @Rule
    public final ScriptedApi api = new ScriptedApi();

    private final ManualLater later = new ManualLater();
    private final AtomicInteger misses = new AtomicInteger();
    private KindWatch compared;
    private final AtomicInteger changes = new AtomicInteger();

    @Test
    public void listThenWatch_fromTheVersionOfTheList() {
        api.answer(200, list("7", pod("a", "5", "")));
        ScriptedApi.Stream stream = api.stream();
        KindWatch watch = start();

        await().until(watch::isComplete);
        stream.send(event("ADDED", pod("b", "8", "")));
        stream.send(event("MODIFIED", pod("a", "9", "new")));
        await().until(() -> watch.all().size() == 2 && note(watch, "a").equals("new"));
        stream.send(event("DELETED", pod("b", "10", "")));
        await().until(() -> watch.get("b") == null);

        assertThat(api.requests().get(0), is(PODS + "?limit=500"));
        assertThat(api.requests().get(1), containsString("watch=true&allowWatchBookmarks=true&resourceVersion=7&"));
        assertThat(watch.get("a").toString(), is("Pod a"));
        assertThat(changes.get(), greaterThanOrEqualTo(4));
    }

    @Test
    public void longList_isReadPageByPage() {
        api.answer(200, list("7", pod("a", "5", "")).replace("\"metadata\":{", "\"metadata\":{\"continue\":\"c/1\","));
        api.answer(200, list("7", pod("b", "6", "")));
        api.stream();
        KindWatch watch = start();

        await().until(() -> watch.all().size() == 2);
        assertThat(api.requests().get(1), is(PODS + "?limit=500&continue=c%2F1"));
    }

    @Test
    public void textThatIsNotAscii_cutInTheMidstOfACharacter_isRead() {
        api.answer(200, list("7"));
        ScriptedApi.Stream stream = api.stream();
        KindWatch watch = start();
        byte[] line = event("ADDED", pod("a", "8", "größer 漢字")).getBytes(java.nio.charset.StandardCharsets.UTF_8);

        await().until(() -> api.requests().size() == 2);
        for (byte one : line) {
            stream.send(new byte[] {one});
        }
        stream.send(event("ADDED", pod("b", "9", "")));

        await().until(() -> watch.all().size() == 2);
        assertThat(note(watch, "a"), is("größer 漢字"));
        assertThat("the same watch goes on", api.requests(), hasSize(2));
    }

    @Test
    public void bookmark_onlyMovesTheVersionFromWhichAnEndedWatchGoesOn() {
        api.answer(200, list("7", pod("a", "5", "")));
        ScriptedApi.Stream first = api.stream();
        api.stream();
        KindWatch watch = start();
        await().until(() -> api.requests().size() == 2);
        int before = changes.get();

        first.send(event("BOOKMARK", BOOKMARK));
        first.end();

        await().until(() -> api.requests().size() == 3);
        assertThat(api.requests().get(2), containsString("&resourceVersion=42&"));
        assertThat(watch.all(), hasSize(1));
        assertThat(changes.get(), is(before));
    }

    @Test
    public void watchThatBringsNothing_ofAServerWithoutBookmarks_goesOn() {
        api.answer(200, list("7"));
        api.stream();
        start();
        await().until(() -> later.has(KindWatch.TICK));

        ticks(3 * KindWatch.SILENT_TICKS);

        assertThat(api.requests(), hasSize(2));
    }

    @Test
    public void watchThatBroughtBookmarks_andNoneNow_isBegunAnewFromTheLast() {
        api.answer(200, list("7"));
        ScriptedApi.Stream stream = api.stream();
        api.stream();
        KindWatch watch = start();
        await().until(() -> later.has(KindWatch.TICK));
        stream.send(event("BOOKMARK", BOOKMARK) + event("ADDED", pod("a", "43", "")));
        await().until(() -> watch.get("a") != null);

        ticks(KindWatch.SILENT_TICKS - 1);
        assertThat(api.requests(), hasSize(2));
        ticks(1);
        later.runNext(Duration.ofSeconds(1));

        await().until(() -> api.requests().size() == 3);
        assertThat(api.requests().get(2), containsString("&resourceVersion=43&"));
    }

    @Test
    public void compare_watchThatHasMissedAChange_isTold() {
        assertThat(missed(list("9", pod("a", "9", ""))), is(1));
    }

    @Test
    public void compare_watchThatHasMissedAnObject_isTold() {
        assertThat(missed(list("9", pod("a", "5", ""), pod("b", "9", ""))), is(1));
    }

    @Test
    public void compare_watchThatHasMissedADeletion_isTold() {
        assertThat(missed(list("9")), is(1));
    }

    @Test
    public void compare_watchThatHasMissedNothing_isNotDisturbed() {
        assertThat(missed(list("9", pod("a", "5", ""))), is(0));
        assertThat("nothing to wait for", later.has(KindWatch.GRACE), is(false));
    }

    @Test
    public void compare_changeThatTheWatchBringsALittleLater_isNotMissed() {
        ScriptedApi.Stream stream = compared(list("9", pod("a", "9", "")));
        stream.send(event("MODIFIED", pod("a", "9", "late")));
        await().until(() -> note(compared, "a").equals("late"));

        later.run(KindWatch.GRACE);

        assertThat(misses.get(), is(0));
    }

    @Test
    public void renewedWatch_listsAnew() {
        compared(list("9", pod("a", "9", "new")));
        api.answer(200, list("9", pod("a", "9", "new")));
        api.stream();

        compared.renew("something was missed");
        later.runNext(Duration.ofSeconds(1));

        await().until(() -> note(compared, "a").equals("new"));
    }

    private int missed(String answer) {
        compared(answer);
        later.run(KindWatch.GRACE);
        return misses.get();
    }

    private ScriptedApi.Stream compared(String answer) {
        api.answer(200, list("7", pod("a", "5", "")));
        ScriptedApi.Stream stream = api.stream();
        compared = start();
        await().until(() -> api.requests().size() == 2);
        api.answer(200, answer);
        compared.compare(misses::incrementAndGet).join();
        return stream;
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            later.run(KindWatch.TICK);
        }
    }

    @Test
    public void versionThatIsTooOld_isListedAnew() {
        api.answer(200, list("7", pod("a", "5", ""), pod("gone", "6", "")));
        ScriptedApi.Stream stream = api.stream();
        api.answer(200, list("90", pod("a", "80", "new")));
        api.answer(410, "{\"kind\":\"Status\",\"code\":410}");
        api.answer(200, list("95", pod("a", "80", "newer")));
        api.stream();
        KindWatch watch = start();
        await().until(() -> api.requests().size() == 2);

        // as an event of the watch
        stream.send(event("ERROR", "{\"kind\":\"Status\",\"code\":410,\"message\":\"too old resource version\"}"));
        later.runNext(Duration.ofSeconds(1));
        await().until(() -> note(watch, "a").equals("new"));
        assertThat(watch.get("gone"), is(nullValue()));
        // as the answer to it
        await().until(() -> later.has(Duration.ofSeconds(1)));
        later.runNext(Duration.ofSeconds(1));

        await().until(() -> note(watch, "a").equals("newer"));
        assertThat(api.requests().get(4), endsWith("?limit=500"));
    }

    @Test
    public void watchThatEndsWithoutAWord_isListedAnew() {
        api.answer(200, list("7"));
        ScriptedApi.Stream stream = api.stream();
        api.answer(200, list("8", pod("a", "8", "")));
        api.stream();
        KindWatch watch = start();
        await().until(() -> api.requests().size() == 2);

        stream.end();
        await().until(() -> later.has(Duration.ofSeconds(1)));
        later.runNext(Duration.ofSeconds(1));

        await().until(() -> watch.get("a") != null);
    }

    @Test
    public void serverThatFailsAgainAndAgain_isNotReliedOnUntilItIsBack() {
        api.answer(200, list("7"));
        for (int i = 0; i < 3; i++) {
            api.answer(503, "");
        }
        api.answer(200, list("9", pod("a", "8", "")));
        api.stream();
        KindWatch watch = start();

        for (int failures = 1; failures <= 3; failures++) {
            await().until(() -> later.has(Duration.ofSeconds(2)));
            assertThat(watch.isComplete(), is(failures < 3));
            later.runNext(Duration.ofSeconds(2));
        }

        await().until(watch::isComplete);
        assertThat(watch.all(), hasSize(1));
    }

    @Test
    public void closedWatch_asksNoMore() {
        api.answer(200, list("7"));
        ScriptedApi.Stream stream = api.stream();
        KindWatch watch = start();
        await().until(() -> api.requests().size() == 2);

        watch.close();
        stream.end();
        later.runAll();

        assertThat(api.requests(), hasSize(2));
        assertThat(watch.all(), hasSize(0));
    }

    @Test
    public void pause_growsToALimitAndVaries() {
        assertThat(KindWatch.pause(1, 0), is(Duration.ofMillis(250)));
        assertThat(KindWatch.pause(1, 1), is(Duration.ofMillis(500)));
        assertThat(KindWatch.pause(3, 1), is(Duration.ofSeconds(2)));
        assertThat(KindWatch.pause(1000, 1), is(Duration.ofSeconds(30)));
        assertThat(KindWatch.pause(1000, 0), is(Duration.ofSeconds(15)));
    }

    @Test
    public void namespace_isWatchedUntilNobodyHasComeForAWhile() {
        for (int i = 0; i < 5; i++) {
            api.answer(200, list("7"));
        }
        AtomicInteger begun = new AtomicInteger();
        NamespaceWatch namespace = new NamespaceWatch(
                (kind, changed) -> {
                    begun.incrementAndGet();
                    return watch(changed);
                },
                later);

        View first = namespace.open(changes::incrementAndGet);
        first.close();
        View second = namespace.open(changes::incrementAndGet);
        assertThat("taken over by the second", begun.get(), is(5));
        later.run(NamespaceWatch.IDLE); // what the first left behind
        View third = namespace.open(changes::incrementAndGet);
        assertThat("the second goes on", begun.get(), is(5));
        second.close();
        third.close();
        later.run(NamespaceWatch.IDLE);
        assertThat(third.isComplete(), is(false));

        namespace.open(changes::incrementAndGet);
        assertThat("begun anew", begun.get(), is(10));
    }

    @Test
    public void namespace_whatCannotBeWatched_leavesNoListenerBehind() {
        AtomicInteger tries = new AtomicInteger();
        NamespaceWatch namespace = new NamespaceWatch(
                (kind, changed) -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new IllegalStateException("not now");
                    }
                    return watch(changed);
                },
                later);

        org.junit.Assert.assertThrows(IllegalStateException.class, () -> namespace.open(changes::incrementAndGet));
        namespace.open(changes::incrementAndGet);

        assertThat(tries.get(), is(6));
    }

    private KindWatch start() {
        KindWatch watch = watch(changes::incrementAndGet);
        watch.start();
        return watch;
    }

    private KindWatch watch(Runnable changed) {
        return new KindWatch(
                api.rest(), new Served(Kind.POD, Kind.POD, new ResourceType("pods", true)), PODS, changed, later);
    }

    private static String note(KindWatch watch, String name) {
        return String.valueOf(watch.get(name) == null ? null : watch.get(name).annotation("note"));
    }

    private static String list(String version, String... items) {
        return "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"" + version + "\"},\"items\":["
                + String.join(",", List.of(items)) + "]}";
    }

    private static String pod(String name, String version, String note) {
        return "{\"metadata\":{\"name\":\"" + name + "\",\"resourceVersion\":\"" + version
                + "\",\"annotations\":{\"note\":\"" + note + "\"}}}";
    }

    private static String event(String type, String object) {
        return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
    }
}

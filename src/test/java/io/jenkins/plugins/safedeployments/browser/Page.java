package io.jenkins.plugins.safedeployments.browser;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** What somebody has before them, and does with mouse and keyboard. All that the browser complains of is kept until it is looked at. */
public final class Page {

    private static final int WIDE = 1280;
    private static final int NARROW = 400;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Chromium browser;
    private final String session;
    private final URL root;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    Page(Chromium browser, String session, URL root) {
        this.browser = browser;
        this.session = session;
        this.root = root;
        browser.listen(session, this::hear);
        call("Log.enable", Map.of());
        call("Runtime.enable", Map.of());
        // a zone in which no server of the tests is
        call("Emulation.setTimezoneOverride", Map.of("timezoneId", "Asia/Tokyo"));
        show("light", WIDE);
    }

    private void hear(String event, JsonNode what) {
        switch (event) {
            case "Runtime.exceptionThrown" -> complaints.add(what.toString());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "assert").contains(what.get("type").asText())) {
                    complaints.add(what.get("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                JsonNode entry = what.get("entry");
                // what Content-Security-Policy is against is an error where it is enforced, and information where not
                boolean isTaken = entry.get("level").asText().equals("error")
                        || entry.get("text").asText().contains("Content Security Policy");
                // which a browser asks for by itself
                if (isTaken && !entry.path("url").asText().endsWith("/favicon.ico")) {
                    complaints.add(
                            entry.get("text").asText() + " " + entry.path("url").asText());
                }
            }
            default -> {
                // of no interest
            }
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        return browser.call(session, method, parameters);
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Chromium.PATIENCE).pollInterval(Duration.ofMillis(50));
    }

    /** Opens a page of Jenkins, relative to its root. */
    public Page go(String path) {
        return next(() -> {
            JsonNode answer = call("Page.navigate", Map.of("url", root + path));
            assertThat(path, answer.path("errorText").asText(), is(""));
        });
    }

    /** Does what leads to another page, and waits until that is there. */
    private Page next(Runnable leave) {
        eval("document.isLeft = true");
        leave.run();
        patiently()
                .ignoreExceptions() // between two pages there is none
                .until(
                        () -> eval("document.readyState + (document.isLeft ? ' left ' : ' ') + location.href")
                                .asText(),
                        state -> state.startsWith("complete http"));
        return this;
    }

    /** The result of a JavaScript expression, or what a promise becomes. */
    public JsonNode eval(String script) {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(answer.get("exceptionDetails").toString());
        }
        return answer.get("result").path("value");
    }

    private static String quoted(String text) {
        return JSON.getNodeFactory().textNode(text).toString();
    }

    /** What there is to read in those elements together; fails if there are none. */
    public String text(String selector) {
        JsonNode texts = eval("[...document.querySelectorAll(" + quoted(selector) + ")].map(e => e.innerText)");
        assertThat("no " + selector + " on " + eval("location.href").asText(), texts.size(), is(not(0)));
        StringBuilder all = new StringBuilder();
        texts.forEach(text -> all.append(text.asText()).append('\n'));
        return all.toString().replaceAll("[ \u00a0]+", " ").trim(); // on both sides of an icon, for example
    }

    public int count(String selector) {
        return eval("document.querySelectorAll(" + quoted(selector) + ").length")
                .asInt();
    }

    /** Waits until there is that to read in the elements. */
    public Page see(String selector, String text) {
        patiently().ignoreExceptions().untilAsserted(() -> assertThat(text(selector), containsString(text)));
        return this;
    }

    public Page dontSee(String selector, String text) {
        assertThat(text(selector), not(containsString(text)));
        return this;
    }

    /** Clicks on the middle of the one element that is visible and matches, where nothing may lie on it. */
    public Page click(String selector) {
        return click(selector, "");
    }

    /** The same of those with that text. */
    public Page click(String selector, String text) {
        JsonNode place = point(selector, text);
        mouse("mousePressed", place, "left");
        mouse("mouseReleased", place, "left");
        return this;
    }

    /** Points at it, and does nothing. */
    public Page hover(String selector) {
        point(selector, "");
        return this;
    }

    private JsonNode point(String selector, String text) {
        String find = "((css, text) => {"
                + " const all = [...document.querySelectorAll(css)].filter(e => e.checkVisibility()"
                + "   && (text === '' || e.innerText.trim() === text));"
                + " if (all.length !== 1) return { problem: all.length + ' are visible' };"
                + " all[0].scrollIntoView({ block: 'center', behavior: 'instant' });"
                + " const box = all[0].getBoundingClientRect();"
                + " const x = box.x + box.width / 2, y = box.y + box.height / 2;"
                + " const hit = document.elementFromPoint(x, y);"
                + " return hit !== null && all[0].contains(hit) ? { x, y }"
                + "   : { problem: 'under ' + (hit === null ? 'nothing' : hit.outerHTML.slice(0, 200)) };"
                + "})(" + quoted(selector) + ", " + quoted(text) + ")";
        JsonNode place = patiently()
                .alias(selector + " " + text)
                .ignoreExceptions()
                .until(() -> eval(find), found -> found.has("x"));
        mouse("mouseMoved", place, "none");
        return place;
    }

    private void mouse(String type, JsonNode place, String button) {
        call(
                "Input.dispatchMouseEvent",
                Map.of("type", type, "x", place.get("x"), "y", place.get("y"), "button", button, "clickCount", 1));
    }

    /** Clicks on what leads to another page, and waits for that. */
    public Page follow(String selector) {
        return follow(selector, "");
    }

    public Page follow(String selector, String text) {
        return next(() -> click(selector, text));
    }

    /** Replaces what is in a field, and leaves that. */
    public Page type(String selector, String text) {
        click(selector);
        eval("document.activeElement.select()");
        call("Input.insertText", Map.of("text", text));
        return press("Tab", 9);
    }

    /** Takes that option of a list, whose text begins so. */
    public Page choose(String selector, String option) {
        patiently()
                .alias(selector + " " + option)
                .ignoreExceptions()
                .until(() -> eval("((css, text) => { const list = document.querySelector(css);"
                                + " const found = [...list.options].find(one => one.text.trim().startsWith(text));"
                                + " if (!found) return false;"
                                + " list.value = found.value; list.selectedIndex = found.index;"
                                + " list.dispatchEvent(new Event('change', { bubbles: true })); return true; })("
                                + quoted(selector) + ", " + quoted(option) + ")")
                        .asBoolean());
        return this;
    }

    /** Waits until the form says so about a field; an empty text means that nothing is wrong with that. */
    public Page seeVerdict(String field, String text) {
        String said = "document.querySelector(" + quoted(field)
                + ").closest('.jenkins-form-item').querySelector('.validation-error-area')";
        patiently()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(
                        field,
                        eval(text.isEmpty() ? said + ".querySelectorAll('.error').length" : said + ".innerText")
                                .asText(),
                        containsString(text.isEmpty() ? "0" : text)));
        return this;
    }

    public Page press(String key, int code) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
        }
        return this;
    }

    /** That the browser complains of something is what is tested: it is forgotten. */
    public Page expectComplaint(String text) {
        patiently().untilAsserted(() -> assertThat(complaints, org.hamcrest.Matchers.hasItem(containsString(text))));
        complaints.removeIf(one -> one.contains(text));
        return this;
    }

    /**
     * Looks at the page in light and in dark, in a wide and a narrow window, and leaves what was seen in {@code target/screenshots}.
     * Nothing may be wider than the window, but for what can be scrolled by itself, and the browser may not have complained.
     */
    public Page look(String name) throws IOException {
        for (String theme : List.of("light", "dark")) {
            for (int width : List.of(WIDE, NARROW)) {
                show(theme, width);
                String at = name + "-" + theme + "-" + width;
                shoot(at);
                assertThat(at + " is " + theme, bright(), is(theme.equals("light")));
                assertThat(at + " is too wide", tooWide(), is("[]"));
            }
        }
        show("light", WIDE);
        assertQuiet();
        return this;
    }

    public Page assertQuiet() {
        assertThat("what the browser complains of", complaints, is(empty()));
        return this;
    }

    private void show(String theme, int width) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", theme),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    }

    /** Whether what lies behind the text is rather white than black. */
    private boolean bright() {
        return eval("(() => { const dot = document.createElement('canvas').getContext('2d');"
                        + " dot.fillStyle = getComputedStyle(document.body).backgroundColor; dot.fillRect(0, 0, 1, 1);"
                        + " return dot.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((a, b) => a + b) > 382; })()")
                .asBoolean();
    }

    /** What is wider than the window or is cut off, as HTML, without what can be scrolled. */
    private String tooWide() {
        return eval("(() => {"
                        + " const right = e => e.getBoundingClientRect().right;"
                        + " const flow = e => getComputedStyle(e).overflowX;"
                        + " const cut = (e, around) => around === null ? right(e) > innerWidth + 1"
                        + "   : ['auto', 'scroll'].includes(flow(around)) ? false"
                        + "   : ['hidden', 'clip'].includes(flow(around)) && right(e) > right(around) + 1"
                        + "     || cut(e, around.parentElement);"
                        + " const all = [...document.querySelectorAll('#main-panel *, dialog[open] *')].filter(e =>"
                        + "   e.checkVisibility({ opacityProperty: true, visibilityProperty: true })"
                        + "   && !e.classList.contains('jenkins-visually-hidden') && cut(e, e.parentElement));"
                        + " const root = document.documentElement;"
                        + " if (root.scrollWidth > innerWidth) all.unshift(root);"
                        + " return JSON.stringify(all.map(e => e.outerHTML.slice(0, 150)).slice(0, 5)); })()")
                .asText();
    }

    /** All of the page. Jenkins' own symbols are crosses there, since the test harness does not find them; those of plugins are not. */
    private void shoot(String name) throws IOException {
        eval("scrollTo({ top: 0, behavior: 'instant' })");
        JsonNode size = call("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
        JsonNode shot = call(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of("x", 0, "y", 0, "scale", 1, "width", size.get("width"), "height", size.get("height"))));
        Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(
                folder.resolve(name + ".png"),
                Base64.getDecoder().decode(shot.get("data").asText()));
    }
}

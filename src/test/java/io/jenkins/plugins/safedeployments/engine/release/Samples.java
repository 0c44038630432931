package io.jenkins.plugins.safedeployments.engine.release;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A release with something in every field. */
final class Samples {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    static final Actor ALICE = new Actor("jenkins/shop#4/12", "shop/release #4", "https://ci/job/shop/4/", "alice");
    static final Actor TIMER = new Actor("jenkins/undo#5/3", "shop/undo #5", "", "");

    private Samples() {}

    static Plan plan(String image) {
        return new Plan(
                image,
                "shop-lb",
                1,
                3,
                2,
                4,
                deployment("shop-canary"),
                deployment("shop-stable"),
                List.of(Map.of("kind", "ConfigMap", "data", Map.of("motd", "Gr\u00fc\u00dfe, \uD83D\uDE80 $x"))),
                List.of(),
                deployment("shop-stable"),
                List.of(),
                List.of(),
                false);
    }

    private static Map<String, Object> deployment(String name) {
        return Map.of(
                "kind", "Deployment",
                "metadata", Map.of("name", name),
                "spec", Map.of("big", 12345678901L, "half", 0.5, "yes", true, "list", List.of(1, "two")));
    }

    static Release release(int number) {
        return Release.begin(number, "shop", ALICE, plan("registry.example.com/shop:1." + number), NOW);
    }

    /** The one in {@code release-v1.json.gz.b64}, which was written by the first code that had this format. */
    static Release ofFormat1() {
        return release(3)
                .enter(Phase.CANARY_READY, "canary ready", ALICE, NOW.plusSeconds(60))
                .enter(Phase.ROLLING_BACK, "too many errors", TIMER, NOW.plusSeconds(120));
    }
}

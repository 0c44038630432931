package io.jenkins.plugins.safedeployments.engine.evidence;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.Track;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.rollout.Observation;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * What can be known of a release from outside: one page with the cause on top, what {@code kubectl} would show, the logs, and
 * the objects themselves without their secrets.
 *
 * <p>Whatever cannot be had is left out and said so. No request is begun after half a minute.
 */
public final class Evidence {

    /** The page to read first. */
    public static final String PAGE = "post-mortem.html";

    private static final int MAX_PODS = 10;

    private final Cluster cluster;
    private final Clock clock;
    private final Target target;
    private final Release release;
    private final String collector;

    /** @param collector who asks for it: a run, for people */
    public Evidence(Cluster cluster, Clock clock, Target target, Release release, String collector) {
        this.cluster = cluster;
        this.clock = clock;
        this.target = target;
        this.release = release;
        this.collector = collector;
    }

    /**
     * Asks the cluster, which takes a while.
     *
     * @param cause why the release failed, in one sentence; empty if it did not, and its state is only to be looked at
     * @return texts by relative file name, what is to be read first at the beginning
     */
    @NonNull
    public Map<String, String> collect(String cause) {
        Inquiry inquiry = new Inquiry(clock);
        Look look = new Look(cluster, target, release, inquiry);
        Instant now = clock.instant();
        Bundle bundle = new Bundle(look.mask());
        BiConsumer<String, Supplier<String>> kept = (file, text) -> {
            String made = inquiry.attempt(file, text);
            if (made != null) {
                bundle.put(file, made);
            }
        };
        overview(look, now, kept);
        Logs logs = new Logs(cluster, inquiry, look.mask(), bundle);
        List<KubeObject> pods = pods(look, bundle);
        pods.forEach(logs::of);
        List<KubeObject> objects = look.belongings();
        objects.addAll(look.own(Kind.REPLICA_SET));
        objects.addAll(pods);
        objects.forEach(object -> kept.accept(
                "yaml/" + object.kind().kind().toLowerCase(Locale.ROOT) + "-" + object.name() + ".yaml",
                () -> YamlText.of(object)));

        ReleasePage page = new ReleasePage(target, release, look, now, cause);
        page.write(collector, logs);
        page.end(bundle.sizes(), inquiry.missing(), bundle.cut());
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("cause.txt", page.brief(collector, inquiry.missing(), bundle.cut()));
        texts.put(PAGE, page.html());
        texts.put("post-mortem.txt", page.text());
        return bundle.files(texts);
    }

    private void overview(Look look, Instant now, BiConsumer<String, Supplier<String>> kept) {
        EvidenceText text = new EvidenceText(now);
        kept.accept(
                "get-all.txt",
                () -> text.all(
                        look.list(Kind.POD),
                        look.list(Kind.SERVICE),
                        look.list(Kind.DEPLOYMENT),
                        look.list(Kind.REPLICA_SET),
                        look.list(Kind.AUTOSCALER)));
        kept.accept("events.txt", () -> text.events(look.list(Kind.EVENT)));
        for (Track track : List.of(Track.CANARY, Track.STABLE)) {
            String name = target.deployment(track);
            kept.accept(
                    "describe-deployment-" + name + ".txt",
                    () -> Description.deployment(
                            now,
                            look.get(Kind.DEPLOYMENT, name).orElse(null),
                            look.pods(track),
                            look.list(Kind.EVENT)));
        }
        look.services()
                .forEach(service -> kept.accept(
                        "describe-service-" + service.name() + ".txt",
                        () -> Description.service(
                                now,
                                service,
                                look.get(Kind.ENDPOINTS, service.name()).orElse(null))));
    }

    /** Those whose logs and objects are kept: of the canary first, then those of stable that this release changed. */
    private List<KubeObject> pods(Look look, Bundle bundle) {
        List<KubeObject> pods = new ArrayList<>(look.pods(Track.CANARY));
        Observation stable = Observation.of(
                look, target.deployment(Track.STABLE), release.plan().service());
        List<KubeObject> ready = stable.readyPods();
        stable.newPods().stream().filter(pod -> !ready.contains(pod)).forEach(pods::add);
        stable.newPods().stream().filter(ready::contains).limit(1).forEach(pods::add);
        if (pods.size() > MAX_PODS) {
            bundle.cut("Logs and YAML: of the first " + MAX_PODS + " of " + pods.size() + " pods");
        }
        return pods.stream().limit(MAX_PODS).toList();
    }
}

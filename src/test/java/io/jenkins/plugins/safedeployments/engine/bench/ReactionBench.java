package io.jenkins.plugins.safedeployments.engine.bench;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import io.jenkins.plugins.safedeployments.engine.operation.Report;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * How long after a change of a pod's status the step has decided, against a client that only watches for the same thing
 * at the same time: a canary that becomes ready (the controllers make an available Deployment and an endpoint of it), and
 * one whose image name turns out to be invalid (the pod's status says it all).
 */
final class ReactionBench {

    private static final int WARM_UP = 5;
    private static final int ROUNDS = 21;

    private final Bench bench;

    ReactionBench(Bench bench) {
        this.bench = bench;
    }

    void run() throws Exception {
        String namespace = bench.namespace("reaction");
        Kind ready = new Kind();
        Kind failed = new Kind();
        try (WarmController controller = new WarmController(bench.access());
                HandPlayedPods pods = new HandPlayedPods(bench.kubeconfig())) {
            controller.makeNamespace(namespace);
            try {
                for (int round = -WARM_UP; round < ROUNDS; round++) {
                    round(controller, pods, new Target("", namespace, "good-" + (round + WARM_UP)), true, round, ready);
                    round(
                            controller,
                            pods,
                            new Target("", namespace, "bad-" + (round + WARM_UP)),
                            false,
                            round,
                            failed);
                }
            } finally {
                controller.dropNamespace(namespace);
            }
        }
        bench.title("reaction: milliseconds from the change of a pod's status to the decision");
        ready.print(bench, "ready");
        failed.print(bench, "failed");
        Figures all = new Figures();
        all.addAll(ready.ours);
        all.addAll(failed.ours);
        bench.limit("p95 of the plugin, seconds", all.quantile(0.95) / 1000, 1);
        bench.line(
                String.format(Locale.ROOT, "plugin : watch, ready %.2f, failed %.2f", ready.ratio(), failed.ratio()));
        bench.ratio("reaction", Math.max(ready.ratio(), failed.ratio()), 1.5);
    }

    private void round(
            WarmController controller, HandPlayedPods pods, Target target, boolean good, int round, Kind kind)
            throws Exception {
        CompletableFuture<Long> seen = new CompletableFuture<>();
        CompletableFuture<Long> decided = new CompletableFuture<>();
        CompletableFuture<Long> ended = new CompletableFuture<>();
        OperationRun run = controller.canary(
                target,
                "registry.example.com/" + target.app() + ":1",
                HandPlayedPods.manifests(target.app()),
                List.of(),
                new Decision(good, () -> decided.complete(System.nanoTime())));
        run.result().whenComplete((outcome, problem) -> {
            decided.complete(System.nanoTime());
            ended.complete(System.nanoTime());
        });
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> run.status().contains("0/1 available")
                        && pods.of(target.namespace(), target.app()).size() == 1);
        Pod pod = pods.of(target.namespace(), target.app()).get(0);
        pods.bind(pod);
        List<Watch> watches = good
                ? BareWatch.ready(pods.client, target, () -> seen.complete(System.nanoTime()))
                : BareWatch.invalid(pods.client, target, () -> seen.complete(System.nanoTime()));
        long begin = System.nanoTime();
        if (good) {
            pods.ready(pod, 0);
        } else {
            pods.invalidImageName(pod);
        }
        long bare = seen.get(1, TimeUnit.MINUTES) - begin;
        long ours = decided.get(1, TimeUnit.MINUTES) - begin;
        long recorded = ended.get(1, TimeUnit.MINUTES) - begin;
        watches.forEach(Watch::close);
        if (run.result().isCompletedExceptionally() == good) {
            throw new IllegalStateException(
                    "another end than expected",
                    run.result().handle((o, e) -> e).join());
        }
        if (round >= 0) {
            kind.bare.add(bare / 1e6);
            kind.ours.add(ours / 1e6);
            kind.ended.add(recorded / 1e6);
        }
    }

    /** Hears from what a step says that it has decided. */
    private record Decision(boolean good, Runnable heard) implements Report {
        @Override
        public void line(String topic, String text) {
            if (good ? topic.equals("canary") && text.contains("serves after") : topic.equals("failed")) {
                heard.run();
            }
        }

        @Override
        public void output(String text) {}

        @Override
        public String keep(String folder, Map<String, String> files) {
            return folder;
        }
    }

    private static final class Kind {
        final Figures bare = new Figures();
        final Figures ours = new Figures();
        final Figures ended = new Figures();

        double ratio() {
            return ours.median() / bare.median();
        }

        void print(Bench bench, String name) {
            bench.line(name + ", bare watch sees it        " + bare.text(1));
            bench.line(name + ", plugin has decided        " + ours.text(1));
            bench.line(name + ", record written, step ends " + ended.text(1));
        }
    }

    /** Watches as small as they can be; what they begin with is not what they wait for. */
    private static final class BareWatch<T> implements Watcher<T> {
        private final Consumer<T> changed;

        private BareWatch(Consumer<T> changed) {
            this.changed = changed;
        }

        static List<Watch> ready(KubernetesClient client, Target target, Runnable seen) {
            boolean[] is = new boolean[2];
            String deployment = target.app() + "-canary";
            return List.of(
                    client.apps()
                            .deployments()
                            .inNamespace(target.namespace())
                            .withName(deployment)
                            .watch(new BareWatch<Deployment>(d -> {
                                Integer available = d.getStatus().getAvailableReplicas();
                                set(is, 0, available != null && available == 1, seen);
                            })),
                    client.genericKubernetesResources(endpointSlices(client), "EndpointSlice")
                            .inNamespace(target.namespace())
                            .withLabel("kubernetes.io/service-name", target.app())
                            .watch(new BareWatch<GenericKubernetesResource>(slice -> set(
                                    is,
                                    1,
                                    Boolean.TRUE.equals(slice.get("endpoints", 0, "conditions", "ready")),
                                    seen))));
        }

        private static String endpointSlices(KubernetesClient client) {
            String version = "discovery.k8s.io/v1";
            return client.supports(version, "EndpointSlice") ? version : version + "beta1";
        }

        static List<Watch> invalid(KubernetesClient client, Target target, Runnable seen) {
            return List.of(client.pods()
                    .inNamespace(target.namespace())
                    .withLabel("app", target.app())
                    .watch(new BareWatch<Pod>(pod -> {
                        if (pod.getStatus().getContainerStatuses() != null
                                && pod.getStatus().getContainerStatuses().stream()
                                        .anyMatch(c -> c.getState().getWaiting() != null
                                                && "InvalidImageName"
                                                        .equals(c.getState()
                                                                .getWaiting()
                                                                .getReason()))) {
                            seen.run();
                        }
                    })));
        }

        private static void set(boolean[] is, int which, boolean value, Runnable seen) {
            synchronized (is) {
                is[which] = value;
                if (is[0] && is[1]) {
                    seen.run();
                }
            }
        }

        @Override
        public void eventReceived(Action action, T object) {
            changed.accept(object);
        }

        @Override
        public void onClose(WatcherException cause) {
            // the round waits in vain, and says so
        }
    }
}

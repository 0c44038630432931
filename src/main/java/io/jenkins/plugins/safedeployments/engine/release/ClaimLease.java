package io.jenkins.plugins.safedeployments.engine.release;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How a claim is written as a Lease, and read from one. */
final class ClaimLease {

    /** The API's MicroTime. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private ClaimLease() {}

    /** @param now when it is written */
    @NonNull
    static KubeObject of(Claim.State state, String app, String namespace, Instant now) {
        Map<String, Object> spec = new HashMap<>();
        spec.put("leaseTransitions", state.fence());
        if (state.holder() != 0) {
            spec.put("holderIdentity", "release-" + state.holder());
            spec.put("acquireTime", MICRO_TIME.format(now));
        }
        return KubeObject.of(Map.of(
                "apiVersion", Kind.LEASE.apiVersion(),
                "kind", Kind.LEASE.kind(),
                "metadata",
                        Map.of(
                                "name", Names.lease(app),
                                "namespace", namespace,
                                "labels", Map.of(Names.APP, app),
                                "annotations", annotations(state)),
                "spec", spec));
    }

    private static Map<String, Object> annotations(Claim.State state) {
        Map<String, Object> annotations = new HashMap<>();
        annotations.put(Names.RELEASE, Integer.toString(state.holder()));
        annotations.put(Names.LAST_RELEASE, Integer.toString(state.lastRelease()));
        annotations.put(Names.OPERATION, state.operation());
        annotations.put(Names.ACTOR, state.actor());
        annotations.put(Names.RUN, state.run());
        annotations.put(Names.RUN_URL, state.runUrl());
        annotations.put(Names.SINCE, state.since());
        annotations.put(Names.JOB, state.job());
        annotations.put(Names.BUILD, Integer.toString(state.build()));
        annotations.put(
                Names.WAITING,
                state.waiting().stream()
                        .map(waiting -> waiting.actor() + "\t" + waiting.run())
                        .collect(Collectors.joining("\n")));
        return annotations;
    }

    /** What a Lease says. */
    @NonNull
    static Claim.State state(KubeObject lease) {
        return new Claim.State(
                number(lease, Names.RELEASE),
                number(lease, Names.LAST_RELEASE),
                lease.integer(0, "spec", "leaseTransitions"),
                text(lease, Names.OPERATION),
                text(lease, Names.ACTOR),
                text(lease, Names.RUN),
                text(lease, Names.RUN_URL),
                text(lease, Names.SINCE),
                text(lease, Names.JOB),
                number(lease, Names.BUILD),
                waiting(lease));
    }

    private static List<Claim.Waiting> waiting(KubeObject lease) {
        return text(lease, Names.WAITING)
                .lines()
                .map(line -> line.split("\t", 2))
                .filter(parts -> parts.length == 2)
                .map(parts -> new Claim.Waiting(parts[0], parts[1]))
                .toList();
    }

    private static String text(KubeObject lease, String annotation) {
        String value = lease.annotation(annotation);
        return value == null ? "" : value;
    }

    /** A number in an annotation; 0 if there is none. */
    static int number(KubeObject lease, String annotation) {
        try {
            return Integer.parseInt(text(lease, annotation));
        } catch (NumberFormatException e) {
            return 0; // edited by hand
        }
    }
}

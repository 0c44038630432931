package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.cluster.Cluster.View;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BiFunction;

/**
 * The watches of one namespace, for everybody who waits for something in it: begun by the first, and ended when nobody has
 * come for a while after the last has left, since one step of a release often follows the other.
 */
final class NamespaceWatch {

    private static final List<Kind> WATCHED =
            List.of(Kind.DEPLOYMENT, Kind.REPLICA_SET, Kind.POD, Kind.ENDPOINT_SLICE, Kind.LEASE);

    /** How long the watches go on when nobody waits. */
    static final Duration IDLE = Duration.ofMinutes(1);

    /** How often the Deployments are listed, for all who wait, to find out whether the watches have died without a word. */
    static final Duration COMPARISON = Duration.ofSeconds(45);

    private final BiFunction<Kind, Runnable, KindWatch> watches;
    private final Later later;
    private final Set<Listener> listeners = new CopyOnWriteArraySet<>();
    private volatile Map<Kind, KindWatch> seen = Map.of();

    /** How often somebody came or left: what was to happen if nobody does must not happen later. */
    private int visits;

    /** @param watches makes the watch of one kind, which tells its changes; may have to ask the cluster */
    NamespaceWatch(BiFunction<Kind, Runnable, KindWatch> watches, Later later) {
        this.watches = watches;
        this.later = later;
    }

    /** Begins to watch, unless that goes on already. */
    @NonNull
    synchronized View open(Runnable changed) {
        if (seen.isEmpty()) {
            Map<Kind, KindWatch> begun = new LinkedHashMap<>();
            for (Kind kind : WATCHED) {
                begun.put(kind, watches.apply(kind, this::tellAll));
            }
            seen = begun;
            begun.values().forEach(KindWatch::start);
            later.in(COMPARISON, () -> compare(begun));
        }
        visits++;
        Listener listener = new Listener(changed);
        listeners.add(listener);
        return listener;
    }

    private synchronized void leave(Listener listener) {
        listeners.remove(listener);
        int visit = ++visits;
        if (listeners.isEmpty()) {
            later.in(IDLE, () -> closeIfIdle(visit));
        }
    }

    private synchronized void closeIfIdle(int visit) {
        if (visits == visit) {
            close();
        }
    }

    synchronized void close() {
        seen.values().forEach(KindWatch::close);
        seen = Map.of();
    }

    private void compare(Map<Kind, KindWatch> of) {
        if (seen != of) {
            return; // closed meanwhile
        }
        if (!listeners.isEmpty()) {
            of.get(Kind.DEPLOYMENT)
                    .compare(() -> of.values().forEach(watched -> watched.renew("Deployments changed unseen")));
        }
        later.in(COMPARISON, () -> compare(of));
    }

    private void tellAll() {
        listeners.forEach(listener -> listener.changed.run());
    }

    private final class Listener implements View {
        private final Runnable changed;

        Listener(Runnable changed) {
            this.changed = changed;
        }

        @Override
        public boolean isComplete() {
            Map<Kind, KindWatch> now = seen;
            return !now.isEmpty() && now.values().stream().allMatch(KindWatch::isComplete);
        }

        @Override
        public Optional<KubeObject> get(Kind kind, String name) {
            return Optional.ofNullable(seen.get(kind)).map(watched -> watched.get(name));
        }

        @Override
        public List<KubeObject> list(Kind kind) {
            return Optional.ofNullable(seen.get(kind)).map(KindWatch::all).orElse(List.of());
        }

        @Override
        public void close() {
            leave(this);
        }
    }
}

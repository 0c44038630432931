package io.jenkins.plugins.safedeployments.engine.kubernetes;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.kubernetes.ResourceTypes.Served;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The objects of one kind in one namespace, kept up to date: a list, then a watch from the list's version on, as
 * {@code https://kubernetes.io/docs/reference/using-api/api-concepts/} describes. A watch that ended is taken up where it was,
 * with a list first if the API server no longer knows that version (410) or said anything that is not understood.
 */
final class KindWatch {

    private static final Logger LOGGER = Logger.getLogger(KindWatch.class.getName());
    private static final int PAGE = 500;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

    /** So long a watch must have gone well to be called well, and so long the API server has to accept one. */
    private static final Duration SETTLED = Duration.ofSeconds(15);

    /** The API server ends each watch by itself after this, and half as long again at the most. */
    private static final int WATCH_SECONDS = 300;

    /** How long the watch may be behind a list that was asked for, before it counts as having missed something. */
    static final Duration GRACE = Duration.ofSeconds(5);

    /** A watch is asked for signs of life so often; and how often in vain, before it counts as dead. Bookmarks come each minute. */
    static final Duration TICK = Duration.ofSeconds(10);

    static final int SILENT_TICKS = 8;

    /** After so many failures in a row what has been seen is not relied on until the watch goes on again. */
    private static final int MANY = 3;

    private final Rest rest;
    private final Served type;
    private final String path;
    private final Runnable changed;
    private final Later later;
    private final Map<String, KubeObject> objects = new ConcurrentHashMap<>();
    private volatile boolean complete;

    // The rest is guarded by this. Whatever answers to an earlier turn than the present one is not listened to.
    private int turn;
    private int failures;
    private String version = "";
    private WatchStream stream;
    private boolean closed;

    /** Whether the API server sends bookmarks: of one that does not, silence says nothing. */
    private boolean bookmarked;

    /**
     * @param path of the collection
     * @param changed called after anything changed, by whatever thread; returns at once
     */
    KindWatch(Rest rest, Served type, String path, Runnable changed, Later later) {
        this.rest = rest;
        this.type = type;
        this.path = path;
        this.changed = changed;
        this.later = later;
    }

    void start() {
        list("", new HashMap<>());
    }

    synchronized void close() {
        closed = true;
        turn++;
        objects.clear();
        if (stream != null) {
            stream.cancel();
        }
    }

    /** Whether what is seen is all there is, but for what is on its way. */
    boolean isComplete() {
        return complete;
    }

    /** Lists anew, since what has been seen is not to be relied on. */
    void renew(String why) {
        int mine;
        synchronized (this) {
            mine = turn;
        }
        failed(mine, true, why);
    }

    /**
     * Compares what has been seen with a list.
     *
     * @param missed is called, on some thread, if the watch has not brought what the list shows
     * @return completes when the list has been looked at
     */
    @NonNull
    CompletableFuture<Void> compare(Runnable missed) {
        Map<String, KubeObject> before = new HashMap<>(objects);
        if (!complete) {
            return CompletableFuture.completedFuture(null);
        }
        return rest.sendLater(path + "?limit=" + PAGE).thenAccept(answer -> {
            Map<String, KubeObject> now = new HashMap<>();
            answer.list("items").forEach(item -> now.put(item.name(), item));
            boolean all = answer.string("metadata", "continue").isEmpty();
            Set<String> names = new HashSet<>(now.keySet());
            if (all) {
                names.addAll(before.keySet());
            }
            names.removeIf(name -> version(now.get(name)).equals(version(before.get(name))));
            if (!names.isEmpty()) {
                later.in(GRACE, () -> {
                    if (names.stream().anyMatch(name -> before.get(name) == objects.get(name))) {
                        missed.run();
                    }
                });
            }
        });
    }

    private static String version(@CheckForNull KubeObject object) {
        return object == null ? "" : object.resourceVersion();
    }

    @CheckForNull
    KubeObject get(String name) {
        return objects.get(name);
    }

    @NonNull
    List<KubeObject> all() {
        return new ArrayList<>(objects.values());
    }

    private void list(String page, Map<String, KubeObject> found) {
        int mine = nextTurn();
        if (mine < 0) {
            return;
        }
        String query = "?limit=" + PAGE + (page.isEmpty() ? "" : "&continue=" + KubernetesCluster.encoded(page));
        rest.sendLater(path + query).whenComplete((answer, problem) -> {
            if (problem != null) {
                failed(mine, true, problem.getMessage());
            } else {
                listed(mine, answer, found);
            }
        });
    }

    private void listed(int mine, KubeObject answer, Map<String, KubeObject> found) {
        answer.list("items").forEach(item -> found.put(item.name(), seen(item)));
        String next = answer.string("metadata", "continue");
        synchronized (this) {
            if (mine != turn) {
                return;
            }
            stream = null;
            if (next.isEmpty()) {
                version = answer.string("metadata", "resourceVersion");
                objects.keySet().retainAll(found.keySet());
                objects.putAll(found);
                complete = true;
            }
        }
        if (next.isEmpty()) {
            watch();
            changed.run();
        } else {
            list(next, found);
        }
    }

    private void watch() {
        int mine = nextTurn();
        if (mine < 0) {
            return;
        }
        int seconds = WATCH_SECONDS + ThreadLocalRandom.current().nextInt(WATCH_SECONDS / 2);
        Listener listener = new Listener(mine);
        WatchStream begun = new WatchStream(listener);
        String from;
        synchronized (this) {
            if (mine != turn) {
                return;
            }
            stream = begun;
            from = version;
        }
        begun.begin(rest.stream(
                path + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + KubernetesCluster.encoded(from)
                        + "&timeoutSeconds=" + seconds,
                begun));
        later.in(SETTLED, listener::settle);
        // a connection may die without a word, and a proxy may hide it
        later.in(Duration.ofSeconds(seconds).plus(SETTLED), () -> failed(mine, false, "it did not end when it should"));
    }

    private synchronized int nextTurn() {
        return closed ? -1 : ++turn;
    }

    private void failed(int mine, boolean anew, String why) {
        Duration pause;
        synchronized (this) {
            if (mine != turn) {
                return;
            }
            turn++;
            failures++;
            if (stream != null) {
                stream.cancel();
            }
            if (failures >= MANY) {
                complete = false;
            }
            pause = pause(failures, ThreadLocalRandom.current().nextDouble());
        }
        LOGGER.log(Level.FINE, () -> "The watch of " + path + " goes on in " + pause.toMillis() + " ms: " + why);
        if (!complete) {
            changed.run();
        }
        later.in(pause, () -> {
            if (anew) {
                list("", new HashMap<>());
            } else {
                watch();
            }
        });
    }

    /**
     * Doubles with each failure in a row, up to a limit; of that, between a half and all of it, so that those who failed
     * together do not return together.
     *
     * @param chance from 0 to 1
     */
    static Duration pause(int failures, double chance) {
        long doubled = FIRST_PAUSE.toMillis() << Math.min(failures - 1, 10);
        return Duration.ofMillis((long) (Math.min(doubled, LAST_PAUSE.toMillis()) * (0.5 + chance / 2)));
    }

    private KubeObject seen(KubeObject object) {
        return type.form(object).with(null, "metadata", "managedFields");
    }

    /** Follows one watch. */
    private final class Listener implements WatchStream.Listener {
        private final int mine;
        private volatile boolean open;
        private volatile boolean heard;

        /** How many ticks ago this watch brought anything. */
        private int quiet;

        Listener(int mine) {
            this.mine = mine;
        }

        @Override
        public void opened() {
            open = true;
            later.in(TICK, this::tick);
            synchronized (KindWatch.this) {
                if (mine != turn || complete) {
                    return;
                }
                complete = true;
            }
            changed.run();
        }

        private void tick() {
            boolean dead;
            synchronized (KindWatch.this) {
                if (mine != turn) {
                    return;
                }
                quiet++;
                dead = quiet >= SILENT_TICKS && bookmarked;
            }
            if (dead) {
                failed(mine, false, "nothing comes, not even bookmarks");
            } else {
                later.in(TICK, this::tick);
            }
        }

        void settle() {
            if (!open) {
                failed(mine, false, "it was not accepted in time");
                return;
            }
            synchronized (KindWatch.this) {
                if (mine == turn) {
                    failures = 0;
                }
            }
        }

        @Override
        public void line(String json) {
            KubeObject event;
            try {
                event = Rest.object(json);
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                // not with its message, which quotes the text
                failed(mine, true, "what came is no JSON");
                return;
            }
            heard = true;
            KubeObject object = KubeObject.of(event.map("object"));
            String kind = event.string("type");
            if (kind.equals("ERROR") || object.resourceVersion().isEmpty()) {
                failed(mine, true, "the API server said " + object.string("message"));
                return;
            }
            synchronized (KindWatch.this) {
                if (mine != turn) {
                    return;
                }
                version = object.resourceVersion();
                failures = 0;
                quiet = 0;
                bookmarked |= kind.equals("BOOKMARK");
                switch (kind) {
                    case "ADDED", "MODIFIED" -> objects.put(object.name(), seen(object));
                    case "DELETED" -> objects.remove(object.name());
                    default -> {
                        return; // a bookmark: nothing but the version
                    }
                }
            }
            changed.run();
        }

        @Override
        public void ended(int status) {
            if (status == 200 && heard) {
                synchronized (KindWatch.this) {
                    if (mine != turn) {
                        return;
                    }
                }
                watch();
            } else {
                // one that ends without a word may be a proxy's way to say that the version is too old
                failed(mine, status != 0, "it ended with status " + status);
            }
        }
    }
}

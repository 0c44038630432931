package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.Terminator;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.util.DaemonThreadFactory;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.notice.Delivery;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.waiting.WaitingPage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.JenkinsLocationConfiguration;
import jenkins.security.ImpersonatingExecutorService;
import jenkins.util.Timer;
import org.jenkinsci.plugins.displayurlapi.DisplayURLProvider;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/**
 * Tells those who want to know what happens at a gate. It neither delays the gate nor makes it fail; how it ended is a line of the
 * build log. What is not yet told when Jenkins goes down is told when it is up again, and perhaps twice; see {@link Outbox}.
 */
@Extension
public final class Notifications {

    private static final Logger LOGGER = Logger.getLogger(Notifications.class.getName());
    private static final String PREFIX = "[notify] ";
    private static final int THREADS = 4;

    /** How many may wait for one of the threads. */
    private static final int LONGEST_QUEUE = 1_000;

    /** Of one gate. */
    private static final int MOST = 20;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(LONGEST_QUEUE),
            new NamingThreadFactory(new DaemonThreadFactory(), "safe-deployments-notify"));

    private final Executor workers = new ImpersonatingExecutorService(threads, ACL.SYSTEM2);
    private final Outbox outbox = new Outbox();
    private List<Duration> pauses = Delivery.PAUSES;
    private volatile boolean down;

    public Notifications() {
        threads.allowCoreThreadTimeOut(true);
    }

    @NonNull
    public static Notifications get() {
        return ExtensionList.lookupSingleton(Notifications.class);
    }

    /** For tests. */
    synchronized void setPauses(List<Duration> pauses) {
        this.pauses = List.copyOf(pauses);
    }

    private synchronized List<Duration> pauses() {
        return pauses;
    }

    /**
     * To be called when a gate begins.
     *
     * @throws UserException if a parameter of one of them is no good
     */
    public static void check(@NonNull List<Notification> all) {
        if (all.size() > MOST) {
            throw new UserException("'notify' has " + all.size() + " entries, but at most " + MOST
                    + " can be told: let one of them tell the others.");
        }
        all.forEach(Notification::check);
    }

    /**
     * The address of a page of Jenkins for people who get it from elsewhere; who is not logged in comes to it by way of the login.
     *
     * @param path below Jenkins' root, without a slash at its beginning
     */
    @NonNull
    public static String link(@NonNull String path) {
        return DisplayURLProvider.get().getRoot() + WaitingPage.BY_WAY_OF_LOGIN + path;
    }

    /** An event that some have to be told of, as is written down: also if Jenkins goes down before it is told. */
    public interface Owed {

        /** Nobody wants to know. */
        Owed NOTHING = new Owed() {
            @Override
            public void tell() {
                // nobody
            }

            @Override
            public void drop() {
                // nothing
            }
        };

        /** Tells it, since it has happened; returns at once. */
        void tell();

        /** It has not happened. */
        void drop();
    }

    /**
     * Writes down that those who want to know of this kind of event have to be told. To be called before it is recorded that it
     * has happened.
     *
     * @param log writes a line into the log of a gate that is in no Pipeline; the log of a Pipeline's step ends with the step, so
     *     that of the run is taken
     */
    @NonNull
    public Owed owe(
            @NonNull List<Notification> all,
            @NonNull GatePlace place,
            @NonNull GateEvent event,
            @NonNull Consumer<String> log) {
        List<Letter> letters = all.stream()
                .filter(notification -> notification.wants(event.getKind()))
                .map(notification -> new Letter(place, event, notification))
                .toList();
        if (letters.isEmpty()) {
            return Owed.NOTHING;
        }
        letters.forEach(outbox::put);
        return new Owed() {
            @Override
            public void tell() {
                if (JenkinsLocationConfiguration.get().getUrl() == null) {
                    say(
                            place,
                            log,
                            "The links in notifications lead nowhere until an administrator configures the URL of"
                                    + " Jenkins.");
                }
                letters.forEach(letter -> deliver(new Sending(letter, place, event, log)));
            }

            @Override
            public void drop() {
                letters.forEach(outbox::remove);
            }
        };
    }

    /** The same for what has just happened and is recorded nowhere else. */
    public void send(
            @NonNull List<Notification> all,
            @NonNull GatePlace place,
            @NonNull GateEvent event,
            @NonNull Consumer<String> log) {
        owe(all, place, event, log).tell();
    }

    private void deliver(Sending sending) {
        new Delivery(sending, sending, workers, Timer.get(), pauses()).start();
    }

    /** Tells what was left when Jenkins went down. */
    private void tellLeft() {
        for (Letter letter : outbox.takeLeft()) {
            GatePlace place = letter.place();
            if (place == null) {
                LOGGER.log(Level.INFO, "nobody is told what happened in a build that is gone");
                outbox.remove(letter);
                continue;
            }
            try {
                Consumer<String> log = text -> LOGGER.log(Level.INFO, "{0}: {1}", new Object[] {place, text});
                deliver(new Sending(letter, place, letter.event(), log));
            } catch (IllegalArgumentException e) {
                LOGGER.log(Level.WARNING, e, () -> "can't be told: what happened in " + place);
                outbox.remove(letter);
            }
        }
    }

    /** Goes on after a start. */
    @Extension
    public static final class Start extends ItemListener {

        @Override
        public void onLoaded() {
            get().workers.execute(get()::tellLeft);
        }
    }

    /** The gate must go on whatever an implementation does. */
    private static String receiver(Notification notification) {
        try {
            return notification.receiver();
        } catch (RuntimeException e) {
            LOGGER.log(Level.FINE, "what it tells can't be named", e);
            return "one of 'notify' (" + notification.getDescriptor().getDisplayName() + ")";
        }
    }

    /** Into the log of the build, as long as it is open; in the queue wherever the gate wants it. */
    private static void say(GatePlace place, Consumer<String> log, String text) {
        Run<?, ?> run = place.getRun();
        if (run == null) {
            log.accept(text);
            return;
        }
        if (!run.isBuilding()) {
            return;
        }
        try {
            FlowExecutionOwner pipeline =
                    run instanceof FlowExecutionOwner.Executable executable ? executable.asFlowExecutionOwner() : null;
            if (pipeline == null) {
                log.accept(text);
            } else {
                pipeline.getListener().getLogger().println(PREFIX + text);
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the log of the build can't be opened", e);
        }
    }

    /** Nothing of it may go on in a Jenkins that is restarted in the same process. */
    @Terminator
    public static void terminate() {
        get().down = true;
        get().threads.shutdownNow();
    }

    /** Tells one receiver of one event. What is not told because Jenkins goes down stays in the outbox. */
    private final class Sending implements Delivery.Attempt, Delivery.Report {

        private final Letter letter;
        private final GatePlace place;
        private final GateEvent event;
        private final Consumer<String> log;

        Sending(Letter letter, GatePlace place, GateEvent event, Consumer<String> log) {
            this.letter = letter;
            this.place = place;
            this.event = event;
            this.log = log;
        }

        @Override
        public boolean isWanted() {
            return ExtensionList.lookup(GateRecord.class).stream().noneMatch(record -> record.isPast(place, event));
        }

        @Override
        public CompletionStage<Void> start() throws Exception {
            return letter.notification().send(place, event);
        }

        @Override
        public void delivered() {
            outbox.remove(letter);
            say(place, log, "Told " + what() + ".");
        }

        @Override
        public void dropped() {
            outbox.remove(letter);
            say(place, log, "Did not tell " + what() + ", since that is over.");
        }

        @Override
        public void failed(int attempts, String why) {
            if (down) {
                return;
            }
            outbox.remove(letter);
            String text = "Could not tell " + what()
                    + (attempts > 1 ? ", not even in " + attempts + " attempts" : "") + ": " + why
                    + ". Nothing else depends on it.";
            say(place, log, text);
            LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {place, text});
        }

        private String what() {
            return receiver(letter.notification()) + " of '" + event.getKind().word() + "'";
        }
    }
}

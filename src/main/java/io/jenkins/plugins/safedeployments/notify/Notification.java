package io.jenkins.plugins.safedeployments.notify;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.engine.notice.NotDelivered;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * One way in which somebody is told what happens at a gate, as an element of its {@code notify}. Other plugins may add more. It
 * is kept with the running build, so it is made of texts and numbers, and names credentials by their id.
 */
public abstract class Notification implements Describable<Notification>, ExtensionPoint, Serializable {

    private static final long serialVersionUID = 1L;

    /** Of an event that has never happened, but could be chosen. */
    private static final String NEVER = "skipped";

    /** Words of events; empty for all. */
    private List<String> when = new ArrayList<>();

    /** Of which events it tells: words of {@link GateEvent.Kind}; empty for all. */
    @NonNull
    public final List<String> getWhen() {
        return new ArrayList<>(when);
    }

    @DataBoundSetter
    public final void setWhen(@CheckForNull List<String> when) {
        this.when = when == null ? new ArrayList<>() : new ArrayList<>(when);
    }

    final boolean wants(GateEvent.Kind kind) {
        return when.isEmpty() || when.contains(kind.word());
    }

    /**
     * Looks at its parameters before the gate begins, without asking a network.
     *
     * @throws UserException if one is no good
     */
    protected void check() {
        when.stream().filter(word -> !word.equals(NEVER)).forEach(GateEvent.Kind::of);
    }

    /** Who is told, for the build log: {@code the webhook at hooks.example.com}. Nothing secret. */
    @NonNull
    protected abstract String receiver();

    /**
     * Tells it once. Called in one of a few threads that all notifications share, as SYSTEM: it may take seconds, not minutes,
     * and need not wait for an answer, since the stage tells of that.
     *
     * @param place of the gate, which says what credentials are in reach
     * @return ends when it was told, else with {@link NotDelivered}
     * @throws NotDelivered if it is known at once that it could not be told
     */
    @NonNull
    protected abstract CompletionStage<Void> send(@NonNull GatePlace place, @NonNull GateEvent event) throws Exception;

    /** Descriptor of a kind of notification. */
    public abstract static class NotificationDescriptor extends Descriptor<Notification> {

        @Restricted(NoExternalUse.class) // when.jelly
        @NonNull
        public List<GateEvent.Kind> getKinds() {
            return Arrays.asList(GateEvent.Kind.values());
        }

        /** Whether somebody may see what is wrong with a value of a form. */
        protected static boolean mayConfigure(@CheckForNull Item item) {
            return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
        }

        /** What is wrong with a notification, for who may configure the job. */
        static FormValidation checked(@CheckForNull Item item, Notification notification) {
            try {
                if (mayConfigure(item)) {
                    notification.check();
                }
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }
    }
}

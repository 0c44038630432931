package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Is told what becomes of judgments. It is called where it happens, which may be the thread that runs the Pipeline or that of a
 * request, as whoever did it, and with no lock held: it must return at once, and leave what may wait to a thread of its own.
 * What it throws is logged, and keeps nothing from going on.
 */
public abstract class JudgmentListener implements ExtensionPoint {

    private static final Logger LOGGER = Logger.getLogger(JudgmentListener.class.getName());

    /** It waits for people. Told once, not again after a restart. */
    public void awaiting(@NonNull JudgmentEvent event) {}

    /** Somebody voted, changed a vote, or took one back, and it goes on waiting. */
    public void voted(@NonNull JudgmentEvent event) {}

    /** People have decided. Whether for or against is {@link JudgmentEvent#approved}. */
    public void decided(@NonNull JudgmentEvent event) {}

    /** Nobody decided in time. */
    public void timedOut(@NonNull JudgmentEvent event) {}

    /** It still waits, and further people may decide from now on. */
    public void escalated(@NonNull JudgmentEvent event) {}

    /** It still waits, and those who may decide are to be told again. */
    public void reminder(@NonNull JudgmentEvent event) {}

    /** What was judged has changed: all votes are void, and it is asked anew. */
    public void lapsed(@NonNull JudgmentEvent event) {}

    /** The run was aborted, or is gone, before anybody decided: nothing is asked any more. */
    public void withdrawn(@NonNull JudgmentEvent event) {}

    static void fire(BiConsumer<JudgmentListener, JudgmentEvent> what, JudgmentEvent event) {
        for (JudgmentListener listener : ExtensionList.lookup(JudgmentListener.class)) {
            try {
                what.accept(listener, event);
            } catch (RuntimeException e) {
                LOGGER.log(Level.WARNING, e, () -> listener.getClass().getName() + " can't be told of a judgment");
            }
        }
    }
}

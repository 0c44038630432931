package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.console.HyperlinkNote;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;

/** What a step that waits tells its run: lines in the log, with a prefix, and that it is paused. */
record StepVoice(StepContext context, String prefix) {

    private static final Logger LOGGER = Logger.getLogger(StepVoice.class.getName());

    /** @throws UserException if it is gone */
    @NonNull
    Run<?, ?> run() {
        try {
            return context.get(Run.class);
        } catch (IOException e) {
            throw new UserException("The run is gone.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted.", e);
        }
    }

    void say(String text) {
        unlessGone(() -> context.get(TaskListener.class).getLogger().println("[" + prefix + "] " + text));
    }

    /** Where to see what waits, and to skip it. */
    void showPage() {
        say(HyperlinkNote.encodeTo("/" + run().getUrl() + WindowsTab.URL + "/", "See the window, or skip it"));
    }

    void pause() {
        unlessGone(() -> context.get(FlowNode.class).addAction(new PauseAction("Execution window")));
    }

    void endPause() {
        unlessGone(() -> PauseAction.endCurrentPause(context.get(FlowNode.class)));
    }

    private interface Saying {
        void run() throws IOException, InterruptedException;
    }

    private static void unlessGone(Saying saying) {
        try {
            saying.run();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "the run is gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

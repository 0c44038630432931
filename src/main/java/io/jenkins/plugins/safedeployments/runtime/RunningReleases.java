package io.jenkins.plugins.safedeployments.runtime;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.safedeployments.engine.operation.OperationRun;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jenkins.model.Jenkins;

/**
 * The operations that this Jenkins drives, by the run that they belong to. A run can be killed without its steps being
 * asked to stop; what they drive must then stop all the same.
 */
@Extension
public final class RunningReleases extends RunListener<Run<?, ?>> {

    private final Map<OperationRun, String> runs = new ConcurrentHashMap<>();

    @NonNull
    public static RunningReleases get() {
        return ExtensionList.lookupSingleton(RunningReleases.class);
    }

    /** Keeps an operation until it is done. */
    public void add(OperationRun operation, Run<?, ?> run) {
        runs.put(operation, run.getExternalizableId());
        operation.result().whenComplete((outcome, problem) -> runs.remove(operation));
        if (!run.isBuilding()) {
            end(run, "was ended by force"); // before the operation was known here
        }
    }

    @Override
    public void onCompleted(Run<?, ?> run, @NonNull TaskListener listener) {
        end(run, "was ended by force");
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        Orphans.get().look(run);
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        end(run, "was deleted");
        Orphans.get().look(run);
    }

    private void end(Run<?, ?> run, String how) {
        runs.forEach((operation, id) -> {
            if (id.equals(run.getExternalizableId())) {
                operation.end("The run " + run.getFullDisplayName() + " " + how);
            }
        });
    }

    /** The id of a step of a run, as actor of a release: unique among controllers, the same after a restart. */
    @NonNull
    public static String actorId(Run<?, ?> run, String step) {
        return instance() + run.getExternalizableId() + "/" + step;
    }

    /** Whether an actor was a step of a run of this Jenkins that is over or gone. */
    public static boolean isOver(String actorId) {
        if (!actorId.startsWith(instance())) {
            return false; // of another controller, which is not known here
        }
        if (DrivenOperations.get().isLive(actorId)) {
            return false; // though its job may have another name by now
        }
        return runs(actorId).stream().noneMatch(Run::isBuilding);
    }

    /**
     * The run that an actor is, or was, a step of; two if another job has got the name that the run's job had. Empty if it is
     * gone, or was of another controller.
     */
    @NonNull
    static Set<Run<?, ?>> runs(String actorId) {
        Set<Run<?, ?>> runs = new LinkedHashSet<>();
        int end = actorId.lastIndexOf('/');
        if (actorId.startsWith(instance()) && end >= instance().length()) {
            String id = actorId.substring(instance().length(), end);
            for (long then : new long[] {Long.MAX_VALUE, 0}) {
                Run<?, ?> run = RenamedJobs.run(id, then);
                if (run != null) {
                    runs.add(run);
                }
            }
        }
        return runs;
    }

    private static String instance() {
        return Jenkins.get().getLegacyInstanceId().substring(0, 12) + "/";
    }
}

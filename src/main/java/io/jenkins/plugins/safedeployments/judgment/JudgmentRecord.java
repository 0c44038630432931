package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Actionable;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import io.jenkins.plugins.safedeployments.notify.GatePlace;
import io.jenkins.plugins.safedeployments.notify.GateRecord;
import java.util.List;

/** Keeps notices back that ask for a decision which was made, or tell of one that was not. */
@Extension
public final class JudgmentRecord extends GateRecord {

    @Override
    public boolean isPast(@NonNull GatePlace place, @NonNull GateEvent event) {
        boolean asks = event.getKind().isAsking();
        Run<?, ?> run = place.getRun();
        Actionable owner = run;
        if (run == null) {
            Queue.Item item = QueueSubject.find(event.getRunId());
            if (item == null) {
                return asks && QueueSubject.isId(event.getRunId()); // it has left the queue before Jenkins went down
            }
            owner = item;
        }
        List<Judgment> alike = Judgments.of(owner).stream()
                .filter(judgment -> Judgments.isSame(judgment.id(), event.getGate()))
                .toList();
        if (asks && run != null && !run.isBuilding()) {
            return true; // also if it failed before the question was recorded
        }
        if (alike.isEmpty()) {
            return false;
        }
        return asks ? alike.get(alike.size() - 1).isDecided() : alike.stream().noneMatch(Judgment::isDecided);
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a judgment gives to scripts: plain maps, lists and texts, so that they can read it and it survives with them. */
final class JudgmentResult {

    private JudgmentResult() {}

    /** @param judgment null if none was asked for; then the outcome is empty, as it is while it waits */
    @NonNull
    static Map<String, Object> of(String id, @CheckForNull Judgment judgment) {
        Decision decision = judgment == null ? null : judgment.decision();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", judgment == null ? id : judgment.id());
        result.put("outcome", decision == null ? "" : decision.choice());
        result.put("decided", decision != null);
        result.put("approved", judgment != null && judgment.isApproved());
        result.put("how", decision == null ? "" : decision.how().name());
        result.put("by", decision == null ? "" : decision.by());
        result.put("comment", decision == null ? "" : decision.comment());
        result.put("time", decision == null ? "" : decision.at().toString());
        result.put("text", judgment == null ? "" : judgment.sentence());
        List<Map<String, Object>> deciders = new ArrayList<>();
        if (decision != null) {
            for (Decision.Decider decider : decision.deciders()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("user", decider.user());
                one.put("comment", decider.comment());
                one.put("time", decider.at().toString());
                one.put("rule", decider.rule());
                deciders.add(one);
            }
        }
        result.put("deciders", deciders);
        result.put("parameters", decision == null ? new LinkedHashMap<>() : new LinkedHashMap<>(decision.parameters()));
        return result;
    }
}

package io.jenkins.plugins.safedeployments.judgment

import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditionalScript
import org.jenkinsci.plugins.workflow.cps.CpsScript

class JudgedConditionalScript extends DeclarativeStageConditionalScript<JudgedConditional> {

    JudgedConditionalScript(CpsScript s, JudgedConditional c) {
        super(s, c)
    }

    @Override
    boolean evaluate() {
        Map judgment = (Map) script.judgmentOf(describable.getId())
        return judgment.decided && judgment.outcome == describable.getAs()
    }
}

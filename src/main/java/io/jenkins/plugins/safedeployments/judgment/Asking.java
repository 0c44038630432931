package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.judgment.Terms;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import jenkins.model.IdStrategy;
import jenkins.model.Jenkins;

/** How a judgment begins, whatever asks for it. */
final class Asking {

    private Asking() {}

    /**
     * May wait for the cluster, if it is about a release.
     *
     * @throws UserException if it could never be decided, or what is judged can't be read
     */
    @NonNull
    static Judgment begin(String id, JudgmentSettings settings, Subject subject) {
        Content content = settings.isBound() ? BoundRelease.read(settings, subject) : null;
        Instant now = PendingJudgments.clock().instant();
        Terms terms = JudgmentPolicy.of(subject.job(), settings).terms(settings, now);
        if (!Jenkins.get().isUseSecurity() && !isOpenToAll(terms)) {
            throw new UserException(
                    "Nobody could decide this, since nobody logs in to this Jenkins: have security set up, or set"
                            + " 'allowRequester' and leave 'approvers' out, which lets anybody decide.");
        }
        Judgment asked = Judgment.ask(id, terms, content, now);
        Set<String> requesters = new Voters(subject).requesters(asked).users();
        IdStrategy names = Jenkins.get().getSecurityRealm().getUserIdStrategy();
        terms.check(user -> Requesters.contain(requesters, user), names::keyFor);
        return asked.requestedBy(requesters);
    }

    private static boolean isOpenToAll(Terms terms) {
        return terms.allowRequester() && terms.rules().equals(List.of(Rules.ANYONE));
    }
}

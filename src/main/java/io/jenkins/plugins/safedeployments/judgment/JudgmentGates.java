package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import io.jenkins.plugins.safedeployments.waiting.WaitingGate;
import io.jenkins.plugins.safedeployments.waiting.WaitingGates;
import jakarta.servlet.ServletException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.springframework.security.core.Authentication;

/** The judgments that wait for the current user, for the page of all that does. */
@Extension
public final class JudgmentGates extends WaitingGates {

    @NonNull
    @Override
    public List<WaitingGate> mine() {
        Authentication me = Jenkins.getAuthentication2();
        return PendingJudgments.get().all().stream()
                .map(pending -> new Gate(pending, pending.part(me)))
                .filter(gate -> gate.part() != LiveJudgment.Part.NONE)
                .map(WaitingGate.class::cast)
                .toList();
    }

    private record Gate(LiveJudgment judgment, LiveJudgment.Part part) implements WaitingGate {

        @Override
        public boolean asked() {
            return part == LiveJudgment.Part.VOTE;
        }

        @Override
        public String note() {
            return switch (part) {
                case STOP -> Messages.JudgmentGates_StopOnly();
                case OVERRIDE -> Messages.JudgmentGates_Override();
                case VOTE, NONE -> "";
            };
        }

        @Override
        public String id() {
            return judgment.path();
        }

        @Override
        public String kind() {
            return Messages.JudgmentGates_Judgment();
        }

        @Override
        public String message() {
            return judgment.target().isEmpty()
                    ? judgment.message()
                    : Messages.JudgmentGates_About(judgment.message(), judgment.version(), judgment.target());
        }

        @Override
        public String hint() {
            return Messages.JudgmentGates_Missing(judgment.missing());
        }

        @Override
        public String run() {
            return judgment.name();
        }

        @Override
        public String path() {
            return judgment.path();
        }

        @Override
        public Instant since() {
            return judgment.since();
        }

        @Override
        public Instant deadline() {
            return judgment.deadline();
        }

        @Override
        public String shown() {
            return LiveJudgment.shown(judgment.judgment());
        }

        /** None if there is more to fill in. To stop needs nothing, and past the rules nobody decides by the way. */
        @Override
        public List<Outcome> outcomes() {
            boolean all = part == LiveJudgment.Part.VOTE
                    && judgment.settings().getParameters().isEmpty();
            return judgment.choices().stream()
                    .filter(choice -> all || part == LiveJudgment.Part.STOP && choice.stops())
                    .map(choice -> new Outcome(choice.name(), choice.label(), choice.stops()))
                    .toList();
        }

        @Override
        public boolean commentRequired() {
            return false;
        }

        @Override
        public HttpResponse decide(String outcome, StaplerRequest2 request) throws ServletException {
            LiveJudgment.Answer answer = new LiveJudgment.Answer(
                    outcome,
                    Util.fixNull(request.getParameter("comment")),
                    Map.of(),
                    Util.fixEmpty(request.getParameter("shown")),
                    false);
            return VoteAnswer.to(
                    judgment, waiting -> waiting.vote(Jenkins.getAuthentication2(), answer), RefusedRequest::of);
        }
    }
}

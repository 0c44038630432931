package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.judgment.Ruling;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;

/** What a request is answered that wants something of a judgment: 200, or why nothing has come of it. */
final class VoteAnswer {

    private static final Logger LOGGER = Logger.getLogger(VoteAnswer.class.getName());

    private VoteAnswer() {}

    /** What is wanted. */
    interface Wish {
        Ruling of(LiveJudgment judgment) throws IOException, ServletException;
    }

    /** How it is said that nothing has come of it. */
    interface Refusal {
        HttpResponse of(int status, String why);
    }

    @NonNull
    static HttpResponse to(LiveJudgment judgment, Wish wish, Refusal refusal) throws ServletException {
        try {
            Ruling ruling = wish.of(judgment);
            int status = status(ruling.kind());
            return status == 200 ? HttpResponses.redirectToDot() : refusal.of(status, ruling.text());
        } catch (UserException e) {
            return refusal.of(400, e.getMessage());
        } catch (IOException e) {
            return refusal.of(500, notRecorded(judgment, e));
        }
    }

    /** The HTTP status of what has become of an answer. */
    static int status(Ruling.Kind kind) {
        return switch (kind) {
            case FORBIDDEN -> 403;
            case WRONG -> 400;
            case LATE, LAPSED -> 409;
            case RECORDED, DECIDED -> 200;
        };
    }

    /** The sentence for who voted when it could not be written; the log has why. */
    @NonNull
    static String notRecorded(LiveJudgment judgment, IOException problem) {
        LOGGER.log(Level.WARNING, problem, () -> "can't record a vote on " + judgment.path());
        return "Your vote can't be recorded, so it does not count: tell an administrator.";
    }
}

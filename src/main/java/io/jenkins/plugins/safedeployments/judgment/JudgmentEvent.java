package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.util.List;

/**
 * Something that happened to a judgment. All texts are plain, and may have been written by anybody who may start a build: they
 * have to be escaped where they are shown.
 *
 * @param runId as {@code Run.fromExternalizableId} takes it; {@code queue/item/7} for one that is still in the queue
 * @param run full display name of the run, or of the job and that it is in the queue
 * @param job full name of the job
 * @param id of the judgment, unique in what waits for it
 * @param message what is asked, one line
 * @param app the application that is judged; empty if it is bound to no release
 * @param version its image as the release has it; empty if it is bound to no release
 * @param target {@code addressbook in shop on production}; empty if it is bound to no release
 * @param approvers the names of the users and groups who may decide, as they are written in the rules; empty for all who
 *     have the permission
 * @param rules who has to decide, in words: {@code 1 of qa and 2 of ops}
 * @param missing how many votes of whom are missing still, in words; empty once it is decided
 * @param path of the page on which it is decided, below the root URL and without a slash at its beginning
 * @param deadline when it is decided without people; null for never
 * @param at when this happened
 * @param outcome what was voted or decided: a name of one of its outcomes; empty where nothing was
 * @param approved whether what was decided lets the run go on
 * @param user id of who did it; empty for nobody
 * @param comment of who did it; may be empty
 * @param text what happened, as one sentence
 */
public record JudgmentEvent(
        String runId,
        String run,
        String job,
        String id,
        String message,
        String app,
        String version,
        String target,
        List<String> approvers,
        String rules,
        String missing,
        String path,
        @CheckForNull Instant deadline,
        Instant at,
        String outcome,
        boolean approved,
        String user,
        String comment,
        String text) {

    public JudgmentEvent {
        approvers = List.copyOf(approvers);
    }
}

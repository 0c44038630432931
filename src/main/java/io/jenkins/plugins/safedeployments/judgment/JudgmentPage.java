package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Api;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.judgment.Choice;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Vote;
import io.jenkins.plugins.safedeployments.pages.RefusedRequest;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.interceptor.RequirePOST;
import org.springframework.security.core.Authentication;

/** One judgment, as the one who looks at it sees it, and where it is decided. */
@ExportedBean(defaultVisibility = 2)
public final class JudgmentPage {

    private final Subject subject;
    private final Judgment judgment;

    /** Null if nothing waits for it any more. */
    private final LiveJudgment live;

    JudgmentPage(Subject subject, Judgment judgment) {
        this.subject = subject;
        LiveJudgment waiting =
                judgment.isDecided() ? null : PendingJudgments.get().find(subject, judgment.id());
        this.live = waiting;
        this.judgment = waiting == null ? judgment : waiting.judgment();
    }

    /** What its page is a page of; null for one in the queue, which has none. */
    @Restricted(NoExternalUse.class) // index.jelly and run-subpage
    @CheckForNull
    public Run<?, ?> getObject() {
        return subject instanceof RunSubject of ? of.run() : null;
    }

    @Restricted(NoExternalUse.class) // index.jelly
    public Job<?, ?> getJob() {
        return subject.job();
    }

    @Restricted(NoExternalUse.class) // run-subpage
    public String getDisplayName() {
        return judgment.terms().message();
    }

    public Api getApi() {
        return new Api(this);
    }

    @Exported
    public String getId() {
        return judgment.id();
    }

    @Exported
    public String getMessage() {
        return judgment.terms().message();
    }

    /** Whether it can be decided still. */
    @Exported
    public boolean isWaiting() {
        return live != null && !judgment.isDecided();
    }

    /** Who has to decide, in words. */
    @Exported
    public String getRules() {
        return judgment.rulesText(PendingJudgments.clock().instant());
    }

    /** How many votes of whom are missing still, in words; empty if nobody can vote any more. */
    @Exported
    public String getMissing() {
        return live == null ? "" : live.missing();
    }

    @Exported
    public List<Map<String, String>> getChoices() {
        return judgment.terms().choices().stream().map(JudgmentPage::map).toList();
    }

    private static Map<String, String> map(Choice choice) {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("name", choice.name());
        map.put("label", choice.label());
        map.put("description", choice.description());
        return map;
    }

    /** Those of the votes that count, or counted, the earliest first. */
    @Exported
    public List<Map<String, Object>> getVotes() {
        return judgment.votes().stream().map(this::map).toList();
    }

    private Map<String, Object> map(Vote vote) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("user", vote.user());
        map.put("choice", vote.choice());
        map.put("title", judgment.terms().title(vote.choice()));
        map.put("comment", vote.comment());
        map.put("parameters", vote.parameters());
        map.put("at", vote.at().toString());
        map.put("uncounted", isWaiting() ? live.uncounted(vote) : "");
        return map;
    }

    /** The same as scripts get. */
    @Exported
    public Map<String, Object> getResult() {
        return JudgmentResult.of(judgment.id(), judgment);
    }

    /** What was decided, by whom and why. */
    @Exported
    public String getText() {
        return judgment.isDecided() || live != null ? judgment.sentence() : Messages.JudgmentPage_Gone();
    }

    @Exported
    public String getSince() {
        return judgment.since().toString();
    }

    /** Empty for never. */
    @Exported
    public String getDeadline() {
        Instant deadline = judgment.terms().deadline();
        return deadline == null ? "" : deadline.toString();
    }

    /** {@code release 17 (registry/app:1.4) of addressbook in shop}; empty if it is about none. */
    @Exported
    public String getContent() {
        Content content = judgment.content();
        return content == null ? "" : content.title();
    }

    /** Those of the images. */
    @Exported
    public List<String> getDigests() {
        Content content = judgment.content();
        return content == null ? List.of() : content.digests();
    }

    /** How each test in its canary has ended, when its release was looked at last: {@code 'npm run ping' passed}. */
    @Exported
    public List<String> getTests() {
        Content content = judgment.content();
        Content.Findings findings = content == null ? null : content.findings();
        return findings == null ? List.of() : findings.tests();
    }

    /** Names of migrations that its release has begun, which no rollback brings back; empty if there are none. */
    @Exported
    public String getMigrations() {
        Content content = judgment.content();
        return content == null ? "" : ReleaseLink.migrations(runs(content), content);
    }

    /** Those that know of what is judged: the one that made it, what waits, and those that started that. */
    private Collection<Run<?, ?>> runs(Content content) {
        Map<String, Run<?, ?>> runs = new LinkedHashMap<>();
        Stream.concat(Stream.ofNullable(BoundRelease.maker(content)), subject.runs().stream())
                .forEach(run -> runs.putIfAbsent(run.getExternalizableId(), run));
        return runs.values();
    }

    /** Pages about what it is about. */
    @Restricted(NoExternalUse.class) // judgment.jelly
    public List<ReleaseLink> getLinks() {
        Content content = judgment.content();
        return content == null ? List.of() : ReleaseLink.of(runs(content), content);
    }

    @Restricted(NoExternalUse.class) // judgment.jelly
    public String getShown() {
        return LiveJudgment.shown(judgment);
    }

    @Restricted(NoExternalUse.class) // judgment.jelly
    public String time(String instant) {
        return TimeText.utc(Instant.parse(instant));
    }

    /** As HTML, by the markup formatter of this Jenkins. */
    @Restricted(NoExternalUse.class) // judgment.jelly
    public String getInstructions() throws IOException {
        String text = live == null ? null : live.settings().getInstructions();
        if (text == null) {
            return "";
        }
        StringWriter html = new StringWriter();
        Jenkins.get().getMarkupFormatter().translate(text, html);
        return html.toString();
    }

    @Restricted(NoExternalUse.class) // judgment.jelly
    public List<ParameterDefinition> getParameters() {
        return live == null ? List.of() : live.settings().getParameters();
    }

    private static Authentication me() {
        return Jenkins.getAuthentication2();
    }

    /** Whether who looks may vote, as far as is known. */
    @Restricted(NoExternalUse.class) // judgment.jelly
    public boolean isMine() {
        return isWaiting() && RealmPerson.isSomebody(me()) && live.mayVote(person());
    }

    private RealmPerson person() {
        return RealmPerson.known(me(), subject.job());
    }

    /** Whether who looks may stop it only, since they asked for it. */
    @Restricted(NoExternalUse.class) // judgment.jelly
    public boolean isStopOnly() {
        return isWaiting()
                && !isMine()
                && RealmPerson.isSomebody(me())
                && judgment.admits(person(), PendingJudgments.clock().instant());
    }

    @Restricted(NoExternalUse.class) // judgment.jelly
    public boolean isVoted() {
        return isWaiting() && judgment.hasVoted(person());
    }

    @Restricted(NoExternalUse.class) // judgment.jelly
    public boolean isOverridable() {
        return isWaiting() && judgment.terms().allowOverride() && Jenkins.get().hasPermission(Jenkins.ADMINISTER);
    }

    /**
     * Votes: 403 for who may not, 400 for what makes no sense, 409 if it is decided or has changed; then the answer says why.
     * Takes {@code outcome} and {@code comment}, and in a form of Jenkins' the parameters.
     */
    @RequirePOST
    @Restricted(NoExternalUse.class) // judgment.jelly, and REST
    public HttpResponse doDecide(StaplerRequest2 request) throws ServletException {
        return answer(request, waiting -> waiting.vote(me(), read(request)));
    }

    /** Decides past the rules: as {@link #doDecide}, with the reason as {@code comment}. */
    @RequirePOST
    @Restricted(NoExternalUse.class) // judgment.jelly, and REST
    public HttpResponse doOverride(StaplerRequest2 request) throws ServletException {
        return answer(request, waiting -> waiting.override(me(), read(request)));
    }

    @RequirePOST
    @Restricted(NoExternalUse.class) // judgment.jelly, and REST
    public HttpResponse doTakeBack(StaplerRequest2 request) throws ServletException {
        return answer(request, waiting -> waiting.takeBack(me()));
    }

    private HttpResponse answer(StaplerRequest2 request, VoteAnswer.Wish wish) throws ServletException {
        VoteAnswer.Refusal refusal = (status, why) -> refused(request, status, why);
        return live == null ? refusal.of(409, getText()) : VoteAnswer.to(live, wish, refusal);
    }

    private LiveJudgment.Answer read(StaplerRequest2 request) {
        String json = request.getParameter("json");
        Map<String, Object> values = json == null
                ? Map.of()
                : JudgmentInput.submitted(request, json, live.settings().getParameters());
        return new LiveJudgment.Answer(
                Util.fixNull(request.getParameter("outcome")),
                Util.fixNull(request.getParameter("comment")),
                values,
                Util.fixEmpty(request.getParameter("shown")),
                false);
    }

    private HttpResponse refused(StaplerRequest2 request, int status, String why) {
        return RefusedRequest.isBrowser(request)
                ? new PageWithProblem(new JudgmentPage(subject, judgment), status, why)
                : RefusedRequest.of(status, why);
    }

    /** The page as it is now, with why nothing came of what was tried. */
    private record PageWithProblem(JudgmentPage page, int status, String why) implements HttpResponse {

        @Override
        public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node)
                throws IOException, ServletException {
            response.setStatus(status);
            request.setAttribute("problem", why);
            request.getView(page, "index.jelly").forward(request, response);
        }
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Api;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import jenkins.model.Tab;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The judgments of a run: those that wait, and what was decided. */
@ExportedBean
public final class JudgmentTab extends Tab {

    static final String URL = "judgments";

    /** What Stapler finds here before it looks for a judgment of that id: {@link #getApi} and {@link Tab#getObject}. */
    static final Set<String> TAKEN = Set.of("api", "object");

    private final Run<?, ?> run;

    private JudgmentTab(Run<?, ?> run) {
        super(run);
        this.run = run;
    }

    @Override
    public String getIconFileName() {
        return Judgments.of(run).isEmpty() ? null : "symbol-people-outline plugin-ionicons-api";
    }

    @Override
    public String getDisplayName() {
        return Messages.JudgmentTab_DisplayName();
    }

    @Override
    public String getUrlName() {
        return URL;
    }

    public Api getApi() {
        return new Api(this);
    }

    /** In the order in which they were asked for. */
    @Exported(visibility = 2)
    @NonNull
    public List<JudgmentPage> getJudgments() {
        return Judgments.of(run).stream()
                .map(judgment -> new JudgmentPage(new RunSubject(run), judgment))
                .toList();
    }

    /** The page of one, by its id. */
    @Restricted(NoExternalUse.class) // Stapler
    @CheckForNull
    public JudgmentPage getDynamic(String id) {
        Judgment judgment = Judgments.find(run, id);
        return judgment == null ? null : new JudgmentPage(new RunSubject(run), judgment);
    }

    @SuppressWarnings("rawtypes") // so it is with factories of actions
    @Extension
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<JudgmentTab> actionType() {
            return JudgmentTab.class;
        }

        @NonNull
        @Override
        public Collection<JudgmentTab> createFor(@NonNull Run target) {
            return List.of(new JudgmentTab(target));
        }
    }
}

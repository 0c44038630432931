package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Functions;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.Dashboards;
import io.jenkins.plugins.safedeployments.engine.evidence.Evidence;
import io.jenkins.plugins.safedeployments.engine.judgment.Content;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.promotion.ReleasesTab;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A page about the release that is judged.
 *
 * @param url below the root URL, or a whole one
 */
public record ReleaseLink(String title, String url) {

    private static final Logger LOGGER = Logger.getLogger(ReleaseLink.class.getName());

    /** That and what evidence the runs have that acted on it, as far as the current user may see it. May read the disk. */
    @NonNull
    static List<ReleaseLink> of(Collection<Run<?, ?>> runs, Content content) {
        List<ReleaseLink> links = new ArrayList<>();
        Set<ReleaseLink> dashboards = new LinkedHashSet<>();
        for (Run<?, ?> run : runs) {
            Optional<Target> target = ReleasesAction.entries(run).stream()
                    .filter(entry -> isOf(entry, content))
                    .map(ReleaseEntry::getTarget)
                    .findFirst();
            if (run.hasPermission(Item.READ) && target.isPresent()) {
                Dashboards.of(target.get()).forEach(each -> dashboards.add(new ReleaseLink(each.title(), each.url())));
                links.add(new ReleaseLink(
                        Messages.ReleaseLink_Releases(run.getFullDisplayName()), run.getUrl() + ReleasesTab.URL + "/"));
                addEvidence(run, content, "canary", Messages.ReleaseLink_Canary(), links);
                addEvidence(run, content, "post-mortem", Messages.ReleaseLink_PostMortem(), links);
            }
        }
        links.addAll(dashboards);
        return links;
    }

    /** Names of the migrations that the runs have seen begun for it, for people; empty if there were none. */
    @NonNull
    static String migrations(Collection<Run<?, ?>> runs, Content content) {
        return runs.stream()
                .filter(run -> run.hasPermission(Item.READ))
                .flatMap(run -> ReleasesAction.entries(run).stream())
                .filter(entry -> isOf(entry, content))
                .map(ReleaseEntry::getMigrations)
                .filter(migrations -> !migrations.isEmpty())
                .reduce("", (before, last) -> last);
    }

    private static boolean isOf(ReleaseEntry entry, Content content) {
        return entry.getRelease() == content.release()
                && entry.getTarget().toString().equals(content.target());
    }

    private static void addEvidence(
            Run<?, ?> run, Content content, String kind, String title, List<ReleaseLink> links) {
        if (Functions.isArtifactsPermissionEnabled() && !run.hasPermission(Run.ARTIFACTS)) {
            return;
        }
        String page = kind + "/" + content.app() + "-" + content.release() + "/" + Evidence.PAGE;
        try {
            if (run.getArtifactManager().root().child(page).isFile()) {
                links.add(new ReleaseLink(title, run.getUrl() + "artifact/" + page));
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, e, () -> "can't see whether " + run + " has " + page);
        }
    }

    @NonNull
    public String getTitle() {
        return title;
    }

    @NonNull
    public String getUrl() {
        return url;
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.judgment.Rules;
import io.jenkins.plugins.safedeployments.engine.judgment.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What folders and clusters demand of all judgments there. What a job asks for has to be met besides, so that it can demand more
 * but not less.
 */
final class JudgmentPolicy {

    private final List<Rules> demanded = new ArrayList<>();
    private boolean requesterForbidden;
    private boolean overrideForbidden;

    private JudgmentPolicy() {}

    /** That of all folders around a job, and of the cluster that it is about. */
    @NonNull
    static JudgmentPolicy of(Job<?, ?> job, JudgmentSettings settings) {
        return of(job, settings.isBound() ? Util.fixNull(settings.getCluster()) : null);
    }

    /**
     * @param cluster name of the cluster; empty for the only one there is, null for none
     */
    @NonNull
    static JudgmentPolicy of(Job<?, ?> job, @CheckForNull String cluster) {
        JudgmentPolicy policy = new JudgmentPolicy();
        ItemGroup<?> around = job.getParent();
        while (around instanceof Item item) {
            if (around instanceof AbstractFolder<?> folder) {
                FolderJudgmentPolicy found = folder.getProperties().get(FolderJudgmentPolicy.class);
                if (found != null) {
                    policy.add(found.getApprovers(), found.isForbidRequester(), found.isForbidOverride());
                }
            }
            around = item.getParent();
        }
        if (cluster != null) {
            ClusterConfiguration about = SafeDeploymentsConfiguration.get().cluster(cluster);
            policy.add(about.getApprovers(), about.isForbidRequester(), about.isForbidOverride());
        }
        return policy;
    }

    private void add(String approvers, boolean forbidRequester, boolean forbidOverride) {
        if (!approvers.isEmpty()) {
            demanded.add(Rules.parse("approvers", approvers));
        }
        requesterForbidden |= forbidRequester;
        overrideForbidden |= forbidOverride;
    }

    /** The rules that have to be met, each by itself. */
    @NonNull
    List<Rules> demanded() {
        return List.copyOf(demanded);
    }

    boolean isRequesterForbidden() {
        return requesterForbidden;
    }

    boolean isOverrideForbidden() {
        return overrideForbidden;
    }

    @NonNull
    Terms terms(JudgmentSettings settings, Instant now) {
        return settings.terms(now, demanded, requesterForbidden, overrideForbidden);
    }
}

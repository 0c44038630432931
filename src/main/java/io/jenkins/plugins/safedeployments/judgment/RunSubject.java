package io.jenkins.plugins.safedeployments.judgment;

import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.config.ClusterConfiguration;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.engine.cluster.ClusterAccess;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.notify.GatePlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A run that waits for a judgment. */
record RunSubject(Run<?, ?> run) implements Subject {

    @Override
    public Job<?, ?> job() {
        return run.getParent();
    }

    @Override
    public String id() {
        return run.getExternalizableId();
    }

    @Override
    public String name() {
        return run.getFullDisplayName();
    }

    @Override
    public String url() {
        return run.getUrl();
    }

    @Override
    public List<Run<?, ?>> runs() {
        List<Run<?, ?>> runs = new ArrayList<>(Requesters.runs(run.getCauses()));
        runs.add(0, run);
        return runs;
    }

    @Override
    public Set<String> starters() {
        return Requesters.starters(run.getCauses());
    }

    @Override
    public Requesters requesters() {
        return Requesters.of(run);
    }

    @Override
    public void keep(Judgment judgment) throws IOException {
        Judgments.keep(run, judgment);
    }

    @Override
    public ClusterAccess access(ClusterConfiguration cluster, String credentialsId) {
        return ClusterCredentials.access(cluster, credentialsId, run);
    }

    @Override
    public GatePlace place() {
        return GatePlace.of(run);
    }
}

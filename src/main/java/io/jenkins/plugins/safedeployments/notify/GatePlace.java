package io.jenkins.plugins.safedeployments.notify;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import java.util.Collections;
import java.util.List;

/** Where a gate is: in a run, or in the queue, before there is one. It says what credentials are in reach of what is told. */
public final class GatePlace {

    private final Job<?, ?> job;

    /** Null in the queue. */
    @CheckForNull
    private final Run<?, ?> run;

    private GatePlace(Job<?, ?> job, @CheckForNull Run<?, ?> run) {
        this.job = job;
        this.run = run;
    }

    @NonNull
    public static GatePlace of(@NonNull Run<?, ?> run) {
        return new GatePlace(run.getParent(), run);
    }

    /** In the queue, before a build of a job. */
    @NonNull
    public static GatePlace inQueue(@NonNull Job<?, ?> job) {
        return new GatePlace(job, null);
    }

    @NonNull
    public Job<?, ?> getJob() {
        return job;
    }

    /** Null in the queue. */
    @CheckForNull
    public Run<?, ?> getRun() {
        return run;
    }

    /** Those of an id that may be used there; their use is recorded. Null if there are none. */
    @CheckForNull
    public <C extends StandardCredentials> C credentials(@NonNull String id, @NonNull Class<C> type) {
        C found = run == null
                ? inReachOfJob(id, type)
                : CredentialsProvider.findCredentialById(id, type, run, Collections.emptyList());
        if (found == null) {
            return null;
        }
        if (run == null) {
            CredentialsProvider.track(job, found);
        } else {
            CredentialsProvider.track(run, found);
        }
        return found;
    }

    @CheckForNull
    private <C extends StandardCredentials> C inReachOfJob(String id, Class<C> type) {
        List<C> all = CredentialsMatchers.filter(
                CredentialsProvider.lookupCredentialsInItem(type, job, ACL.SYSTEM2, Collections.emptyList()),
                CredentialsMatchers.not(CredentialsMatchers.withScope(CredentialsScope.SYSTEM)));
        return CredentialsMatchers.firstOrNull(all, CredentialsMatchers.withId(id));
    }

    /** For the system log. */
    @Override
    public String toString() {
        return run == null ? job.getFullName() + " in the queue" : run.getExternalizableId();
    }
}

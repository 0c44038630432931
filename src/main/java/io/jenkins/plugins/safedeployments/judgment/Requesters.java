package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.scm.ChangeLogSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.scm.RunWithSCM;

/** Who asked for a run: those who started it or what started it, and those who wrote its changes. */
final class Requesters {

    private static final Logger LOGGER = Logger.getLogger(Requesters.class.getName());

    private Requesters() {}

    /** Those who started it, or a run that started it. */
    @NonNull
    static Set<String> starters(List<Cause> causes) {
        Set<String> users = new LinkedHashSet<>();
        collect(causes, users);
        return users;
    }

    private static void collect(List<Cause> causes, Set<String> users) {
        for (Cause cause : causes) {
            if (cause instanceof Cause.UserIdCause user && user.getUserId() != null) {
                users.add(user.getUserId());
            } else if (cause instanceof Cause.UpstreamCause upstream) {
                collect(upstream.getUpstreamCauses(), users);
            }
        }
    }

    /** The runs that are causes. */
    @NonNull
    static List<Run<?, ?>> runs(List<Cause> causes) {
        List<Run<?, ?>> runs = new ArrayList<>();
        for (Cause cause : causes) {
            if (cause instanceof Cause.UpstreamCause upstream) {
                Run<?, ?> starter = upstream.getUpstreamRun();
                if (Objects.nonNull(starter) && !runs.contains(starter)) {
                    runs.add(starter);
                }
            }
        }
        return runs;
    }

    /** Whether somebody is one of them. May read the changes of the run from the disk. */
    static boolean include(Run<?, ?> run, String user) {
        Set<String> users = starters(run.getCauses());
        if (run instanceof RunWithSCM<?, ?> withChanges) {
            try {
                for (ChangeLogSet<?> changes : withChanges.getChangeSets()) {
                    for (ChangeLogSet.Entry change : changes) {
                        users.add(change.getAuthor().getId());
                    }
                }
            } catch (RuntimeException e) {
                LOGGER.log(Level.WARNING, e, () -> "can't read who wrote the changes of " + run);
            }
        }
        return contain(users, user);
    }

    static boolean contain(Set<String> users, String user) {
        return users.stream().anyMatch(one -> isSame(one, user));
    }

    static boolean isSame(String one, String other) {
        return Jenkins.get().getSecurityRealm().getUserIdStrategy().equals(one, other);
    }
}

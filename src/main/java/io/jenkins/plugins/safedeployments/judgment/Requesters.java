package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Job;
import hudson.model.Run;
import hudson.scm.ChangeLogSet;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ForRelease;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.scm.RunWithSCM;

/**
 * Who asked for a run: those who started it or what started it, and those who wrote its changes; and the same of the runs that it
 * comes from.
 */
final class Requesters {

    /** A job that starts itself for ever comes from more than anybody reads. */
    private static final int MOST_ORIGINS = 100;

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

    /** Whether somebody is one of them. May read runs and their changes from the disk. */
    static boolean include(Run<?, ?> run, String user) {
        return contain(authors(run), user) || include(run.getParent(), run.getCauses(), user);
    }

    /**
     * Whether somebody asked for what has these causes, or for a run that it comes from, or wrote the changes of one of those. May
     * read runs and their changes from the disk.
     */
    static boolean include(Job<?, ?> job, List<Cause> causes, String user) {
        if (contain(starters(causes), user)) {
            return true;
        }
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) { // whoever asks may not be allowed to see all of them
            return origins(job, causes).stream()
                    .anyMatch(run -> contain(starters(run.getCauses()), user) || contain(authors(run), user));
        }
    }

    /**
     * The runs that it comes from: that started it, that it does again, or for whose release it is there, and those that these
     * come from.
     */
    private static Set<Run<?, ?>> origins(Job<?, ?> job, List<Cause> causes) {
        Set<Run<?, ?>> origins = new LinkedHashSet<>(direct(job, causes));
        Deque<Run<?, ?>> open = new ArrayDeque<>(origins);
        while (!open.isEmpty() && origins.size() < MOST_ORIGINS) {
            Run<?, ?> one = open.remove();
            direct(one.getParent(), one.getCauses()).stream()
                    .filter(origins::add)
                    .forEach(open::add);
        }
        return origins;
    }

    private static List<Run<?, ?>> direct(Job<?, ?> job, List<Cause> causes) {
        List<Run<?, ?>> runs = runs(causes);
        for (Cause cause : causes) {
            int number = RepeatedRun.numberOf(cause);
            Run<?, ?> repeated = number == 0 ? null : job.getBuildByNumber(number);
            if (repeated != null) {
                runs.add(repeated);
            }
            if (cause instanceof ForRelease release) {
                Stream.of(release.run(), release.maker())
                        .filter(Objects::nonNull)
                        .forEach(runs::add);
            }
        }
        return runs;
    }

    /** @throws UserException if it can't be seen who they are: then nobody can be told from them */
    private static Set<String> authors(Run<?, ?> run) {
        Set<String> users = new LinkedHashSet<>();
        if (run instanceof RunWithSCM<?, ?> withChanges) {
            try {
                for (ChangeLogSet<?> changes : withChanges.getChangeSets()) {
                    for (ChangeLogSet.Entry change : changes) {
                        users.add(change.getAuthor().getId());
                    }
                }
            } catch (RuntimeException e) {
                throw new UserException(
                        "It can't be read who wrote the changes of " + run.getFullDisplayName()
                                + ", so nobody can be told from them: stop it, or try again when Jenkins can read them.",
                        e);
            }
        }
        return users;
    }

    static boolean contain(Set<String> users, String user) {
        return users.stream().anyMatch(one -> isSame(one, user));
    }

    static boolean isSame(String one, String other) {
        return Jenkins.get().getSecurityRealm().getUserIdStrategy().equals(one, other);
    }
}

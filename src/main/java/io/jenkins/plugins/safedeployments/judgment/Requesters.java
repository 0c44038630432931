package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.User;
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
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.scm.RunWithSCM;

/**
 * Who asked for a run: those who started it or what started it, and those who wrote its changes; and the same of the runs that it
 * comes from.
 *
 * @param users their ids
 * @param unreadable a run of which it can't be read who wrote its changes; empty if there is none
 */
record Requesters(Set<String> users, String unreadable) {

    /** Of what nobody has asked for. */
    static final Requesters NOBODY = new Requesters(Set.of(), "");

    private static final Logger LOGGER = Logger.getLogger(Requesters.class.getName());

    /** A job that starts itself for ever comes from more than anybody reads. */
    private static final int MOST_ORIGINS = 100;

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

    /** Those of a run. May read it, those that it comes from, and their changes from the disk. */
    @NonNull
    static Requesters of(Run<?, ?> run) {
        return authors(run).and(of(run.getParent(), run.getCauses()));
    }

    /** Those of what has these causes. May read runs and their changes from the disk. */
    @NonNull
    static Requesters of(Job<?, ?> job, List<Cause> causes) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) { // whoever asks may not be allowed to see all of them
            Set<Run<?, ?>> origins = origins(job, causes);
            Requesters all =
                    new Requesters(starters(causes), origins.size() < MOST_ORIGINS ? "" : job.getFullDisplayName());
            for (Run<?, ?> origin : origins) {
                all = all.and(new Requesters(starters(origin.getCauses()), "")).and(authors(origin));
            }
            return all;
        }
    }

    /** With those of what it comes from besides. */
    @NonNull
    Requesters and(Requesters others) {
        Set<String> all = new LinkedHashSet<>(users);
        all.addAll(others.users);
        return new Requesters(all, unreadable.isEmpty() ? others.unreadable : unreadable);
    }

    /**
     * Whether somebody is one of them.
     *
     * @throws UserException if that can't be told: who can't be seen may be anybody
     */
    boolean include(String user) {
        if (contain(users, user)) {
            return true;
        }
        if (!unreadable.isEmpty()) {
            throw new UserException("It can't be seen who wrote the changes of " + unreadable
                    + ", so nobody can approve it: the system log says why.");
        }
        return false;
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

    /** Those who wrote the changes of a run. */
    private static Requesters authors(Run<?, ?> run) {
        Set<String> users = new LinkedHashSet<>();
        boolean complete = true;
        if (run instanceof RunWithSCM<?, ?> withChanges) {
            try {
                for (ChangeLogSet<?> changes : withChanges.getChangeSets()) {
                    for (ChangeLogSet.Entry change : changes) {
                        complete &= add(change, users, run);
                    }
                }
            } catch (RuntimeException e) {
                complete = unreadable(run, e);
            }
        }
        return new Requesters(users, complete ? "" : run.getFullDisplayName());
    }

    /** One that can't be read hides none of the others. */
    private static boolean add(ChangeLogSet.Entry change, Set<String> users, Run<?, ?> run) {
        try {
            User author = change.getAuthor();
            users.add(author.getId());
            return !author.getId().equals(User.getUnknown().getId()); // as changes without an author have it
        } catch (RuntimeException e) {
            return unreadable(run, e);
        }
    }

    private static boolean unreadable(Run<?, ?> run, RuntimeException problem) {
        LOGGER.log(Level.WARNING, problem, () -> "can't read who wrote the changes of " + run);
        return false;
    }

    static boolean contain(Set<String> users, String user) {
        return users.stream().anyMatch(one -> isSame(one, user));
    }

    static boolean isSame(String one, String other) {
        return Jenkins.get().getSecurityRealm().getUserIdStrategy().equals(one, other);
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.judgment.Judgment;
import io.jenkins.plugins.safedeployments.engine.judgment.Vote;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/** Those who vote on what waits, as they are known now. May wait for the security realm, and read runs from the disk. */
final class Voters {

    private final Subject subject;

    Voters(Subject subject) {
        this.subject = subject;
    }

    /**
     * Who wants something of it; empty if that is nobody, of whom {@link #stranger} says why.
     *
     * @throws UserException if that is not known now
     */
    @NonNull
    Optional<RealmPerson> find(Authentication who) {
        return RealmPerson.isSomebody(who) ? RealmPerson.voter(who, subject.job()) : Optional.empty();
    }

    @NonNull
    static String stranger(Authentication who) {
        return RealmPerson.isSomebody(who)
                ? who.getName() + " is no user any more, or may not log in."
                : "Log in first: who decides has to be known.";
    }

    /** Nobody, where it is the same who voted before. */
    static final Known NOT_ASKED = new Known(Map.of(), Map.of());

    /**
     * Those who voted, looked up at once. Who asked for it by now has no vote any more: changes may have been checked out since.
     *
     * @param requesters as they were looked up now
     * @throws UserException if that is not known now
     */
    @NonNull
    Known of(Judgment judgment, Requesters requesters) {
        Map<String, RealmPerson> people = new HashMap<>();
        Map<String, String> uncounted = new HashMap<>();
        for (Vote vote : judgment.votes()) {
            Optional<RealmPerson> person = RealmPerson.now(vote.user(), subject.job());
            if (person.isEmpty()) {
                uncounted.put(vote.user(), Messages.Voters_Gone());
            } else if (requesters.include(person.get().id())) {
                uncounted.put(vote.user(), Messages.Voters_Requester());
            } else {
                people.put(vote.user(), person.get());
            }
        }
        return new Known(people, uncounted);
    }

    /** The same with what is known now of those who asked for it. */
    @NonNull
    Known of(Judgment judgment) {
        return of(judgment, judgment.votes().isEmpty() ? Requesters.NOBODY : requesters(judgment));
    }

    /**
     * Those who voted.
     *
     * @param people those whose votes may count, by their ids
     * @param uncounted why those of others do not, by their ids
     */
    record Known(Map<String, RealmPerson> people, Map<String, String> uncounted) implements Judgment.People {

        /** Why votes do not count, once somebody has cast another one. */
        @NonNull
        Map<String, String> without(RealmPerson voter) {
            Map<String, String> others = new HashMap<>(uncounted);
            others.keySet().removeIf(voter::is);
            return others;
        }

        @Override
        public Optional<RealmPerson> apply(String id) {
            return Optional.ofNullable(people.get(id));
        }
    }

    /** Those who asked for what waits or for the release that is judged, and can't approve it therefore; also who is known no more. */
    @NonNull
    Requesters requesters(Judgment judgment) {
        if (judgment.terms().allowRequester()) {
            return Requesters.NOBODY;
        }
        Run<?, ?> maker = BoundRelease.maker(judgment.content());
        Requesters now =
                maker == null ? subject.requesters() : subject.requesters().and(Requesters.of(maker));
        return new Requesters(new LinkedHashSet<>(judgment.requesters()), "").and(now);
    }

    /** Whether they may abort builds of the job. */
    boolean mayCancel(Authentication who) {
        return !Jenkins.get().isUseSecurity() || subject.job().getACL().hasPermission2(who, Item.CANCEL);
    }
}

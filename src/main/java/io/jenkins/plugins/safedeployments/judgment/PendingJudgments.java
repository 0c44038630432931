package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.core.Authentication;

/** All judgments of this Jenkins that wait for people. */
@Extension
public final class PendingJudgments {

    /** By the run and the id. */
    private final Map<String, PendingJudgment> all = new ConcurrentHashMap<>();

    @NonNull
    public static PendingJudgments get() {
        return ExtensionList.lookupSingleton(PendingJudgments.class);
    }

    /**
     * Those that somebody may vote on now: who may read the run, is let vote by the rules, and has not voted yet. Asks nothing
     * but this Jenkins, so that it is fast; whether the vote counts is looked at again when it is cast.
     *
     * @return the longest waiting first
     */
    @NonNull
    public List<PendingJudgment> of(Authentication user) {
        return all.values().stream()
                .filter(judgment -> judgment.awaits(user))
                .sorted(Comparator.comparing(PendingJudgment::since).thenComparing(PendingJudgment::path))
                .toList();
    }

    void add(PendingJudgment judgment) {
        all.put(key(judgment), judgment);
    }

    void remove(PendingJudgment judgment) {
        all.remove(key(judgment), judgment);
    }

    private static String key(PendingJudgment judgment) {
        return judgment.run().getExternalizableId() + "/" + judgment.id();
    }
}

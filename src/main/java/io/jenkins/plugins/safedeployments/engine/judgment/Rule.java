package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;
import java.util.stream.Collectors;

/**
 * So many of these users and members of these groups.
 *
 * @param needed at least 1
 * @param names not empty
 */
public record Rule(int needed, List<Who> names) {

    public Rule {
        names = List.copyOf(names);
    }

    boolean admits(Person person) {
        return names.stream().anyMatch(who -> who.admits(person));
    }

    /** {@code qa, user:alice}. */
    @NonNull
    String whom() {
        return names.stream().map(Who::toString).collect(Collectors.joining(", "));
    }

    /** As it is written: {@code 2 of qa, user:alice}. */
    @NonNull
    @Override
    public String toString() {
        return needed + " of " + whom();
    }
}

package io.jenkins.plugins.safedeployments.engine.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What tests in the canary have left in the record of a release.
 *
 * @param migrations commands that run at most once per release, in the order in which they were begun
 * @param results how each test of {@code canaryTest} ended the last time, by its name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Tested(List<Migration> migrations, List<Result> results) {

    static final Tested NOTHING = new Tested(List.of(), List.of());

    /**
     * A command that changes data, so that no repetition and no rollback takes it back.
     *
     * @param name the command
     * @param begun when it was decided to run it, ISO 8601; written before it starts
     * @param actor id of the step that did so
     * @param ended when it ended, ISO 8601; null as long as that is not known
     * @param exitCode null as long as it is not known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Migration(
            String name,
            String begun,
            String actor,
            @CheckForNull String ended,
            @CheckForNull Integer exitCode) {}

    /**
     * How a test ended.
     *
     * @param name that of the test
     * @param actor id of the step that ran it
     * @param cause why it failed, in a sentence; empty if it passed
     */
    public record Result(String name, String actor, String cause) {

        public boolean passed() {
            return cause.isEmpty();
        }
    }

    public Tested {
        migrations = migrations == null ? List.of() : List.copyOf(migrations);
        results = results == null ? List.of() : List.copyOf(results);
    }

    /** The migration of a name, if it was ever begun. */
    @NonNull
    public Optional<Migration> migration(String name) {
        return migrations.stream().filter(m -> m.name().equals(name)).findFirst();
    }

    /** How the test of a name ended the last time. */
    @NonNull
    public Optional<Result> result(String name) {
        return results.stream().filter(r -> r.name().equals(name)).findFirst();
    }

    /** With a migration as it is now, in place of what was known of the one of its name. */
    @NonNull
    public Tested with(Migration migration) {
        return new Tested(replaced(migrations, m -> m.name().equals(migration.name()), migration), results);
    }

    /** Without the migration of a name, which has turned out not to have been started. */
    @NonNull
    public Tested withoutMigration(String name) {
        return new Tested(
                migrations.stream().filter(m -> !m.name().equals(name)).toList(), results);
    }

    /** With a result, in place of the last one of its name. */
    @NonNull
    public Tested with(Result result) {
        return new Tested(migrations, replaced(results, r -> r.name().equals(result.name()), result));
    }

    private static <T> List<T> replaced(List<T> all, Predicate<T> old, T replacement) {
        List<T> result = new ArrayList<>(all);
        for (int i = 0; i < result.size(); i++) {
            if (old.test(result.get(i))) {
                result.set(i, replacement);
                return result;
            }
        }
        result.add(replacement);
        return result;
    }
}

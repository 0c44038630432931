package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The requirements that ask the cluster. */
public final class Requirements {

    private Requirements() {}

    /** That there is a Deployment of that name in the target's namespace. */
    @NonNull
    public static Requirement deploymentExists(String name) {
        return session -> deployment(session, name).isPresent()
                ? null
                : "there is no Deployment " + name + " in " + session.target().namespace();
    }

    /**
     * How big a Deployment of that name is: the replicas that it asks for.
     *
     * @param operator one of {@code = != < <= > >=}
     * @throws UserException if it is another one
     */
    @NonNull
    public static Requirement deploymentSize(String name, String operator, int size) {
        IntPredicate fits = comparison(operator, size);
        return session -> {
            Optional<KubeObject> deployment = deployment(session, name);
            if (deployment.isEmpty()) {
                return "there is no Deployment " + name + " in "
                        + session.target().namespace() + ", whose size was to be " + operator + " " + size;
            }
            int actual = deployment.get().integer(1, "spec", "replicas");
            return fits.test(actual)
                    ? null
                    : "Deployment " + name + " in " + session.target().namespace() + " has " + actual
                            + " replicas, needed " + operator + " " + size;
        };
    }

    private static IntPredicate comparison(String operator, int size) {
        return switch (operator) {
            case "=" -> actual -> actual == size;
            case "!=" -> actual -> actual != size;
            case "<" -> actual -> actual < size;
            case "<=" -> actual -> actual <= size;
            case ">" -> actual -> actual > size;
            case ">=" -> actual -> actual >= size;
            default -> throw new UserException("'op' is '" + operator + "': it must be one of =, !=, <, <=, > and >=.");
        };
    }

    private static Optional<KubeObject> deployment(Session session, String name) {
        return session.cluster().get(Kind.DEPLOYMENT, name);
    }

    /** That the last release which is not under way was promoted and not taken back; also if there was none. */
    @NonNull
    public static Requirement lastReleaseGood() {
        return session -> {
            List<Release> releases =
                    new ReleaseStore(session.cluster(), session.target().app()).list();
            return releases.stream()
                    .filter(release -> !isUnderWay(release.phase()))
                    .findFirst()
                    .filter(last -> last.phase() != Phase.PROMOTED)
                    .map(last -> "the last release, " + last.title() + ", is "
                            + last.phase().text() + (last.cause().isEmpty() ? "" : ": " + last.cause()))
                    .orElse(null);
        };
    }

    private static boolean isUnderWay(Phase phase) {
        return phase == Phase.CANARY_STARTING || phase == Phase.CANARY_READY || phase == Phase.PROMOTING;
    }
}

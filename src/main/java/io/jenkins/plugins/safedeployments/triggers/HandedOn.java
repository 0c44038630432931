package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.BooleanParameterDefinition;
import hudson.model.BooleanParameterValue;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Run;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.safedeployments.engine.condition.Subject;
import io.jenkins.plugins.safedeployments.engine.condition.Word;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;

/**
 * What a job is told that promotes a release or takes it back, as parameters, whoever starts it: the same names for triggers,
 * steps, post-build actions and the buttons of the pages. A job that has not defined them gets them, too.
 */
public final class HandedOn {

    public static final String APP = "APP";
    public static final String CLUSTER = "CLUSTER";
    public static final String NAMESPACE = "NAMESPACE";

    /** The release that is promoted or taken back. */
    public static final String RELEASE = "RELEASE";

    /** The release to return to; empty if it is not about that. */
    public static final String RETURN_TO = "RETURN_TO";

    public static final String REASON = "REASON";

    /** Whether to return to a release that had been taken back. */
    public static final String FORCE = "FORCE";

    /** That it is known that migrated data stays as it is. */
    public static final String ACKNOWLEDGE_MIGRATION = "ACKNOWLEDGE_MIGRATION";

    /** What is to be done. */
    public static final Set<String> WHAT =
            Set.of(APP, CLUSTER, NAMESPACE, RELEASE, RETURN_TO, REASON, FORCE, ACKNOWLEDGE_MIGRATION);

    /** What the names of all begin with that say of which run a release is rolled back. */
    static final String OF = "ROLLBACK_OF_";

    /** What the names of all begin with that say which run is promoted. */
    private static final String OF_PROMOTED = "PROMOTED_";

    /** What is told of a run that is promoted. */
    public static final Set<String> PROMOTED = Set.of(
            OF_PROMOTED + "JOB",
            OF_PROMOTED + "NUMBER",
            OF_PROMOTED + "URL",
            OF_PROMOTED + "RESULT",
            OF_PROMOTED + "BRANCH",
            OF_PROMOTED + "TAG",
            OF_PROMOTED + "COMMIT");

    private HandedOn() {}

    /** All names of what is to be done, without a release to return to, a reason, and a word for what is dangerous. */
    @NonNull
    public static Map<String, String> what(@CheckForNull Target target, String release) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put(APP, target == null ? "" : target.app());
        told.put(CLUSTER, target == null ? "" : target.cluster());
        told.put(NAMESPACE, target == null ? "" : target.namespace());
        told.put(RELEASE, release);
        told.put(RETURN_TO, "");
        told.put(REASON, "");
        told.put(FORCE, "false");
        told.put(ACKNOWLEDGE_MIGRATION, "false");
        return told;
    }

    /**
     * All names of what a rollback is told of the run whose release it is, and of that release.
     *
     * @param run null if it is not known
     * @param what as {@link #what} gave it
     * @param image empty if it is not known
     * @param phase null if it is not known
     * @param releases all releases that the run has left, as lines
     */
    @NonNull
    public static Map<String, String> of(
            @CheckForNull Run<?, ?> run,
            Map<String, String> what,
            String image,
            @CheckForNull Phase phase,
            List<String> releases) {
        Map<String, String> told = run(OF, run);
        told.put(OF + APP, what.get(APP));
        told.put(OF + CLUSTER, what.get(CLUSTER));
        told.put(OF + NAMESPACE, what.get(NAMESPACE));
        told.put(OF + RELEASE, what.get(RELEASE));
        told.put(OF + "IMAGE", image);
        told.put(OF + "PHASE", phase == null ? "" : phase.name());
        told.put(OF + "RELEASES", String.join("\n", releases));
        return told;
    }

    /**
     * All names of {@link #PROMOTED} with what they say of a run; empty where it is not known.
     *
     * @throws io.jenkins.plugins.safedeployments.engine.model.UserException if the run's environment can't be read
     */
    @NonNull
    public static Map<String, String> promoted(Run<?, ?> run) {
        Map<String, String> told = run(OF_PROMOTED, run);
        RunValues values = new RunValues(run, null);
        told.put(OF_PROMOTED + "BRANCH", Util.fixNull(values.value(new Subject(Word.BRANCH, ""))));
        told.put(OF_PROMOTED + "TAG", Util.fixNull(values.value(new Subject(Word.TAG, ""))));
        told.put(OF_PROMOTED + "COMMIT", Util.fixNull(CheckedOut.commit(run)));
        return told;
    }

    /** Which run it is. */
    private static Map<String, String> run(String prefix, @CheckForNull Run<?, ?> run) {
        Map<String, String> told = new LinkedHashMap<>();
        String root = Jenkins.get().getRootUrl();
        told.put(prefix + "JOB", run == null ? "" : run.getParent().getFullName());
        told.put(prefix + "NUMBER", run == null ? "" : String.valueOf(run.getNumber()));
        told.put(prefix + "URL", run == null || root == null ? "" : root + run.getUrl());
        told.put(prefix + "RESULT", run == null ? "" : String.valueOf(run.getResult()));
        return told;
    }

    /** One of the releases that a run has left. */
    @NonNull
    public static String line(Target target, int release, Phase phase) {
        return String.join(
                " ", target.app(), target.cluster(), target.namespace(), String.valueOf(release), phase.name());
    }

    /** Of the kind that the job has defined: check boxes are no texts to scripts. */
    @NonNull
    public static List<ParameterValue> values(Job<?, ?> job, Map<String, String> told) {
        Set<String> flags = definitions(job).stream()
                .filter(definition -> definition instanceof BooleanParameterDefinition)
                .map(ParameterDefinition::getName)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<ParameterValue> values = new ArrayList<>();
        told.forEach((name, value) -> values.add(
                flags.contains(name)
                        ? new BooleanParameterValue(name, Boolean.parseBoolean(value))
                        : new StringParameterValue(name, value)));
        return values;
    }

    /** The parameters that a job has defined. */
    @NonNull
    public static List<ParameterDefinition> definitions(Job<?, ?> job) {
        ParametersDefinitionProperty property = job.getProperty(ParametersDefinitionProperty.class);
        return property == null ? List.of() : property.getParameterDefinitions();
    }
}

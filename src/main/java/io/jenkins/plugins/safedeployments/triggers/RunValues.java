package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.condition.Subject;
import io.jenkins.plugins.safedeployments.engine.condition.Values;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.runtime.ForRelease;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Act;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry.Verdict;
import io.jenkins.plugins.safedeployments.runtime.ReleasesAction;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import jenkins.model.CauseOfInterruption;
import jenkins.model.InterruptedBuildAction;

/** What a condition finds out about a run. */
public final class RunValues implements Values {

    private final Run<?, ?> run;

    /** Where its release is; null if the run has made none. */
    @CheckForNull
    private final Target target;

    /** Number of that release; null if the run has made none yet. */
    @CheckForNull
    private final Integer release;

    /** The outcome of a judgment, by its id; null if it is not known. */
    private final UnaryOperator<String> judgments;

    private EnvVars environment;

    /** @param release the one of the run's releases that is meant */
    public RunValues(Run<?, ?> run, @CheckForNull ReleaseEntry release) {
        this(
                run,
                release == null ? null : release.getTarget(),
                release == null ? null : release.getRelease(),
                id -> JudgmentLookup.find(run, id));
    }

    private RunValues(
            Run<?, ?> run,
            @CheckForNull Target target,
            @CheckForNull Integer release,
            UnaryOperator<String> judgments) {
        this.run = run;
        this.target = target;
        this.release = release;
        this.judgments = judgments;
    }

    /** Of a run that is about to act on a release of a target; null if there is none yet. */
    @NonNull
    public static RunValues before(Run<?, ?> run, Target target, @CheckForNull Release acted) {
        return new RunValues(
                run, target, acted == null ? null : acted.number(), id -> JudgmentLookup.find(run, id, target, acted));
    }

    /** Of a run that is under way, with the release that it took up last, or else the one that it was started for. */
    @NonNull
    public static RunValues underWay(Run<?, ?> run) {
        List<ReleaseEntry> entries = ReleasesAction.entries(run);
        if (!entries.isEmpty()) {
            return new RunValues(run, entries.get(entries.size() - 1));
        }
        for (Cause cause : run.getCauses()) {
            if (cause instanceof ForRelease what) {
                return new RunValues(run, what.target(), what.release(), id -> JudgmentLookup.find(run, id));
            }
        }
        return new RunValues(run, null);
    }

    @Override
    public String value(Subject subject) {
        return switch (subject.word()) {
            case RESULT -> result();
            case RESULT_REASON -> reason();
            case BRANCH -> branch();
            case TAG -> variable("TAG_NAME");
            case PULL_REQUEST -> variable("CHANGE_ID");
            case APP -> target == null ? null : target.app();
            case CLUSTER -> target == null ? null : target.cluster();
            case NAMESPACE -> target == null ? null : target.namespace();
            case RELEASE -> release == null ? null : release.toString();
            case JUDGMENT -> judgments.apply(subject.argument());
            case PARAMETER -> parameter(subject.argument());
        };
    }

    /** As long as nothing has gone wrong, a run that is under way has passed so far. */
    private String result() {
        Result result = run.getResult();
        return (result == null ? Result.SUCCESS : result).toString();
    }

    @CheckForNull
    private String reason() {
        for (InterruptedBuildAction interrupted : run.getActions(InterruptedBuildAction.class)) {
            for (CauseOfInterruption cause : interrupted.getCauses()) {
                String name = cause.getClass().getSimpleName();
                if (cause instanceof CauseOfInterruption.UserInterruption) {
                    return "user";
                } else if (name.equals("ExceededTimeout")) {
                    return "timeout"; // of the step 'timeout', whose plugin need not be there
                } else if (name.equals("SupersededCause") || name.equals("CancelledCause")) {
                    return "superseded";
                }
            }
        }
        boolean testFailed = ReleasesAction.entries(run).stream()
                .anyMatch(entry -> entry.getAct() == Act.CANARY_TEST && entry.getVerdict() == Verdict.FAILED);
        return testFailed || Result.UNSTABLE.equals(run.getResult()) ? "test" : null;
    }

    /** Tags and change requests are built as if they were branches, but are none. */
    @CheckForNull
    private String branch() {
        if (variable("TAG_NAME") != null || variable("CHANGE_ID") != null) {
            return null;
        }
        String branch = variable("BRANCH_NAME");
        return branch == null ? CheckedOut.branch(run) : branch;
    }

    @CheckForNull
    private String parameter(String name) {
        ParametersAction parameters = run.getAction(ParametersAction.class);
        ParameterValue parameter = parameters == null ? null : parameters.getParameter(name);
        Object value = parameter == null || parameter.isSensitive() ? null : parameter.getValue();
        return value == null ? null : value.toString();
    }

    /** Of the run's environment, unless it is only called so by one of its parameters, which anybody can set. */
    @CheckForNull
    private String variable(String name) {
        ParametersAction parameters = run.getAction(ParametersAction.class);
        if (parameters != null && parameters.getParameter(name) != null) {
            return null;
        }
        if (environment == null) {
            try {
                environment = run.getEnvironment(TaskListener.NULL);
            } catch (IOException e) {
                throw new UserException("The environment of " + run + " could not be read: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UserException("Interrupted while the environment of " + run + " was being read.", e);
            }
        }
        return Util.fixEmptyAndTrim(environment.get(name));
    }
}

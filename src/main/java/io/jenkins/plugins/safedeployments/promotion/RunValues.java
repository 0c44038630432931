package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.EnvVars;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.safedeployments.engine.condition.Subject;
import io.jenkins.plugins.safedeployments.engine.condition.Values;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import java.io.IOException;

/** What a condition asks about a run that has released something. */
final class RunValues implements Values {

    private final Run<?, ?> run;
    private final ReleaseEntry release;

    RunValues(Run<?, ?> run, ReleaseEntry release) {
        this.run = run;
        this.release = release;
    }

    @CheckForNull
    @Override
    public String value(Subject subject) {
        return switch (subject.word()) {
            case RESULT -> result();
            case BRANCH -> branch();
            case TAG -> variable("TAG_NAME");
            case PULL_REQUEST -> variable("CHANGE_ID");
            case APP -> release.getTarget().app();
            case CLUSTER -> release.getTarget().cluster();
            case NAMESPACE -> release.getTarget().namespace();
            case RELEASE -> Integer.toString(release.getRelease());
            case PARAMETER -> parameter(subject.argument());
            case RESULT_REASON, JUDGMENT -> null;
        };
    }

    private String result() {
        Result result = run.getResult();
        return (result == null ? Result.SUCCESS : result).toString();
    }

    /** As multibranch projects and the git plugin say it. */
    @CheckForNull
    private String branch() {
        if (variable("TAG_NAME") != null || variable("CHANGE_ID") != null) {
            return null;
        }
        String branch = variable("BRANCH_NAME");
        String checkedOut = variable("GIT_BRANCH");
        return branch != null || checkedOut == null ? branch : checkedOut.replaceFirst("^origin/", "");
    }

    /** Of the environment, unless it is only called so by a parameter, which whoever starts the run can set. */
    @CheckForNull
    private String variable(String name) {
        ParametersAction parameters = run.getAction(ParametersAction.class);
        if (parameters != null && parameters.getParameter(name) != null) {
            return null;
        }
        try {
            EnvVars variables = run.getEnvironment(TaskListener.NULL);
            return variables.get(name);
        } catch (IOException e) {
            throw new UserException("The environment of " + run + " could not be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted while the environment of " + run + " was being read.", e);
        }
    }

    @CheckForNull
    private String parameter(String name) {
        ParametersAction action = run.getAction(ParametersAction.class);
        ParameterValue parameter = action == null ? null : action.getParameter(name);
        Object value = parameter == null || parameter.isSensitive() ? null : parameter.getValue();
        return value == null ? null : value.toString();
    }
}

package io.jenkins.plugins.safedeployments.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.PasswordParameterDefinition;
import hudson.model.PasswordParameterValue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.SimpleParameterDefinition;
import hudson.model.TextParameterDefinition;
import hudson.security.Permission;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.runtime.Origins;
import io.jenkins.plugins.safedeployments.runtime.ReleaseEntry;
import io.jenkins.plugins.safedeployments.runtime.ReleaseRuntime;
import io.jenkins.plugins.safedeployments.runtime.RunCause;
import io.jenkins.plugins.safedeployments.triggers.HandedOn;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.security.core.Authentication;

/**
 * A run, such as one that builds and tests, that is given to the job which goes on with what it has made, such as one that brings
 * it into canary. Its parameters are what the other job's parameters of the same names have by default.
 */
public final class RunPromotion extends JobStart implements Candidate {

    private final Run<?, ?> run;
    private final PromotionProperty property;

    private RunPromotion(Run<?, ?> run, PromotionProperty property) {
        super(run.getParent(), ReleaseRuntime.get().clock().millis());
        this.run = run;
        this.property = property;
    }

    /** Null if its job names none that goes on, neither for people nor by itself. */
    @CheckForNull
    static RunPromotion of(Run<?, ?> run) {
        PromotionProperty property = PromotionProperty.of(run.getParent());
        return property == null || property.getCanaryJob() == null && property.getAutoCanary() == null
                ? null
                : new RunPromotion(run, property);
    }

    /** Whether it may start by itself. */
    boolean isByItself() {
        return property.getAutoCanary() != null;
    }

    @NonNull
    @Override
    public String getTitle() {
        Job<?, ?> job = job();
        return job == null ? Messages.Handover_Promote() : Messages.RunPromotion_Title(job.getFullDisplayName());
    }

    @NonNull
    @Override
    Permission permission() {
        return SafeDeploymentsPermissions.PROMOTE;
    }

    @CheckForNull
    @Override
    String jobName() {
        return property.getCanaryJob();
    }

    @NonNull
    @Override
    String noJobName() {
        return Messages.RunPromotion_NoJob();
    }

    @NonNull
    @Override
    String notNow(Job<?, ?> job) {
        if (job == owner()) {
            return Messages.RunPromotion_Itself();
        }
        if (run.isBuilding()) {
            return Messages.Handover_MakerUnderWay(run.getFullDisplayName());
        }
        Result result = run.getResult();
        return result == null || result.isWorseThan(Result.UNSTABLE)
                ? Messages.RunPromotion_Failed(run.getFullDisplayName(), result)
                : "";
    }

    @Override
    boolean isMine(GivenCause cause) {
        return cause.about() == null && run.equals(cause.run());
    }

    @NonNull
    @Override
    Set<String> names() {
        return HandedOn.PROMOTED;
    }

    @NonNull
    @Override
    ParameterDefinition here(ParameterDefinition definition) {
        ParametersAction parameters = run.getAction(ParametersAction.class);
        return parameters == null
                ? definition
                : parameters.getParameters().stream() // only those that the run's job has defined
                        .filter(value -> value.getName().equals(definition.getName()))
                        .map(value -> of(definition, value))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(value -> with(definition, value))
                        .orElse(definition);
    }

    private static ParameterDefinition with(ParameterDefinition definition, ParameterValue value) {
        return definition instanceof TextParameterDefinition // which else would have one line only
                ? new TextParameterDefinition(
                        definition.getName(), String.valueOf(value.getValue()), definition.getDescription())
                : definition.copyWithDefaultValue(value);
    }

    /** The same value for another parameter; null if that can't have it. Passwords go to passwords only. */
    @CheckForNull
    private static ParameterValue of(ParameterDefinition definition, ParameterValue value) {
        if (value instanceof PasswordParameterValue && definition instanceof PasswordParameterDefinition) {
            return value;
        }
        Object plain = value.getValue();
        boolean isPlain = plain instanceof String || plain instanceof Boolean;
        if (!isPlain || value.isSensitive() || !(definition instanceof SimpleParameterDefinition simple)) {
            return null;
        }
        try {
            return simple.createValue(String.valueOf(plain));
        } catch (IllegalArgumentException e) {
            return null; // such as none of its choices
        }
    }

    /** What the other job is told, by name of the parameter. */
    @NonNull
    Map<String, String> told() {
        return HandedOn.promoted(run);
    }

    @CheckForNull
    @Override
    public ReleaseEntry entry() {
        return null;
    }

    @NonNull
    @Override
    public String title() {
        return Messages.RunPromotion_OfRun();
    }

    @NonNull
    @Override
    public String condition() {
        return Util.fixNull(property.getAutoCanary());
    }

    /** A run of the job that it would start has led to this one, over whatever lies between. */
    @NonNull
    @Override
    public String circle() {
        Job<?, ?> job = job();
        return job != null && Origins.of(run).stream().anyMatch(cause -> isOf(job, cause))
                ? Messages.RunPromotion_Circle(job.getFullDisplayName())
                : "";
    }

    private static boolean isOf(Job<?, ?> job, Cause cause) {
        String name = "";
        if (cause instanceof PromotionCause promotion) {
            name = promotion.job();
        } else if (cause instanceof RunCause other) {
            name = other.job();
        } else if (cause instanceof Cause.UpstreamCause upstream) {
            name = upstream.getUpstreamProject();
        }
        return name.equals(job.getFullName());
    }

    @NonNull
    @Override
    public String whyNot(Authentication who) {
        return lockedByItself(who);
    }

    @NonNull
    @Override
    public JobStart jobStart() {
        return this;
    }

    @NonNull
    @Override
    public String promote(String why) {
        try {
            return start(new RunPromotionCause(run, "", why), told(), defaults());
        } catch (UserException e) {
            return e.getMessage();
        }
    }
}

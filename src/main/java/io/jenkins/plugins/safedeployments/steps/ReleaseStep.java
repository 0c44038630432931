package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.runtime.IfOrphaned;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What the steps that act on a release have in common: the target, how to reach it, and for how long to wait. */
public abstract class ReleaseStep extends Step implements Serializable, Cloneable {

    private static final long serialVersionUID = 1L;

    private static final Logger LOGGER = Logger.getLogger(ReleaseStep.class.getName());

    static final int DEFAULT_TIMEOUT = 10;
    private static final Duration LONGEST = Duration.ofDays(7);

    private String app;
    private String cluster;
    private String namespace;
    private String credentialsId;
    private int timeout = DEFAULT_TIMEOUT;
    private TimeUnit timeoutUnit = TimeUnit.MINUTES;

    ReleaseStep(String app) {
        this.app = Util.fixNull(Util.fixEmptyAndTrim(app));
    }

    /** The application, a DNS label. */
    @NonNull
    public final String getApp() {
        return app;
    }

    /** Name of a configured cluster; null for the only one. */
    @CheckForNull
    public final String getCluster() {
        return cluster;
    }

    @DataBoundSetter
    public final void setCluster(String cluster) {
        this.cluster = Util.fixEmptyAndTrim(cluster);
    }

    @CheckForNull
    public final String getNamespace() {
        return namespace;
    }

    @DataBoundSetter
    public final void setNamespace(String namespace) {
        this.namespace = Util.fixEmptyAndTrim(namespace);
    }

    /** Credentials to use instead of the cluster's own; null for these. */
    @CheckForNull
    public final String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public final void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** How long the step's own waiting may last, in {@link #getTimeoutUnit}. */
    public final int getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public final void setTimeout(int timeout) {
        this.timeout = timeout;
    }

    @NonNull
    public final TimeUnit getTimeoutUnit() {
        return timeoutUnit;
    }

    @DataBoundSetter
    public final void setTimeoutUnit(TimeUnit timeoutUnit) {
        this.timeoutUnit = timeoutUnit == null ? TimeUnit.MINUTES : timeoutUnit;
    }

    /**
     * A copy for one build, in which variables of the build are filled in where a text may name them.
     *
     * @param variables fills {@code $NAME} and {@code ${NAME}} in, and leaves what it does not know
     */
    @Restricted(NoExternalUse.class) // builders
    @NonNull
    public final ReleaseStep expanded(UnaryOperator<String> variables) {
        ReleaseStep copy;
        try {
            copy = (ReleaseStep) clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("steps can be copied", e);
        }
        copy.app = variables.apply(app).trim();
        copy.setCluster(expanded(cluster, variables));
        copy.setNamespace(expanded(namespace, variables));
        copy.expand(variables);
        return copy;
    }

    /** Fills variables in, in texts of the step's own. */
    void expand(UnaryOperator<String> variables) {}

    @CheckForNull
    static String expanded(@CheckForNull String text, UnaryOperator<String> variables) {
        return text == null ? null : variables.apply(text);
    }

    /** @throws UserException if a part of it is missing or no good */
    @NonNull
    final Target target() {
        return new Target(
                SafeDeploymentsConfiguration.get()
                        .cluster(Util.fixNull(cluster))
                        .getName(),
                Util.fixNull(namespace),
                app);
    }

    @NonNull
    final Duration timeoutDuration() {
        Duration duration = Duration.of(timeout, timeoutUnit.toChronoUnit());
        if (timeout < 1 || duration.compareTo(LONGEST) > 0) {
            throw new UserException(
                    "'timeout' is " + timeout + " " + timeoutUnit + ": it must be at least 1, and at most 7 days.");
        }
        return duration;
    }

    @Override
    public final StepExecution start(StepContext context) {
        return new ReleaseStepExecution(this, context);
    }

    /** @throws UserException if a parameter of the step's own is no good */
    abstract void check();

    /** Whether it waits while a calendar is closed that its folder or its cluster enforces. */
    @Restricted(NoExternalUse.class) // builders
    public boolean obeysWindows() {
        return true;
    }

    /** What becomes of what it has begun, if its run is over or gone without having ended it. */
    @NonNull
    IfOrphaned ifOrphaned() {
        return IfOrphaned.TAKE_BACK;
    }

    /**
     * Called once, before anything is done; on a thread that may wait.
     *
     * @throws UserException if it may not begin
     */
    void begins(Run<?, ?> run) {
        // nothing to do
    }

    /** The run, asked for on a thread that may wait. */
    @NonNull
    static Run<?, ?> run(ReleaseDriver.Caller caller) {
        try {
            return caller.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted while it was being begun.", e);
        }
    }

    /** Those of the run, asked for on a thread that may wait; none if they can't be told, since they are for a warning only. */
    @NonNull
    static Map<String, String> maskedVariables(ReleaseDriver.Caller caller) {
        try {
            return caller.maskedVariables();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "could not tell which variables are masked", e);
            return Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("Interrupted while it was being begun.", e);
        }
    }

    /**
     * What is to be done. Called on a thread that may wait.
     *
     * @param resumed whether it may have been begun before, by the same actor
     */
    abstract Operation operation(Session session, ReleaseDriver.Caller caller, boolean resumed);

    /** What their descriptors have in common. */
    abstract static class ReleaseStepDescriptor extends StepDescriptor {

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, FlowNode.class, TaskListener.class);
        }

        @Override
        public String argumentsToString(@NonNull Map<String, Object> namedArgs) {
            Object app = namedArgs.get("app");
            Object namespace = namedArgs.get("namespace");
            Object cluster = namedArgs.get("cluster");
            return app == null
                    ? null
                    : app + (namespace == null ? "" : " in " + namespace) + (cluster == null ? "" : " on " + cluster);
        }

        @POST
        public ComboBoxModel doFillClusterItems(@AncestorInPath Item item) {
            ComboBoxModel items = new ComboBoxModel();
            if (mayConfigure(item)) {
                SafeDeploymentsConfiguration.get().getClusters().forEach(c -> items.add(c.getName()));
            }
            return items;
        }

        @POST
        public FormValidation doCheckCluster(@AncestorInPath Item item, @QueryParameter String value) {
            return mayConfigure(item) && !value.isBlank() && !hasVariable(value)
                    ? checked(() -> SafeDeploymentsConfiguration.get().cluster(value.trim()))
                    : FormValidation.ok();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return ClusterCredentials.listFor(item, credentialsId);
        }

        @POST
        public ListBoxModel doFillTimeoutUnitItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (mayConfigure(item)) {
                for (TimeUnit unit : new TimeUnit[] {TimeUnit.SECONDS, TimeUnit.MINUTES, TimeUnit.HOURS}) {
                    items.add(unit.name().toLowerCase(java.util.Locale.ROOT), unit.name());
                }
            }
            return items;
        }

        @POST
        public FormValidation doCheckApp(@AncestorInPath Item item, @QueryParameter String value) {
            return mayConfigure(item) && !hasVariable(value)
                    ? checked(() -> new Target("", "default", value))
                    : FormValidation.ok();
        }

        @POST
        public FormValidation doCheckNamespace(@AncestorInPath Item item, @QueryParameter String value) {
            return mayConfigure(item) && !hasVariable(value)
                    ? checked(() -> new Target("", value, "app"))
                    : FormValidation.ok();
        }

        /** Whether its value is known in a build only. */
        static boolean hasVariable(String text) {
            return text.contains("$");
        }

        static FormValidation checked(Runnable check) {
            try {
                check.run();
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        static boolean mayConfigure(@CheckForNull Item item) {
            return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
        }
    }
}

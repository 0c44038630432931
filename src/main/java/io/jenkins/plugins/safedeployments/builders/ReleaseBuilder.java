package io.jenkins.plugins.safedeployments.builders;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Launcher;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.BuildStepMonitor;
import hudson.tasks.Builder;
import hudson.util.VariableResolver;
import io.jenkins.plugins.safedeployments.steps.ReleaseStep;
import io.jenkins.plugins.safedeployments.triggers.NamesRollbackJob;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A release step as a build step of freestyle jobs. Its settings are the step itself, with its form and its checks; variables
 * of the build are filled in where a text may name them. The build keeps its executor until the step has ended.
 */
public abstract class ReleaseBuilder extends Builder implements NamesRollbackJob {

    /** As they are configured. */
    @NonNull
    public abstract ReleaseStep getSettings();

    @Override
    public final boolean rename(String from, String to, Item owner) {
        return getSettings() instanceof NamesRollbackJob named && named.rename(from, to, owner);
    }

    @Override
    public final boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        BuildReleases.ended(build, new BuildRelease(build, listener).perform(settings(variables(build, listener))));
        return true;
    }

    /** Parameters, of which one may be empty, and the environment. */
    @NonNull
    static UnaryOperator<String> variables(AbstractBuild<?, ?> build, BuildListener listener)
            throws InterruptedException, IOException {
        VariableResolver<String> all = new VariableResolver.Union<>(List.of(
                build.getBuildVariableResolver(), new VariableResolver.ByMap<>(build.getEnvironment(listener))));
        return text -> Util.replaceMacro(text, all);
    }

    @Override
    public final BuildStepMonitor getRequiredMonitorService() {
        return BuildStepMonitor.NONE;
    }

    /** As they are for one build. */
    @NonNull
    ReleaseStep settings(UnaryOperator<String> variables) throws AbortException {
        return getSettings().expanded(variables);
    }

    /** What their descriptors have in common. */
    public abstract static class ReleaseBuilderDescriptor extends BuildStepDescriptor<Builder> {

        private final Class<? extends ReleaseStep> settings;

        ReleaseBuilderDescriptor(Class<? extends ReleaseBuilder> builder, Class<? extends ReleaseStep> settings) {
            super(builder);
            this.settings = settings;
        }

        @Restricted(NoExternalUse.class) // config.jelly
        @NonNull
        public Descriptor<?> getSettingsDescriptor() {
            return Jenkins.get().getDescriptorOrDie(settings);
        }

        @SuppressWarnings("rawtypes") // so it is declared
        @Override
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }
    }
}

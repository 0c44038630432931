package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.operation.Requirement;
import io.jenkins.plugins.safedeployments.engine.operation.Requirements;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.util.Optional;
import java.util.function.Function;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.verb.POST;

/** {@code deploymentSize(deployment: 'addressbook-stable', op: '>=', size: 2)}: how big a Deployment is. */
public final class DeploymentSizePrecondition extends Precondition {

    private static final long serialVersionUID = 1L;

    private final String deployment;
    private final String op;
    private final int size;

    @DataBoundConstructor
    public DeploymentSizePrecondition(String deployment, String op, int size) {
        this.deployment = Util.fixNull(Util.fixEmptyAndTrim(deployment));
        this.op = Util.fixNull(Util.fixEmptyAndTrim(op));
        this.size = size;
    }

    @NonNull
    public String getDeployment() {
        return deployment;
    }

    /** One of {@code = != < <= > >=}. */
    @NonNull
    public String getOp() {
        return op;
    }

    public int getSize() {
        return size;
    }

    @Override
    void check() {
        DeploymentExistsPrecondition.named(deployment);
        Requirements.deploymentSize(deployment, op, size);
    }

    @Override
    Requirement of(Run<?, ?> run, Function<Session, Optional<Release>> acted) {
        return Requirements.deploymentSize(deployment, op, size);
    }

    @Extension
    @Symbol("deploymentSize")
    public static final class DescriptorImpl extends PreconditionDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.DeploymentSizePrecondition_DisplayName();
        }

        @POST
        public ListBoxModel doFillOpItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (ReleaseStep.ReleaseStepDescriptor.mayConfigure(item)) {
                for (String op : new String[] {">=", ">", "=", "!=", "<", "<="}) {
                    items.add(op);
                }
            }
            return items;
        }
    }
}

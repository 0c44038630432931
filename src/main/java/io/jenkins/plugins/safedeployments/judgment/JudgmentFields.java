package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.ParameterDefinition;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.ClusterCredentials;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What fields.jelly needs of the descriptors of all that has the fields of {@link JudgmentSettings} in its form. */
@Restricted(NoExternalUse.class)
public interface JudgmentFields {

    @NonNull
    default String lines(@CheckForNull List<String> values) {
        return JudgmentForm.text(values);
    }

    @NonNull
    default List<ParameterDefinition.ParameterDescriptor> getParametersDescriptors() {
        return JudgmentForm.parameters();
    }

    @POST
    default ListBoxModel doFillTimeoutUnitItems(@AncestorInPath Item item) {
        return JudgmentForm.units(item);
    }

    @POST
    default ListBoxModel doFillRejectResultItems(@AncestorInPath Item item) {
        return JudgmentForm.results(item, Messages.JudgmentStep_Nothing());
    }

    @POST
    default ListBoxModel doFillClusterItems(@AncestorInPath Item item, @QueryParameter String cluster) {
        return JudgmentForm.clusters(item, cluster);
    }

    @POST
    default ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
        return ClusterCredentials.listFor(item, credentialsId);
    }

    @POST
    default FormValidation doCheckApprovers(@AncestorInPath Item item, @QueryParameter String value) {
        return JudgmentForm.checkApprovers(item, value);
    }

    @POST
    default FormValidation doCheckEscalateTo(@AncestorInPath Item item, @QueryParameter String value) {
        return JudgmentForm.checkEscalateTo(item, value);
    }

    @POST
    default FormValidation doCheckInputs(@AncestorInPath Item item, @QueryParameter String value) {
        return JudgmentForm.checkInputs(item, value);
    }
}

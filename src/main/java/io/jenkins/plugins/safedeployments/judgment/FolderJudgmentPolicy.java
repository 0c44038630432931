package io.jenkins.plugins.safedeployments.judgment;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What a folder demands of all judgments of the jobs in it. */
public final class FolderJudgmentPolicy extends AbstractFolderProperty<AbstractFolder<?>> {

    /** Like {@code 1 of qa and 2 of ops}; null for nothing. */
    private String approvers;

    private boolean forbidRequester;
    private boolean forbidOverride;

    @DataBoundConstructor
    public FolderJudgmentPolicy() {}

    @NonNull
    public String getApprovers() {
        return Util.fixNull(approvers);
    }

    @DataBoundSetter
    public void setApprovers(String approvers) {
        this.approvers = Util.fixEmptyAndTrim(approvers);
    }

    /** Whether no job may let those decide who asked for it or wrote the changes. */
    public boolean isForbidRequester() {
        return forbidRequester;
    }

    @DataBoundSetter
    public void setForbidRequester(boolean forbidRequester) {
        this.forbidRequester = forbidRequester;
    }

    /** Whether no job may let administrators override its rules. */
    public boolean isForbidOverride() {
        return forbidOverride;
    }

    @DataBoundSetter
    public void setForbidOverride(boolean forbidOverride) {
        this.forbidOverride = forbidOverride;
    }

    @Extension
    @Symbol("judgmentPolicy")
    public static final class DescriptorImpl extends AbstractFolderPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.FolderJudgmentPolicy_DisplayName();
        }

        @POST
        public FormValidation doCheckApprovers(@CheckForNull @AncestorInPath Item item, @QueryParameter String value) {
            return JudgmentForm.checkApprovers(item, value);
        }
    }
}

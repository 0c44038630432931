package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import hudson.scm.NullSCM;
import hudson.scm.SCMDescriptor;
import java.io.Serializable;
import java.util.Map;
import jenkins.model.Jenkins;

/** Says of a checkout what the git plugin says, and checks nothing out. */
public final class BranchScm extends NullSCM implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String branch;
    private final String commit;

    /** @param branch with the name of its remote: {@code origin/master} */
    public BranchScm(String branch) {
        this(branch, "");
    }

    public BranchScm(String branch, String commit) {
        this.branch = branch;
        this.commit = commit;
    }

    @Override
    public void buildEnvironment(@NonNull Run<?, ?> build, @NonNull Map<String, String> env) {
        env.put("GIT_BRANCH", branch);
        env.put("GIT_COMMIT", commit);
    }

    @Override
    public SCMDescriptor<?> getDescriptor() {
        return (SCMDescriptor<?>) Jenkins.get().getDescriptorOrDie(NullSCM.class);
    }
}

package io.jenkins.plugins.safedeployments.triggers;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.SCMListener;
import hudson.scm.SCM;
import hudson.scm.SCMRevisionState;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which branches and commits a run has checked out, as the git plugin said at that time. The environment of a freestyle run has it, too, but
 * not that of a Pipeline, which gets it as a result of its step.
 */
public final class CheckedOut extends InvisibleAction {

    private static final String REMOTE = "origin/";

    /** Replaced as a whole and never changed, so that it can be written to the disk at any time. */
    private volatile List<String> branches = new ArrayList<>();

    /** The same of the commits. */
    private volatile List<String> commits = new ArrayList<>();

    /** Files of before commits were kept have none. */
    private Object readResolve() {
        if (commits == null) {
            commits = new ArrayList<>();
        }
        return this;
    }

    /** Null if the run has checked out none, or several different ones, of which nobody knows which one is meant. */
    @CheckForNull
    static String branch(Run<?, ?> run) {
        CheckedOut action = run.getAction(CheckedOut.class);
        return action == null ? null : only(action.branches);
    }

    /** The same of its commits. */
    @CheckForNull
    static String commit(Run<?, ?> run) {
        CheckedOut action = run.getAction(CheckedOut.class);
        return action == null ? null : only(action.commits);
    }

    @CheckForNull
    private static String only(List<String> all) {
        return all.size() == 1 ? all.get(0) : null;
    }

    private static List<String> with(List<String> all, @CheckForNull String one) {
        if (one == null || all.contains(one)) {
            return all;
        }
        List<String> more = new ArrayList<>(all);
        more.add(one);
        return more;
    }

    /** Asks each SCM when it has checked something out. */
    @Extension
    public static final class Listener extends SCMListener {

        @Override
        public void onCheckout(
                Run<?, ?> run,
                SCM scm,
                FilePath workspace,
                TaskListener listener,
                @CheckForNull File changelogFile,
                @CheckForNull SCMRevisionState pollingBaseline) {
            Map<String, String> environment = new HashMap<>();
            scm.buildEnvironment(run, environment);
            String branch = Util.fixEmptyAndTrim(environment.get("GIT_BRANCH"));
            String commit = Util.fixEmptyAndTrim(environment.get("GIT_COMMIT"));
            if (branch != null || commit != null) {
                synchronized (run) {
                    CheckedOut action = run.getAction(CheckedOut.class);
                    if (action == null) {
                        action = new CheckedOut();
                        run.addAction(action);
                    }
                    boolean remote = branch != null && branch.startsWith(REMOTE);
                    action.branches = with(action.branches, remote ? branch.substring(REMOTE.length()) : branch);
                    action.commits = with(action.commits, commit);
                }
            }
        }
    }
}

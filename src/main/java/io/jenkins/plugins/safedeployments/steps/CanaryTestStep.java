package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Descriptor;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.TestCanary;
import io.jenkins.plugins.safedeployments.runtime.IfOrphaned;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code canaryTest}: runs tests in the canary of the release that waits for a decision, and records how they ended. */
public final class CanaryTestStep extends ReleaseStep {

    private static final long serialVersionUID = 1L;

    private ArrayList<CanaryTest> tests = new ArrayList<>();
    private Integer release;

    @DataBoundConstructor
    public CanaryTestStep(String app) {
        super(app);
    }

    @NonNull
    public List<CanaryTest> getTests() {
        return new ArrayList<>(tests);
    }

    @DataBoundSetter
    public void setTests(List<CanaryTest> tests) {
        this.tests = tests == null ? new ArrayList<>() : new ArrayList<>(tests);
    }

    /** Number of the release to test; null for the one that the run has to do with, or else the one in canary. */
    @CheckForNull
    public Integer getRelease() {
        return release;
    }

    @DataBoundSetter
    public void setRelease(Integer release) {
        this.release = release;
    }

    @Override
    void check() {
        if (release != null && release < 1) {
            throw new UserException("'release' is " + release + ": releases are counted from 1.");
        }
        if (checks().isEmpty()) {
            throw new UserException(
                    "'tests' is missing: say what is to be tried in the canary, such as [exec('npm run ping')].");
        }
    }

    private List<CanaryCheck> checks() {
        return tests.stream().map(CanaryTest::toCheck).toList();
    }

    /** It takes the release from nobody, and changes nothing but what is known of its tests. */
    @NonNull
    @Override
    IfOrphaned ifOrphaned() {
        return IfOrphaned.NOTHING;
    }

    @Override
    Operation operation(Session session, ReleaseDriver.Caller caller, boolean resumed) {
        int number = MeantRelease.number(release, run(caller), session.target(), "test");
        return new TestCanary(session, number, checks());
    }

    @Extension
    public static final class DescriptorImpl extends ReleaseStepDescriptor {

        @Override
        public String getFunctionName() {
            return "canaryTest";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.CanaryTestStep_DisplayName();
        }

        @Restricted(NoExternalUse.class) // config.jelly
        public List<? extends Descriptor<CanaryTest>> getTestDescriptors() {
            return ExtensionList.lookup(CanaryTest.CanaryTestDescriptor.class);
        }
    }
}

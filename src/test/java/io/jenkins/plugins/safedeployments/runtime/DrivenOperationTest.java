package io.jenkins.plugins.safedeployments.runtime;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Items;
import hudson.model.Run;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.operation.Runs;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.engine.operation.Wake;
import io.jenkins.plugins.safedeployments.engine.release.Actor;
import java.time.Duration;
import java.time.Instant;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

public class DrivenOperationTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    /** Else what its run still does would look left behind after a restart, and be taken back. */
    @Test
    public void runOfAJobThatWasMovedIsFound() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("release");
        FreeStyleBuild run = jenkins.buildAndAssertSuccess(job);
        jenkins.buildAndAssertSuccess(job);
        Session session = new Session(
                new Target("prod", "shop", "addressbook"),
                null,
                new Actor("actor", "release #1", "", ""),
                ReleaseRuntime.get().clock(),
                null,
                Instant.EPOCH,
                Duration.ofMinutes(1),
                new Wake(),
                Runs.UNKNOWN);
        DrivenOperation driven = new DrivenOperation(session, run, "", IfOrphaned.TAKE_BACK);

        Folder folder = jenkins.createProject(Folder.class, "shop");
        Items.move(job, folder);

        Run<?, ?> moved = driven.run();
        assertThat(moved.getExternalizableId(), is("shop/release#1"));
        assertThat(driven.isOf(moved), is(true));
        assertThat(driven.isOf(moved.getNextBuild()), is(false));
        assertThat(driven.job(), is("shop/release"));
    }
}

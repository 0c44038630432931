package io.jenkins.plugins.safedeployments.runtime;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** How many wait for clusters on behalf of pages. */
public class ClusterQuestionTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Test
    public void whileTwoHang_othersAreToldAndNoMoreThreadsAreTaken() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore cluster = new Semaphore(0);
        Supplier<String> hanging = () -> {
            begun.release();
            cluster.acquireUninterruptibly();
            return "answered";
        };
        ExecutorService people = Executors.newFixedThreadPool(2);
        try {
            Future<String> first = people.submit(() -> ask(hanging));
            Future<String> second = people.submit(() -> ask(hanging));
            begun.acquire(2);

            assertThat(ask(hanging), containsString("the cluster was not asked, since others have asked before"));

            assertThat(begun.availablePermits(), is(0));
            assertThat(first.get(), is("the cluster did not answer within 5 seconds"));
            assertThat(second.get(), is("the cluster did not answer within 5 seconds"));
        } finally {
            people.shutdownNow();
            cluster.release(3);
        }
        assertThat(ask(hanging), is("answered"));
        assertThat(
                ask(() -> {
                    throw new UserException("the cluster is gone");
                }),
                is("the cluster is gone"));
        assertThat(ask(() -> "answered after a failure"), is("answered after a failure"));
        assertThat(ask(() -> "answered"), is("answered"));
    }

    private static String ask(Supplier<String> question) {
        try {
            return ClusterQuestion.answer(question);
        } catch (UserException e) {
            return e.getMessage();
        }
    }
}

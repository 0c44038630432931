package io.jenkins.plugins.safedeployments.judgment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.rules.ExternalResource;

/** Has several do something at the same moment. */
final class AtOnce extends ExternalResource {

    private ExecutorService threads;

    @Override
    protected void before() {
        threads = Executors.newCachedThreadPool();
    }

    @Override
    protected void after() {
        threads.shutdownNow();
    }

    /** What they answer, in the same order. */
    @SafeVarargs
    final List<String> all(Callable<String>... all) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(all.length);
        List<Future<String>> answers = new ArrayList<>();
        for (Callable<String> one : all) {
            answers.add(threads.submit(() -> {
                barrier.await();
                return one.call();
            }));
        }
        List<String> texts = new ArrayList<>();
        for (Future<String> answer : answers) {
            texts.add(answer.get(1, TimeUnit.MINUTES));
        }
        return texts;
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

/** What watches and tests call when something changed. It exists before the run that it wakes. */
public final class Wake implements Runnable {

    private volatile Runnable run = () -> {};

    void connect(Runnable target) {
        run = target;
    }

    @Override
    public void run() {
        run.run();
    }
}

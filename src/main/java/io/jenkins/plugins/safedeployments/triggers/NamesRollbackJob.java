package io.jenkins.plugins.safedeployments.triggers;

import hudson.model.Item;

/** A part of a job's configuration that may name a rollback job. */
public interface NamesRollbackJob {

    /**
     * Follows a job to another name.
     *
     * @param owner whose configuration it is
     * @return whether that has changed anything
     */
    boolean rename(String from, String to, Item owner);
}

package io.jenkins.plugins.safedeployments.engine.operation;

/**
 * One move of an operation: it looks, acts only if there is need to, and records. Run again after a crash at any point it
 * finds out where things are and ends the same.
 */
@FunctionalInterface
public interface Move {
    /** Looks once. May ask the cluster, must not wait for anything else. */
    Next look();
}

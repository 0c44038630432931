package io.jenkins.plugins.safedeployments.engine.judgment;

/** Somebody as the security realm knows them at this moment. It decides what of names is the same. */
public interface Person {

    /** As it is recorded; unique. */
    String id();

    boolean is(String user);

    boolean isIn(String group);

    /** Whether they have the permission to decide where no user or group is named. */
    boolean isPermitted();
}

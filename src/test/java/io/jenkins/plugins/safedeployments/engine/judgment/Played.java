package io.jenkins.plugins.safedeployments.engine.judgment;

import java.util.Set;

/** Somebody who is what a test says, with names that don't regard case, as in most security realms. */
record Played(String id, Set<String> groups, boolean isPermitted) implements Person {

    static Played of(String id, String... groups) {
        return new Played(id, Set.of(groups), false);
    }

    @Override
    public boolean is(String user) {
        return id.equalsIgnoreCase(user);
    }

    @Override
    public boolean isIn(String group) {
        return groups.stream().anyMatch(group::equalsIgnoreCase);
    }
}

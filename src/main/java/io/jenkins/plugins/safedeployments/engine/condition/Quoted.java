package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;

/** Texts in quotes; a quote in the text is written twice. */
final class Quoted {

    private Quoted() {}

    @NonNull
    static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}

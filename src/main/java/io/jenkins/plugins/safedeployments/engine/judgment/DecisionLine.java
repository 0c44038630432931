package io.jenkins.plugins.safedeployments.engine.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import io.jenkins.plugins.safedeployments.engine.judgment.Decision.Decider;
import io.jenkins.plugins.safedeployments.engine.model.InertText;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A decision in one line, with all that people said and filled in, for the record of what was judged, which outlives the run. */
public final class DecisionLine {

    /** Of a comment or a value, in characters: the record has to stay small, and the run has all of it. */
    private static final int LONGEST = 500;

    /** Of those who decided, and of the values. */
    private static final int MOST = 20;

    private DecisionLine() {}

    /** {@code 'continue' by alice (2 of qa, Mon 2026-03-30 09:00 UTC: looks fine); filled in: REPLICAS=5}, of one that is decided. */
    @NonNull
    public static String of(Judgment judgment) {
        Decision made = judgment.made();
        if (made.how() == Decision.How.ABORTED) {
            return "withdrawn (" + TimeText.utc(made.at()) + said(made.reason()) + ")";
        }
        String by = made.deciders().isEmpty()
                ? made.how().name().toLowerCase(Locale.ROOT) + " (" + TimeText.utc(made.at()) + said(made.reason())
                        + ")"
                : some(made.deciders(), decider -> one(decider, made.how()));
        String filledIn = made.parameters().isEmpty()
                ? ""
                : "; filled in: "
                        + some(
                                made.parameters().entrySet(),
                                value -> value.getKey() + "=" + cut("" + value.getValue()));
        String outcome =
                made.choice().isEmpty() ? "no outcome" : "'" + judgment.terms().title(made.choice()) + "'";
        return outcome + " by " + by + filledIn;
    }

    private static String one(Decider decider, Decision.How how) {
        String rule = how == Decision.How.OVERRIDE
                ? "past the rules, "
                : decider.rule().isEmpty() ? "" : decider.rule() + ", ";
        return decider.user() + " (" + rule + TimeText.utc(decider.at()) + said(decider.comment()) + ")";
    }

    private static String said(String text) {
        return text.isEmpty() ? "" : ": " + cut(text);
    }

    private static String cut(String text) {
        return InertText.cut(InertText.oneLine(text), LONGEST);
    }

    private static <T> String some(Collection<T> all, Function<T, String> text) {
        return all.stream().limit(MOST).map(text).collect(Collectors.joining(", "))
                + (all.size() > MOST ? " and " + (all.size() - MOST) + " more" : "");
    }
}

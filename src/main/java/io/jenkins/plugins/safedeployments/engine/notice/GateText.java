package io.jenkins.plugins.safedeployments.engine.notice;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.calendar.TimeText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** An event in words: for the subject of a mail, a chat, and a mail's body as text and as HTML. */
public final class GateText {

    private static final ZoneId UTC = ZoneId.of("UTC"); // an offset would be shown as Z
    private static final int LONGEST_NAME = 150;
    private static final int LONGEST_SUBJECT = 200;
    private static final int LONGEST_MESSAGE = 2_000;

    private final GateEvent event;

    public GateText(GateEvent event) {
        this.event = event;
    }

    /** {@code Waiting for a decision: addressbook 1.4.2 to production/shop}, in one line. */
    @NonNull
    public String subject() {
        String title =
                switch (event.getKind()) {
                    case AWAITING -> "Waiting for a decision";
                    case REMINDER -> "Still waiting for a decision";
                    case ESCALATED -> "Nobody has decided yet, please do";
                    case LAPSED -> "To be decided anew";
                    case APPROVED -> "Approved";
                    case REJECTED -> "Rejected";
                    case TIMED_OUT -> "Nobody decided in time";
                    case ABORTED -> "Nothing to decide any more";
                };
        return OneLine.of(title + ": " + event.getWhat(), LONGEST_SUBJECT);
    }

    /** What has happened, as one sentence in one line. */
    @NonNull
    public String sentence() {
        String what = OneLine.of(event.getWhat(), LONGEST_NAME);
        String by = event.getBy().isEmpty() ? "Somebody" : OneLine.of(event.getBy(), LONGEST_NAME);
        String outcome = event.getOutcome().isEmpty() ? "" : ": " + OneLine.of(event.getOutcomeTitle(), LONGEST_NAME);
        return switch (event.getKind()) {
            case AWAITING -> what + " waits for a decision.";
            case REMINDER -> what + " still waits for a decision.";
            case ESCALATED -> what + " still waits for a decision, and you are asked since nobody has decided.";
            case LAPSED -> what + " has changed while it waited: it has to be decided anew.";
            case APPROVED -> by + " approved " + what + outcome + ".";
            case REJECTED -> by + " rejected " + what + outcome + ".";
            case TIMED_OUT -> "Nobody decided on " + what + " in time" + outcome + ".";
            case ABORTED -> what + " was stopped: there is nothing to decide any more.";
        };
    }

    /** The sentence with question or comment, and the link: for a chat. */
    @NonNull
    public String brief() {
        return sentence()
                + (quoted().isEmpty() ? "" : " “" + OneLine.of(quoted(), LONGEST_MESSAGE) + "”")
                + (event.getUrl().isEmpty() ? "" : " " + event.getUrl());
    }

    /** For a mail, with line ends as mails have them. */
    @NonNull
    public String plain() {
        StringBuilder text = new StringBuilder(sentence()).append("\n\n");
        if (!quoted().isEmpty()) {
            lines().forEach(line -> text.append("    ").append(line).append('\n'));
            text.append('\n');
        }
        if (!event.getUrl().isEmpty()) {
            text.append(linkTitle()).append(":\n").append(event.getUrl()).append("\n\n");
        }
        facts().forEach((name, value) ->
                text.append(name).append(": ").append(value).append('\n'));
        text.append('\n').append(footer()).append('\n');
        return text.toString().replace("\n", "\r\n");
    }

    /** The same as HTML, without anything that is loaded from elsewhere. */
    @NonNull
    public String html() {
        StringBuilder html =
                new StringBuilder("<!DOCTYPE html>\r\n<html><head><meta charset=\"utf-8\"></head><body>\r\n");
        html.append("<p>").append(escaped(sentence())).append("</p>\r\n");
        if (!quoted().isEmpty()) {
            html.append("<blockquote>");
            lines().forEach(line -> html.append(escaped(line)).append("<br>\r\n"));
            html.append("</blockquote>\r\n");
        }
        if (!event.getUrl().isEmpty()) {
            html.append("<p><a href=\"")
                    .append(escaped(event.getUrl()))
                    .append("\">")
                    .append(escaped(linkTitle()))
                    .append("</a></p>\r\n");
        }
        html.append("<table>\r\n");
        facts().forEach((name, value) -> html.append("<tr><td>")
                .append(escaped(name))
                .append("</td><td>")
                .append(escaped(value))
                .append("</td></tr>\r\n"));
        html.append("</table>\r\n<p>").append(escaped(footer())).append("</p>\r\n</body></html>\r\n");
        return html.toString();
    }

    /** The question while there is one to answer, else what the decider said. */
    private String quoted() {
        String text =
                event.getKind().isAsking() || event.getComment().isEmpty() ? event.getMessage() : event.getComment();
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }

    private java.util.stream.Stream<String> lines() {
        return quoted().strip().lines().map(line -> OneLine.of(line, LONGEST_MESSAGE));
    }

    private String linkTitle() {
        return event.getKind().isAsking() ? "Decide here" : "See it here";
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        Instant deadline = event.getDeadline();
        if (event.getKind().isAsking() && deadline != null) {
            Instant end = deadline.truncatedTo(ChronoUnit.MINUTES);
            String left =
                    deadline.isAfter(event.getAt()) ? ", in " + TimeText.between(event.getAt(), deadline) : ", now";
            facts.put("Decide before", TimeText.moment(end, UTC) + left);
        }
        if (event.getKind().isAsking() && !event.getDeciders().isEmpty()) {
            facts.put("Who decides", OneLine.of(event.getDeciders(), LONGEST_NAME));
        }
        if (!event.getApp().isEmpty()) {
            facts.put("Application", OneLine.of(event.getApp(), LONGEST_NAME));
        }
        if (!event.getVersion().isEmpty()) {
            facts.put("Version", OneLine.of(event.getVersion(), LONGEST_NAME));
        }
        if (!event.getTarget().isEmpty()) {
            facts.put("Target", OneLine.of(event.getTarget(), LONGEST_NAME));
        }
        facts.put("Build", OneLine.of(event.getRun(), LONGEST_NAME));
        facts.put("Gate", OneLine.of(event.getGate(), LONGEST_NAME));
        facts.put(whenLabel(), TimeText.moment(event.getAt().truncatedTo(ChronoUnit.MINUTES), UTC));
        return facts;
    }

    private String whenLabel() {
        if (event.getKind() == GateEvent.Kind.AWAITING) {
            return "Asked at";
        }
        return event.getKind().isAsking() ? "Told at" : "Happened at"; // what is asked again was asked before
    }

    private String footer() {
        return event.getKind().isAsking()
                ? "The link opens a page in Jenkins on which you decide once you are logged in. Opening it decides nothing."
                : "Nothing is asked of you.";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}

package io.jenkins.plugins.safedeployments.engine.evidence;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One page, written as HTML and as text at the same time.
 *
 * <p>Jenkins serves what a build keeps under a Content-Security-Policy that allows neither scripts nor inline styles, so the
 * HTML uses none: its form comes from its elements alone. It is also well-formed XML.
 */
final class Page {

    private static final Pattern URL = Pattern.compile("https?://[^\\s\"'<>]+");

    /** After so many characters a word such as a digest may be broken, lest a table of them be wider than the window. */
    private static final int LONG_WORD = 36;

    private final UnaryOperator<String> mask;
    private final StringBuilder html = new StringBuilder();
    private final StringBuilder text = new StringBuilder();

    /** @param mask takes secrets out of every text that comes onto the page */
    Page(UnaryOperator<String> mask, String title) {
        this.mask = mask;
        String shown = mask.apply(title);
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
        html.append("<meta name=\"color-scheme\" content=\"light dark\" />\n<title>");
        html.append(escaped(shown)).append("</title>\n</head>\n<body>\n<h1>");
        html.append(escaped(shown)).append("</h1>\n");
        text.append(shown).append('\n').append("=".repeat(shown.length())).append('\n');
    }

    void heading(String heading) {
        String shown = mask.apply(heading);
        html.append("<h2>").append(escaped(shown)).append("</h2>\n");
        text.append('\n')
                .append(shown)
                .append('\n')
                .append("-".repeat(shown.length()))
                .append('\n');
    }

    void paragraph(String paragraph) {
        paragraph("<p>", paragraph, "</p>\n");
    }

    /** A paragraph that stands out. */
    void strong(String paragraph) {
        paragraph("<p><strong>", paragraph, "</strong></p>\n");
    }

    private void paragraph(String before, String paragraph, String after) {
        String shown = mask.apply(paragraph);
        html.append(before).append(linked(shown)).append(after);
        text.append(shown).append('\n');
    }

    void list(List<String> items) {
        html.append("<ul>\n");
        for (String item : items) {
            String shown = mask.apply(item);
            html.append("<li>").append(linked(shown)).append("</li>\n");
            text.append("- ").append(shown).append('\n');
        }
        html.append("</ul>\n");
    }

    /** Files beside the page, with what to say of each. */
    void files(Map<String, String> files) {
        html.append("<ul>\n");
        files.forEach((file, about) -> {
            html.append("<li><a href=\"").append(escaped(file)).append("\">");
            html.append(escaped(file)).append("</a> ").append(escaped(about)).append("</li>\n");
            text.append("- ").append(file).append(' ').append(about).append('\n');
        });
        html.append("</ul>\n");
    }

    /** What is the case, by name. */
    void facts(Map<String, String> facts) {
        html.append("<table cellpadding=\"4\">\n<tbody>\n");
        int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
        facts.forEach((name, value) -> {
            String shown = mask.apply(value);
            html.append("<tr><th scope=\"row\" align=\"left\" nowrap=\"nowrap\">")
                    .append(escaped(name));
            html.append("</th><td>").append(linked(shown)).append("</td></tr>\n");
            text.append(name)
                    .append(':')
                    .append(" ".repeat(width - name.length()))
                    .append(shown)
                    .append('\n');
        });
        html.append("</tbody>\n</table>\n");
    }

    /** A table whose first column names its rows. */
    void table(TextTable table) {
        html.append("<table border=\"1\" cellpadding=\"4\" cellspacing=\"0\">\n<thead>\n<tr>");
        table.header()
                .forEach(cell -> html.append("<th scope=\"col\" align=\"left\" nowrap=\"nowrap\">")
                        .append(escaped(cell))
                        .append("</th>"));
        html.append("</tr>\n</thead>\n<tbody>\n");
        TextTable masked = new TextTable(table.header().toArray(new String[0]));
        for (List<String> row : table.rows()) {
            String[] shown = row.stream().map(mask).toArray(String[]::new);
            html.append("<tr><th scope=\"row\" align=\"left\" nowrap=\"nowrap\">")
                    .append(escaped(shown[0]))
                    .append("</th>");
            for (int i = 1; i < shown.length; i++) {
                html.append("<td>").append(linked(shown[i])).append("</td>");
            }
            html.append("</tr>\n");
            masked.row(shown);
        }
        html.append("</tbody>\n</table>\n");
        text.append(masked);
    }

    /** Lines as they are. */
    void code(String lines) {
        String shown = mask.apply(lines);
        html.append("<pre>").append(escaped(shown)).append("</pre>\n");
        text.append(indented(shown));
    }

    /** Lines as they are, behind a summary. */
    void details(String summary, boolean open, String lines) {
        String title = mask.apply(summary);
        html.append(open ? "<details open=\"open\">\n<summary>" : "<details>\n<summary>");
        html.append(escaped(title)).append("</summary>\n");
        text.append('\n').append(title).append(":\n");
        code(lines);
        html.append("</details>\n");
    }

    private static String indented(String lines) {
        StringBuilder indented = new StringBuilder();
        lines.lines().forEach(line -> indented.append("    ").append(line).append('\n'));
        return indented.toString();
    }

    String html() {
        return html + "</body>\n</html>\n";
    }

    String text() {
        return text.toString();
    }

    /** A text that is an address becomes a link. */
    private static String linked(String shown) {
        String text = breakable(shown);
        return URL.matcher(shown).matches() ? "<a href=\"" + escaped(shown) + "\">" + text + "</a>" : text;
    }

    private static String breakable(String shown) {
        StringBuilder text = new StringBuilder();
        int start = 0;
        int word = 0;
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            word = Character.isWhitespace(c) ? 0 : word + 1;
            if (word > LONG_WORD && !Character.isLowSurrogate(c)) {
                text.append(escaped(shown.substring(start, i))).append("<wbr />");
                start = i;
                word = 1;
            }
        }
        return text.append(escaped(shown.substring(start))).toString();
    }

    /** As text in HTML and in its attributes: whatever it holds, it is neither markup nor a character that XML forbids. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                case '\r' -> {
                    // a line end of Windows, or a progress bar; as markup it would be one line end more
                }
                default -> safe.appendCodePoint(isShown(c) ? c : '?');
            }
        });
        return safe.toString();
    }

    private static boolean isShown(int c) {
        if (c == '\n' || c == '\t') {
            return true;
        }
        return switch (Character.getType(c)) {
            // directions of writing among them, with which a text can look like another
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}

package io.jenkins.plugins.safedeployments.engine.evidence;

import java.util.ArrayList;
import java.util.List;

/** Rows under a header, in columns as wide as they need to be, as {@code kubectl get} prints them. */
final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... header) {
        rows.add(List.of(header));
    }

    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    List<String> header() {
        return rows.get(0);
    }

    /** Those below the header. */
    List<List<String>> rows() {
        return List.copyOf(rows.subList(1, rows.size()));
    }

    @Override
    public String toString() {
        int[] widths = new int[header().size()];
        rows.forEach(row -> {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 3));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}

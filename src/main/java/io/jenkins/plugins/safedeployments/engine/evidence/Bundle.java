package io.jenkins.plugins.safedeployments.engine.evidence;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of the evidence, masked and within their limit, with what had to be left out of them. */
final class Bundle {

    static final int MAX_BYTES = 10 * 1024 * 1024;

    /** Kept free for the page, in its forms, which comes last. */
    static final int PAGE_BYTES = 2 * 1024 * 1024;

    private final Masking masking;
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>();
    private final List<String> cut = new ArrayList<>();
    private int left = MAX_BYTES - PAGE_BYTES;

    Bundle(Masking masking) {
        this.masking = masking;
    }

    /** Whether there is room for more. */
    boolean isFull() {
        return left <= 0;
    }

    /** Keeps a text under a name, what there is room for of its beginning. */
    void put(String name, String text) {
        put(name, text, false);
    }

    /** Keeps what there is room for of the end of a text. */
    void putEnd(String name, String text) {
        put(name, text, true);
    }

    private void put(String name, String text, boolean end) {
        String file = safe(name);
        String masked = masking.text(text);
        int size = bytes(masked);
        if (size > left) {
            cut.add(file + ": " + (left <= 0 ? "left out" : "cut to its " + (end ? "end" : "beginning"))
                    + ", since all together may have " + megabytes(MAX_BYTES));
            if (left <= 0) {
                return;
            }
            masked = shortened(masked, left, end);
            size = bytes(masked);
        }
        left -= size;
        files.put(file, masked);
        sizes.put(file, size);
    }

    /** Says that something was left out. */
    void cut(String what) {
        cut.add(what);
    }

    List<String> cut() {
        return List.copyOf(cut);
    }

    /** The names of the files so far with their sizes in bytes, in the order in which they came. */
    Map<String, Integer> sizes() {
        return new LinkedHashMap<>(sizes);
    }

    /** All files, those of the page first. */
    Map<String, String> files(Map<String, String> page) {
        Map<String, String> all = new LinkedHashMap<>(page);
        all.replaceAll((name, text) -> shortened(text, PAGE_BYTES / page.size(), false));
        all.putAll(files);
        return all;
    }

    /** Names come from the cluster: neither a way out of the folder nor a character that a link would have to escape. */
    private static String safe(String name) {
        StringBuilder path = new StringBuilder();
        for (String part : name.split("/")) {
            String clean = part.replaceAll("[^A-Za-z0-9._-]", "_");
            path.append(path.length() == 0 ? "" : "/").append(clean.matches("\\.*") ? "_" : clean);
        }
        return path.toString();
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What fits of a text, in whole characters. */
    static String shortened(String text, int bytes, boolean end) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        if (all.length <= bytes) {
            return text;
        }
        int from = end ? all.length - bytes : 0;
        int to = end ? all.length : bytes;
        while (end && from < to && isContinuation(all[from])) {
            from++;
        }
        while (!end && to > 0 && isContinuation(all[to])) {
            to--;
        }
        return new String(all, from, to - from, StandardCharsets.UTF_8);
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    static String megabytes(int bytes) {
        return bytes / (1024 * 1024) + " MiB";
    }
}

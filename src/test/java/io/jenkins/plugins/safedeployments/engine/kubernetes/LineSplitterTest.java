package io.jenkins.plugins.safedeployments.engine.kubernetes;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class LineSplitterTest {

    private static final int MAX = 8 * 1024;

    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    @Test
    public void lines_areGivenOnAsTheyEnd() {
        write("one\r\n\nt");
        write("wo\nrest");
        splitter.close();

        assertThat(lines, contains("one", "two", "rest"));
    }

    @Test
    public void longestLine_isShown() {
        write("x".repeat(MAX) + "\n");

        assertThat(lines, contains("x".repeat(MAX)));
    }

    @Test
    public void longerLine_isLeftOutAsAWhole() {
        write("x".repeat(MAX - 4) + "s3cret" + "\nnext\n");

        assertThat(lines, contains("(a line of " + (MAX + 2) + " bytes is not shown)", "next"));
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.write(bytes, 0, bytes.length);
    }
}

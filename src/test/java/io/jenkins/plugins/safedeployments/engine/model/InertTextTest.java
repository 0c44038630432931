package io.jenkins.plugins.safedeployments.engine.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.Test;

public class InertTextTest {

    private static final String TEXT = " a\r\nb\u001b[31m\tc\u202e\u2066\u00add\u2028e\u200df ";

    @Test
    public void nothingStaysThatIsObeyedOrHidesText() {
        assertThat(InertText.oneLine(TEXT), is("a b [31m c d e\u200df"));
        assertThat(InertText.lines(TEXT), is("a\nb [31m\tc   d\ne\u200df"));
        assertThat(InertText.marked(TEXT), is(" a??b?[31m\tc???d?e\u200df "));
    }
}

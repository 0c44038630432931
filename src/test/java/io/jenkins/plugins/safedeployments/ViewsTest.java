package io.jenkins.plugins.safedeployments;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Test;

/** What views must not do, although nothing shows it in tests, where all classes have one loader. */
public class ViewsTest {

    private static final Path VIEWS = Path.of("src/main/resources");
    private static final Pattern PAGE = Pattern.compile("<l:(layout|[a-z]+-subpage)\\b");
    private static final Pattern INCLUDED = Pattern.compile("<st:include[^>]*\\bclass=\"io\\.jenkins\\.");

    /** The name of a class is looked up by the loader of the view that is around, which for a page is that of Jenkins itself. */
    @Test
    public void pagesNameNoClassOfThePlugin() throws IOException {
        List<Path> pages = new ArrayList<>();
        List<Path> wrong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(VIEWS)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".jelly")).toList()) {
                String view = Files.readString(file);
                if (PAGE.matcher(view).find()) {
                    pages.add(file);
                    if (INCLUDED.matcher(view).find()) {
                        wrong.add(file);
                    }
                }
            }
        }

        assertThat(pages.size(), is(greaterThan(10)));
        assertThat(wrong, is(empty()));
    }
}

package io.jenkins.plugins.safedeployments.engine.evidence;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.util.List;
import java.util.Map;
import org.junit.Test;

public class BundleTest {

    private static final int MEGABYTE = 1024 * 1024;

    private final Bundle bundle = new Bundle(Masking.of(List.of(), List.of()));

    @Test
    public void put_moreThanThereIsRoomFor_isCutAndSaid() {
        bundle.put("first.txt", "x".repeat(7 * MEGABYTE));
        bundle.putEnd("second.txt", "a".repeat(MEGABYTE) + "b".repeat(MEGABYTE));
        bundle.put("third.txt", "y");

        Map<String, String> files = bundle.files(Map.of("page.html", "page"));
        assertThat(files.get("second.txt"), is("b".repeat(MEGABYTE)));
        assertThat(files.containsKey("third.txt"), is(false));
        assertThat(
                bundle.cut(),
                contains(
                        "second.txt: cut to its end, since all together may have 10 MiB",
                        "third.txt: left out, since all together may have 10 MiB"));
        assertThat(files.values().stream().mapToInt(Bundle::bytes).sum(), lessThanOrEqualTo(Bundle.MAX_BYTES));
    }

    @Test
    public void put_nameOfAnyKind_staysBelowTheFolder() {
        bundle.put("../yaml//x y<script>.yaml", "");

        assertThat(bundle.sizes().keySet(), contains("_/yaml/_/x_y_script_.yaml"));
    }

    @Test
    public void shortened_neverCutsACharacter() {
        assertThat(Bundle.shortened("aé", 2, false), is("a"));
        assertThat(Bundle.shortened("éa", 2, true), is("a"));
        assertThat(Bundle.shortened("éa", 3, true), is("éa"));
    }
}

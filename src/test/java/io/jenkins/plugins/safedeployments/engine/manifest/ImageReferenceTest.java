package io.jenkins.plugins.safedeployments.engine.manifest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.Test;

/** What is no image reference is in {@link BadManifestTest}, rows 40. */
public class ImageReferenceTest {

    private static final String DIGEST = "@sha256:" + "0123456789abcdef".repeat(4);

    @Test
    public void parse_whatDockerPulls_isTakenAsItIs() {
        for (String image : List.of(
                "app",
                "app:1.2-rc_3",
                "team/app:1",
                "localhost:5000/app",
                "registry.example.com:5000/a/b/c__d/e-f.g:1",
                "app" + DIGEST,
                "app:1" + DIGEST)) {
            assertThat(ImageReference.parse(" " + image + "\n").toString(), is(image));
        }
    }

    @Test
    public void isMutable_withoutTagAndDigestOrLatest() {
        assertThat(ImageReference.parse("app").isMutable(), is(true));
        assertThat(ImageReference.parse("host:5000/app").isMutable(), is(true));
        assertThat(ImageReference.parse("app:latest").isMutable(), is(true));
        assertThat(ImageReference.parse("app:1").isMutable(), is(false));
        assertThat(ImageReference.parse("app:latest" + DIGEST).isMutable(), is(false));
    }

    @Test
    public void hasSameRepository_whateverTagAndDigest() {
        ImageReference image = ImageReference.parse("host:5000/team/app:1");

        assertThat(image.hasSameRepository("host:5000/team/app"), is(true));
        assertThat(image.hasSameRepository("host:5000/team/app:2" + DIGEST), is(true));
        assertThat(image.hasSameRepository("host:5000/team/apps:1"), is(false));
        assertThat(image.hasSameRepository("team/app:1"), is(false));
        assertThat(image.hasSameRepository("null"), is(false));
        assertThat(image.hasSameRepository("host:5000/team/app:"), is(false));
    }
}

package io.jenkins.plugins.safedeployments.engine.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import java.util.List;
import org.junit.Test;

/** Rows 48, 49 and 56 of the catalogue of bad inputs. */
public class TargetTest {

    private static final List<String> NO_LABELS = List.of(
            "Foo_Bar",
            "-x",
            "x-",
            "\uD83D\uDE80",
            "..",
            "a/b",
            "%2e%2e",
            "a.b",
            "a b",
            "a\n",
            "\u0430pp",
            "a".repeat(254));

    @Test
    public void newTarget_goodNames_makeTheNamesOfTheDeployments() {
        Target target = new Target("production", "shop", "a1-b");

        assertThat(target.deployment(Track.CANARY), is("a1-b-canary"));
        assertThat(target.deployment(Track.STABLE), is("a1-b-stable"));
        assertThat(target.toString(), is("a1-b in shop on production"));
        assertThat(new Target("", "shop", "a").toString(), is("a in shop"));
    }

    @Test
    public void newTarget_appThatIsNoLabel_isRefusedWithTheRule() {
        for (String app : NO_LABELS) {
            refused("app", "test", app, 40);
        }
        refused("app", "test", "a".repeat(41), 40);
    }

    @Test
    public void newTarget_namespaceThatIsNoLabel_isRefusedWithTheRule() {
        for (String namespace : NO_LABELS) {
            refused("namespace", namespace, "shop", 63);
        }
        refused("namespace", "a".repeat(64), "shop", 63);
    }

    @Test
    public void newTarget_longestApp_leavesRoomForTheTrackInALabel() {
        Target target = new Target("", "test", "a".repeat(40));

        assertThat(target.deployment(Track.CANARY).length(), lessThan(63));
    }

    @Test
    public void newTarget_nothing_isAskedFor() {
        for (String nothing : new String[] {null, "", " "}) {
            assertThat(
                    assertThrows(UserException.class, () -> new Target("", "test", nothing))
                            .getMessage(),
                    is("'app' is missing: name the application."));
            assertThat(
                    assertThrows(UserException.class, () -> new Target("", nothing, "shop"))
                            .getMessage(),
                    is("'namespace' is missing: name the namespace."));
        }
    }

    private static void refused(String parameter, String namespace, String app, int max) {
        UserException refusal = assertThrows(UserException.class, () -> new Target("", namespace, app));

        assertThat(
                refusal.getMessage(),
                allOf(
                        startsWith("'" + parameter + "' is '"),
                        containsString("': it must be a DNS label of at most " + max + " characters (small letters")));
        assertThat(refusal.getMessage().length(), lessThan(250));
    }
}

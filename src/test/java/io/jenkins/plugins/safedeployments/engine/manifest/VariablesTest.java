package io.jenkins.plugins.safedeployments.engine.manifest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.Map;
import org.junit.Test;

public class VariablesTest {

    private final Variables variables = new Variables(Map.of("name", "value", "regex", "\\1$2", "empty", ""));

    @Test
    public void fill_bothForms_areFilledIn() {
        assertThat(variables.fill("$name ${name}s $name-$name.x$empty|"), is("value values value-value.x|"));
        assertThat(variables.used(), contains("name", "empty"));
    }

    @Test
    public void fill_valueWithMeaningElsewhere_isTakenAsItIs() {
        assertThat(variables.fill("$regex"), is("\\1$2"));
    }

    @Test
    public void fill_dollarWrittenTwice_isOne() {
        assertThat(variables.fill("$$name $${name} $$$name"), is("$name ${name} $$name"));
        assertThat(variables.used(), is(empty()));
    }

    @Test
    public void fill_dollarBeforeAnythingElse_isLeftAlone() {
        String text = "$(NAME) $1 $ $$ $-a ${} ${1} ${name $$(NAME)";

        assertThat(variables.fill(text), is(text));
        assertThat(variables.undefined(), is(empty()));
    }

    @Test
    public void fill_unknown_staysAndIsRemembered() {
        assertThat(variables.fill("$b ${a} $b $Name"), is("$b ${a} $b $Name"));
        assertThat(variables.undefined(), contains("Name", "a", "b"));
    }

    @Test
    public void isPlaceholder_onlyIfItIsAllOfTheText() {
        assertThat(Variables.isPlaceholder("$name"), is(true));
        assertThat(Variables.isPlaceholder("${name}"), is(true));
        assertThat(Variables.isPlaceholder("$$name"), is(false));
        assertThat(Variables.isPlaceholder("a$name"), is(false));
        assertThat(Variables.isPlaceholder("$name$name"), is(false));
    }
}

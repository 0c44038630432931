package io.jenkins.plugins.safedeployments.judgment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.StringParameterDefinition;
import hudson.model.queue.QueueTaskFuture;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import net.sf.json.JSONObject;
import org.htmlunit.WebResponse;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.StaplerRequest2;

/** What may be asked besides the outcome: kinds of parameters that other plugins bring along. */
public class JudgmentParametersTest {

    private static final String SECRET = "correct-horse-battery";

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @BeforeClass
    public static void secure() {
        Judges.secure(jenkins);
    }

    /** A kind of its own, whose values are secrets. */
    public static final class Hidden extends ParameterDefinition {

        private final String initial;

        Hidden(String name, @CheckForNull String initial) {
            super(name);
            this.initial = initial;
        }

        @Override
        public ParameterValue getDefaultParameterValue() {
            return initial == null ? null : new HiddenValue(getName(), initial);
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request, JSONObject form) {
            return new HiddenValue(getName(), form.getString("value"));
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request) {
            return null;
        }
    }

    private static final class HiddenValue extends ParameterValue {

        private final String value;

        HiddenValue(String name, String value) {
            super(name);
            this.value = value;
        }

        @Override
        public Object getValue() {
            return value;
        }

        @Override
        public boolean isSensitive() {
            return true;
        }
    }

    @Test
    public void secretThatIsKnownAsOneIsNotAskedFor() {
        JudgmentSettings settings = asking(new Hidden("TOKEN", SECRET));

        UserException refused = assertThrows(UserException.class, settings::check);

        assertThat(refused.getMessage(), containsString("'TOKEN'"));
        assertThat(refused.getMessage(), containsString("use credentials"));
        assertThat(refused.getMessage(), not(containsString(SECRET)));
    }

    @Test
    public void secretThatIsFilledInIsNotKept() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new JudgmentBuilder(asking(new Hidden("TOKEN", null))));
        QueueTaskFuture<FreeStyleBuild> future = job.scheduleBuild2(0);
        FreeStyleBuild build = future.waitForStart();
        Judges.await(build, "qa");
        String json = "{\"parameter\":{\"name\":\"TOKEN\",\"value\":\"" + SECRET + "\"}}";

        WebResponse answer = Judges.post(
                jenkins,
                "alice",
                build,
                "judgments/qa/decide?outcome=continue&json=" + URLEncoder.encode(json, StandardCharsets.UTF_8));

        assertThat(answer.getStatusCode(), is(400));
        assertThat(answer.getContentAsString(), containsString("'TOKEN'"));
        assertThat(answer.getContentAsString(), not(containsString(SECRET)));
        assertThat(Judgments.find(build, "qa").votes(), hasSize(0));
        Judges.vote(build, "qa", "bob", "stop");
        future.get();
        String kept = Files.readString(build.getRootDir().toPath().resolve("build.xml"));
        assertThat(kept, not(containsString(SECRET)));
    }

    /** What time decides is filled in by the default values, so there have to be some. */
    @Test
    public void timeOutThatGoesOnNeedsDefaults() {
        JudgmentSettings settings = asking(new StringParameterDefinition("WHERE", "here"), new Bare("REPLICAS"));
        settings.setOnTimeout("stop");
        settings.check();
        settings.setOnTimeout("FAILURE");
        settings.check();
        settings.setOnTimeout("continue");

        UserException refused = assertThrows(UserException.class, settings::check);

        assertThat(
                refused.getMessage(),
                is("'onTimeout' is 'continue', but the parameter 'REPLICAS' has no default value to go on with: give it"
                        + " one, or let the time end with 'stop' or a result."));
    }

    /** One that knows nothing to begin with. */
    private static final class Bare extends ParameterDefinition {

        Bare(String name) {
            super(name);
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request, JSONObject form) {
            return null;
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request) {
            return null;
        }
    }

    private static JudgmentSettings asking(ParameterDefinition... parameters) {
        JudgmentSettings settings = new JudgmentSettings("Go?");
        settings.setId("qa");
        settings.setApprovers("qa");
        settings.setParameters(List.of(parameters));
        return settings;
    }
}

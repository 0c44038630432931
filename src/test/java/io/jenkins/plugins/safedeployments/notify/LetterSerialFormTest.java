package io.jenkins.plugins.safedeployments.notify;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import java.time.Instant;
import jenkins.model.Jenkins;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** What earlier versions have written down of who has to be told stays readable. */
public class LetterSerialFormTest {

    private static final String FIRST = """
            <io.jenkins.plugins.safedeployments.notify.Letter>
              <id>b3992628-9c10-43a2-a72a-d822306706c8</id>
              <job>release</job>
              <run>0</run>
              <event>{"id":"e483469c","kind":"AWAITING","at":"2026-11-22T19:00:00Z","gate":"qa","run":"release #7",\
            "runId":"release#7","message":"Go?","app":"shop","version":"1.4","target":"shop in shop",\
            "url":"https://j.example.com/x","deciders":"1 of qa","deadline":"","by":"","outcome":"",\
            "outcomeTitle":"","comment":""}</event>
              <notification class="io.jenkins.plugins.safedeployments.notify.EmailNotification">
                <when/>
                <to>qa@example.com</to>
              </notification>
            </io.jenkins.plugins.safedeployments.notify.Letter>
            """;

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    @Test
    public void letterOfTheFirstVersionIsRead() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("release");

        Letter letter = (Letter) Jenkins.XSTREAM2.fromXML(FIRST);

        assertThat(letter.id(), is("b3992628-9c10-43a2-a72a-d822306706c8"));
        assertThat(letter.isWhole(), is(true));
        assertThat(((EmailNotification) letter.notification()).getTo(), is("qa@example.com"));
        GatePlace place = letter.place();
        assertThat(place, notNullValue());
        assertThat(place.getJob(), is(job));
        GateEvent event = letter.event();
        assertThat(event.getId(), is("e483469c"));
        assertThat(event.getKind(), is(GateEvent.Kind.AWAITING));
        assertThat(event.getAt(), is(Instant.parse("2026-11-22T19:00:00Z")));
        assertThat(event.getMessage(), is("Go?"));
        assertThat(event.getTarget(), is("shop in shop"));
        assertThat(event.getDeadline(), nullValue());
    }
}

package io.jenkins.plugins.safedeployments.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import com.sun.net.httpserver.HttpServer;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** iCalendar files of the configuration, and those that are fetched from a server, which fails in several ways. */
public class IcsFilesTest {

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    private final CountDownLatch hang = new CountDownLatch(1);
    private final AtomicInteger elsewhere = new AtomicInteger();
    private HttpServer server;
    private volatile int status = 200;
    private volatile byte[] body = events("20261224", "Christmas");

    @Before
    public void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/secret/holidays.ics", exchange -> {
            if (status == 0) {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status == 0 ? 200 : status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            elsewhere.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @After
    public void stop() {
        hang.countDown();
        server.stop(0);
        IcsDownload.longest = Duration.ofSeconds(30);
        SafeDeploymentsConfiguration.get().setIcsFiles(List.of());
    }

    @Test
    public void eventsBecomeFreezes() throws Exception {
        configure(file());

        IcsFiles.get().refresh();

        assertThat(calendar(), is("zone UTC\nfreeze Christmas: 2026-12-24"));
        assertThat(IcsFiles.get().problem(file()), is(nullValue()));
        body = events("20261231", "Party");
        IcsFiles.get().refresh();
        assertThat(calendar(), is("zone UTC\nfreeze Party: 2026-12-31"));
    }

    @Test
    public void lastGoodCopyCountsWhateverGoesWrongThen() throws Exception {
        configure(file());
        IcsFiles.get().refresh();

        status = 500;
        assertProblem("answers with status 500.");
        status = 302;
        assertProblem("redirects to another address, which is not followed");
        assertThat(elsewhere.get(), is(0));
        status = 200;
        body = "no calendar".getBytes(StandardCharsets.UTF_8);
        assertProblem("");
        body = new byte[IcsDownload.MAX_BYTES + 1];
        assertProblem("sends more than 1048576 bytes.");
        status = 0;
        IcsDownload.longest = Duration.ofMillis(300);
        assertProblem("does not answer within");
        server.stop(0);
        IcsDownload.longest = Duration.ofSeconds(30);
        assertProblem("can't be reached");
    }

    private void assertProblem(String text) throws Exception {
        IcsFiles.get().refresh();
        String problem = IcsFiles.get().problem(file());
        assertThat(problem, containsString(text));
        assertThat(problem, not(containsString("secret")));
        assertThat(calendar(), is("zone UTC\nfreeze Christmas: 2026-12-24"));
    }

    @Test
    public void copyOnTheDiskCountsAfterARestart() throws Exception {
        configure(file());
        IcsFiles.get().refresh();
        IcsFile kept = file();

        IcsFiles afterRestart = new IcsFiles();

        assertThat(afterRestart.entries("holidays").toString(), is("[Christmas: 2026-12-24]"));
        assertThat(afterRestart.fetched(kept) == null, is(false));
    }

    @Test
    public void calendarIsClosedWhileItIsNotKnownWhatTheFileSays() {
        IcsFile file = new IcsFile("holidays");
        file.setUrl("http://localhost:1/never.ics");
        configure(file);

        UserException problem = assertThrows(UserException.class, IcsFilesTest::calendar);

        assertThat(problem.getMessage(), containsString("The iCalendar file 'holidays' was not fetched yet."));
    }

    @Test
    public void textMayBeInTheConfiguration() {
        IcsFile file = new IcsFile("holidays");
        file.setText(new String(events("20261225", "Christmas Day"), StandardCharsets.UTF_8));
        configure(file);

        assertThat(calendar(), is("zone UTC\nfreeze Christmas Day: 2026-12-25"));
    }

    @Test
    public void badFilesAreRefused() {
        assertRefused("", "http://localhost/x.ics", "needs a name of one word");
        assertRefused("two words", "http://localhost/x.ics", "needs a name of one word");
        assertRefused("x", null, "needs either an address or its text");
        assertRefused("x", "file:///etc/passwd", "must begin with 'https://'");
        assertRefused("x", "http://user:pass@localhost/x.ics", "without a user and password");
        assertRefused("x", "http://local host/", "'url' is no address");
        assertThat(
                assertThrows(IllegalArgumentException.class, () -> configure(file(), file()))
                        .getMessage(),
                containsString("There are two iCalendar files named 'holidays'"));
        UserException line = assertThrows(
                UserException.class, () -> new NamedCalendar("x", "zone UTC\nfreezes holidays").toCalendar());
        assertThat(line.getMessage(), containsString("'freezes from holidays'"));
    }

    @Test
    public void formTriesTheDownload() {
        IcsFile.DescriptorImpl descriptor = jenkins.jenkins.getDescriptorByType(IcsFile.DescriptorImpl.class);

        assertThat(
                descriptor.doTryDownload("x", file().getUrl()).getMessage(),
                is("It can be fetched, and has 1 events."));
        status = 404;
        assertThat(descriptor.doTryDownload("x", file().getUrl()).kind, is(FormValidation.Kind.ERROR));
        assertThat(descriptor.doCheckUrl("ftp://x/y").kind, is(FormValidation.Kind.ERROR));
        assertThat(descriptor.doCheckText("x", "BEGIN:VEVENT").kind, is(FormValidation.Kind.ERROR));
        assertThat(descriptor.doCheckName("a b").kind, is(FormValidation.Kind.ERROR));
    }

    private static void assertRefused(String name, String url, String message) {
        IcsFile file = new IcsFile(name);
        file.setUrl(url);
        assertThat(
                assertThrows(IllegalArgumentException.class, () -> configure(file))
                        .getMessage(),
                containsString(message));
    }

    private static void configure(IcsFile... files) {
        SafeDeploymentsConfiguration.get().setIcsFiles(List.of(files));
    }

    private IcsFile file() {
        IcsFile file = new IcsFile("holidays");
        file.setUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/secret/holidays.ics");
        return file;
    }

    private static String calendar() {
        return new NamedCalendar("office", "zone UTC\nfreezes from holidays")
                .toCalendar()
                .toString();
    }

    private static byte[] events(String date, String name) {
        return ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + name + "\r\nDTSTART;VALUE=DATE:" + date
                        + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}

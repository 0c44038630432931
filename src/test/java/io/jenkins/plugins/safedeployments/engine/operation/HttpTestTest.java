package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryCheck.Pods;
import java.time.Duration;
import org.junit.Test;

public class HttpTestTest {

    @Test
    public void newTest_pathThatLeadsOutOfThePod_isRefused() {
        for (String path : new String[] {
            "/..",
            "/../../secrets",
            "/a/../b",
            "/a/..",
            "/./a",
            "/%2e%2e/secrets",
            "/%2E./secrets",
            "/a%2f..%2fb",
            "/..\\secrets",
            "/..%5csecrets",
            "/a%0d%0ab",
            "/a#b"
        }) {
            UserException refusal = assertThrows(path, UserException.class, () -> get(path, "", "http", "200"));

            assertThat(path, refusal.getMessage(), containsString("'path' is '" + path + "'"));
        }
    }

    @Test
    public void newTest_pathThatIsNone_isRefused() {
        for (String path : new String[] {"", "ping", "http://elsewhere/", "/a b", "/\"", "/%zz"}) {
            assertThrows(path, UserException.class, () -> get(path, "", "http", "200"));
        }
    }

    @Test
    public void newTest_ordinaryPath_isTaken() {
        for (String path : new String[] {"/", "/a/b.c/..d/...?q=../x&y=%2e", "/%C3%BC", "//a", "/a:b@c"}) {
            assertThat(get(path, "http", "http", "200").name(), is("GET " + path + " at port http"));
        }
    }

    @Test
    public void newTest_badParameters_areRefused() {
        for (String port : new String[] {"0", "65536", "-1", "Http", "a_b", "a234567890123456"}) {
            assertThrows(port, UserException.class, () -> get("/", port, "http", "200"));
        }
        for (String status : new String[] {"", "99", "600", "200-", "399-200", "2xx", "200,,204"}) {
            assertThrows(status, UserException.class, () -> get("/", "", "http", status));
        }
        assertThrows(UserException.class, () -> get("/", "", "ftp", "200"));
        assertThrows(UserException.class, () -> test(0, Duration.ofSeconds(1), Duration.ofSeconds(1)));
        assertThrows(UserException.class, () -> test(1001, Duration.ofSeconds(1), Duration.ofSeconds(1)));
        assertThrows(UserException.class, () -> test(1, Duration.ZERO, Duration.ofSeconds(1)));
        assertThrows(UserException.class, () -> test(1, Duration.ofSeconds(1), Duration.ofDays(2)));
    }

    @Test
    public void expects_codesAndRanges() {
        HttpTest test = get("/", "", "https", "200, 204,300-302");

        assertThat(test.expects(200), is(true));
        assertThat(test.expects(201), is(false));
        assertThat(test.expects(204), is(true));
        assertThat(test.expects(302), is(true));
        assertThat(test.expects(303), is(false));
        assertThat(test.name(), is("GET / by https"));
    }

    private static HttpTest get(String path, String port, String scheme, String status) {
        return new HttpTest(path, port, scheme, status, "", 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Pods.ONE);
    }

    private static HttpTest test(int attempts, Duration interval, Duration timeout) {
        return new HttpTest("/", "", "http", "200", "", attempts, interval, timeout, Pods.ONE);
    }
}

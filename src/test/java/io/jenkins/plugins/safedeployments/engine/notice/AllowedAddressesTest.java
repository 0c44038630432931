package io.jenkins.plugins.safedeployments.engine.notice;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.List;
import org.junit.Assert;
import org.junit.Test;

/** Which addresses of webhooks are understood, and which are allowed. */
public class AllowedAddressesTest {

    @Test
    public void addressesThatAreNoneAreRefusedWithoutRepeatingThem() {
        for (String text : List.of(
                "",
                "hooks.example.com",
                "ftp://hooks.example.com/s3cret",
                "file:///etc/s3cret",
                "javascript:s3cret",
                "https:///s3cret",
                "https:s3cret",
                "https://user:s3cret@hooks.example.com/",
                "https://hooks.example.com\\s3cret",
                "https://hooks.example.com/a/../s3cret",
                "https://hooks.example.com/..",
                "https://hooks.example.com/%2e%2e/s3cret",
                "https://hooks.example.com/a%2Fs3cret",
                "https://hooks.example.com/s3cret#x",
                "https://hooks.example.com:0/s3cret",
                "https://hooks.example.com:99999/s3cret",
                "https://hooks.example.com/s3cret\r\nX: y",
                "https://hooks.example.com/s3 cret",
                "https://hooks.example.com/s3cret" + "x".repeat(2_000))) {
            UserException refused =
                    Assert.assertThrows(text, UserException.class, () -> WebhookAddress.parse("url", text));

            assertThat(refused.getMessage(), containsString("'url' is not the address of a webhook: "));
            assertThat(refused.getMessage(), not(containsString("s3")));
            assertThat(refused.getCause() == null, is(true));
        }
    }

    @Test
    public void addressSaysOnlyItsHost() {
        assertThat(
                WebhookAddress.parse("url", "https://Hooks.Example.com/T0/B0/s3cret?k=v")
                        .toString(),
                is("hooks.example.com"));
        assertThat(WebhookAddress.parse("url", "http://[::1]:8080/x").toString(), is("[::1]:8080"));
    }

    @Test
    public void listIsComparedPartByPart() {
        AllowedAddresses allowed = AllowedAddresses.parse(
                "\n https://hooks.example.com/deployments \n" + "http://127.0.0.1:8080/\nhttps://chat.example.com\n");

        for (String text : List.of(
                "https://hooks.example.com/deployments",
                "https://HOOKS.example.com:443/deployments/shop?x=y",
                "https://hooks.example.com./deployments",
                "http://127.0.0.1:8080/anything",
                "https://chat.example.com",
                "https://chat.example.com/a")) {
            allowed.check(WebhookAddress.parse("url", text));
        }
        for (String text : List.of(
                "http://hooks.example.com/deployments",
                "https://hooks.example.com/deployments2",
                "https://hooks.example.com/",
                "https://hooks.example.com:8443/deployments",
                "https://hooks.example.com.evil.org/deployments",
                "https://chat.example.com.evil.org/",
                "https://evil.org/https://chat.example.com/",
                "http://127.0.0.1:80801/",
                "http://127.0.0.1/")) {
            UserException refused = Assert.assertThrows(
                    text, UserException.class, () -> allowed.check(WebhookAddress.parse("url", text)));

            assertThat(refused.getMessage(), containsString("is not"));
        }
    }

    @Test
    public void lineThatIsNoAddressIsRefused() {
        assertThat(
                Assert.assertThrows(UserException.class, () -> AllowedAddresses.parse("https://x.org\nhooks"))
                        .getMessage(),
                containsString("'allowedWebhooks' is not the address"));
        Assert.assertThrows(UserException.class, () -> AllowedAddresses.parse("https://x.org/?a=b"));
    }

    @Test
    public void withoutAListTheMachineItselfIsOutOfReach() throws Exception {
        AllowedAddresses any = AllowedAddresses.parse(" \n");

        for (String host : List.of(
                "127.0.0.1",
                "127.1.2.3",
                "localhost",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "0.0.0.0",
                "169.254.169.254",
                "[fe80::1]",
                "2130706433",
                "0177.0.0.1")) {
            WebhookAddress address;
            try {
                address = WebhookAddress.parse("url", "http://" + host + "/");
            } catch (UserException e) {
                continue; // not even a host
            }
            any.check(address);
            if (host.equals("0177.0.0.1")) {
                any.checkHost(address); // Java and its client read 177.0.0.1
            } else {
                Assert.assertThrows(host, NotDelivered.class, () -> any.checkHost(address));
            }
        }
        any.checkHost(WebhookAddress.parse("url", "http://10.1.2.3/"));
        AllowedAddresses.parse("http://127.0.0.1/").checkHost(WebhookAddress.parse("url", "http://127.0.0.1/"));
    }
}

package io.jenkins.plugins.safedeployments.notify;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;

import com.sun.net.httpserver.HttpServer;
import hudson.model.Descriptor;
import hudson.model.FreeStyleBuild;
import hudson.tasks.Mailer;
import io.jenkins.plugins.safedeployments.RealJenkins;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.jenkinsci.Symbol;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.RealJenkinsRule;

/** Mails and webhooks from a Jenkins with real plugin class loaders. */
public class NotificationsRealJenkinsTest {

    @Rule
    public SmtpSink smtp = new SmtpSink();

    @Rule
    public RealJenkinsRule jenkins = RealJenkins.rule();

    @Test
    public void mailAndWebhookArrive() throws Throwable {
        Queue<String> bodies = new ConcurrentLinkedQueue<>();
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        web.start();
        try {
            int mailPort = smtp.port();
            String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/";
            jenkins.then(j -> {
                assertThat(symbols(), containsInAnyOrder("webhook", "email"));
                Mailer.descriptor().setSmtpHost("127.0.0.1");
                Mailer.descriptor().setSmtpPort(Integer.toString(mailPort));
                SafeDeploymentsConfiguration.get().setAllowedWebhooks(url);
                FreeStyleBuild run = j.buildAndAssertSuccess(j.createFreeStyleProject("release"));
                WebhookNotification webhook = new WebhookNotification();
                webhook.setUrl(url);
                GateEvent event = GateEvent.of(
                                GateEvent.Kind.REJECTED,
                                Instant.parse("2026-06-05T12:00:00Z"),
                                "qa",
                                run.getFullDisplayName())
                        .release("addressbook", "1.4.2", "production/shop")
                        .url(Notifications.link(run.getUrl()))
                        .build();
                Notifications.get()
                        .send(
                                List.of(new EmailNotification("ops@example.org"), webhook),
                                GatePlace.of(run),
                                event,
                                text -> {});
                // it has to be on its way before this Jenkins is stopped
                Awaitility.await()
                        .until(() -> Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> thread.getName().contains("safe-deployments-notify"))
                                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
            });

            assertThat(smtp.await().data(), containsString("addressbook 1.4.2 to production/shop"));
            Awaitility.await().until(() -> !bodies.isEmpty());
            assertThat(bodies.remove(), containsString("\"event\":\"rejected\""));
        } finally {
            web.stop(0);
        }
    }

    private static List<String> symbols() {
        List<String> symbols = new ArrayList<>();
        for (Descriptor<Notification> kind :
                Jenkins.get().<Notification, Descriptor<Notification>>getDescriptorList(Notification.class)) {
            symbols.add(kind.getClass().getAnnotation(Symbol.class).value()[0]);
        }
        return symbols;
    }
}

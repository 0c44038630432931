package io.jenkins.plugins.safedeployments.notify;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.sun.net.httpserver.HttpServer;
import hudson.AbortException;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.Secret;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.notice.Delivery;
import io.jenkins.plugins.safedeployments.engine.notice.GateEvent;
import jakarta.mail.BodyPart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.steps.SynchronousStepExecution;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Who is told of a gate, how, and what becomes of the gate when that fails; with a real mail and a real web server. */
public class NotificationsTest {

    private static final String SECRET = "s3cr3t-c9c1d1";

    @ClassRule
    public static BuildWatcher watcher = new BuildWatcher();

    @ClassRule
    public static JenkinsRule jenkins = new JenkinsRule();

    static {
        jenkins.timeout = 600; // seconds, of all tests together
    }

    @Rule
    public SmtpSink smtp = new SmtpSink();

    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private HttpServer web;
    private volatile int status = 200;

    /** By the semaphore at which they wait. */
    private final Map<String, WorkflowRun> runs = new java.util.LinkedHashMap<>();

    private static int told;

    @Before
    public void serve() throws Exception {
        smtp.configure();
        JenkinsLocationConfiguration.get().setAdminAddress("Jenkins <jenkins@example.org>");
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        web.start();
        SafeDeploymentsConfiguration.get().setAllowedWebhooks(root());
        Notifications.get().setPauses(List.of(Duration.ofMillis(10), Duration.ofMillis(10)));
        CredentialsStore store =
                CredentialsProvider.lookupStores(jenkins.jenkins).iterator().next();
        for (CredentialsScope scope : List.of(CredentialsScope.GLOBAL, CredentialsScope.SYSTEM)) {
            String id = "hmac-" + scope.name().toLowerCase(java.util.Locale.ROOT);
            if (SystemCredentialsProvider.getInstance().getCredentials().size() < 2) {
                store.addCredentials(
                        Domain.global(), new StringCredentialsImpl(scope, id, "", Secret.fromString(SECRET)));
            }
        }
    }

    @After
    public void stop() throws Exception {
        for (Map.Entry<String, WorkflowRun> run : runs.entrySet()) {
            SemaphoreStep.success(run.getKey(), null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run.getValue()));
        }
        web.stop(0);
        Notifications.get().setPauses(Delivery.PAUSES);
    }

    private String root() {
        return "http://127.0.0.1:" + web.getAddress().getPort() + "/";
    }

    @Test
    public void mailIsTextAndHtmlWithALinkToTheDecision() throws Exception {
        WorkflowRun run = tell("tell event: 'awaiting', notify: [email(to: 'ops@example.org; qa@example.org')]");

        SmtpSink.Mail mail = smtp.await();
        jenkins.waitForMessage("[notify] Told ops@example.org and 1 more by e-mail of 'awaiting'.", run);
        assertThat(mail.recipients(), contains("ops@example.org", "qa@example.org"));
        MimeMessage message = parsed(mail);
        assertThat(message.getSubject(), is("Waiting for a decision: addressbook 1.4.2 to production/shop"));
        assertThat(message.getFrom()[0].toString(), is("Jenkins <jenkins@example.org>"));
        assertThat(message.getHeader("Auto-Submitted")[0], is("auto-generated"));
        assertThat(message.getHeader("References")[0], startsWith("<"));
        assertThat(message.getContentType(), startsWith("multipart/alternative"));
        MimeMultipart parts = (MimeMultipart) message.getContent();
        assertThat(parts.getCount(), is(2));
        BodyPart text = parts.getBodyPart(0);
        assertThat(text.getContentType(), startsWith("text/plain; charset=UTF-8"));
        String link = jenkins.getURL() + "waiting-for-you/to/" + run.getUrl() + "input/";
        assertThat((String) text.getContent(), containsString("Decide here:\r\n" + link));
        assertThat((String) text.getContent(), containsString("Build: " + run.getFullDisplayName()));
        BodyPart html = parts.getBodyPart(1);
        assertThat(html.getContentType(), startsWith("text/html; charset=UTF-8"));
        assertThat((String) html.getContent(), containsString("<a href=\"" + link + "\">Decide here</a>"));
        // as a person gets to see it who opens it in a program for text
        Files.writeString(Path.of("target", "mail.eml"), mail.data());
    }

    @Test
    public void nothingCanBeAddedToTheHeadersOfAMail() throws Exception {
        tell(
                "tell event: 'awaiting', version: '1.0\\r\\nBcc: victim@example.org\\r\\n\\r\\nhello', message: 'a\\r\\n.\\r\\nMAIL FROM:<x>',"
                        + " notify: [email('ops@example.org')]");

        SmtpSink.Mail mail = smtp.await();
        assertThat(mail.recipients(), contains("ops@example.org"));
        assertThat(parsed(mail).getHeader("Bcc") == null, is(true));
        assertThat(parsed(mail).getAllRecipients().length, is(1));
        assertThat(
                parsed(mail).getSubject(),
                is("Waiting for a decision: addressbook 1.0 Bcc: victim@example.org hello to production/shop"));
        assertThat(smtp.mails(), is(empty()));
    }

    @Test
    public void addressesThatAreNoneEndTheStepWithASentence() throws Exception {
        for (Map.Entry<String, String> bad : Map.of(
                        "",
                        "'to' is empty",
                        "ops@example.org\\r\\nBcc: x@example.org",
                        "'to' has a line end",
                        "ops@@example.org",
                        "'to' has 'ops@@example.org', which is no e-mail address",
                        "Ops <ops@example.org>",
                        "'to' has 'Ops', which is no e-mail address",
                        "a@example.org, ops",
                        "'to' has 'ops', which is no e-mail address",
                        "ops@",
                        "'to' has 'ops@', which is no e-mail address",
                        "x@example.org,".repeat(51),
                        "'to' has 51 addresses, but at most 50")
                .entrySet()) {
            WorkflowRun run = run("tell event: 'awaiting', notify: [email('" + bad.getKey() + "')]");

            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("ERROR: " + bad.getValue(), run);
            jenkins.assertLogNotContains("\tat ", run);
        }
        assertThat(smtp.mails(), is(empty()));
    }

    @Test
    public void oneRefusedAddressDoesNotKeepTheMailFromTheOthers() throws Exception {
        smtp.refused.add("gone@example.org");

        WorkflowRun run = tell("tell event: 'rejected', notify: [email(to: 'gone@example.org, ops@example.org')]");

        assertThat(smtp.await().recipients(), contains("ops@example.org"));
        jenkins.waitForMessage(
                "of 'rejected': the mail server refused gone@example.org. Nothing else depends on it.", run);
    }

    @Test
    public void mailServerThatIsDownIsASentenceInTheLog() throws Exception {
        smtp.stop();

        WorkflowRun run = tell("tell event: 'awaiting', notify: [email('ops@example.org')]");

        jenkins.waitForMessage(
                "Could not tell ops@example.org by e-mail of 'awaiting', not even in 3 attempts: the mail server can't be"
                        + " reached. Nothing else depends on it.",
                run);
        jenkins.assertLogNotContains("\tat ", run);
    }

    @Test
    public void webhookIsSignedWithASecretWhoseUseIsRecorded() throws Exception {
        WorkflowRun run = tell("tell event: 'approved', notify: [webhook(url: '" + root()
                + "T0/path-s3cret', credentialsId: 'hmac-global')]");

        jenkins.waitForMessage(
                "[notify] Told the webhook at 127.0.0.1:" + web.getAddress().getPort() + " of 'approved'.", run);
        String body = bodies.remove();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signed = headers.get("X-safe-deployments-timestamp") + "." + body;
        assertThat(
                headers.get("X-safe-deployments-signature"),
                is("v1=" + HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)))));
        assertThat(body, containsString("\"id\":\"" + run.getExternalizableId() + "\""));
        jenkins.assertLogNotContains("path-s3cret of", run);
        assertThat(
                CredentialsProvider.getFingerprintOf(SystemCredentialsProvider.getInstance()
                                .getCredentials()
                                .get(0))
                        .getUsages()
                        .keySet(),
                hasItem(run.getParent().getFullName()));
        assertThat(filesWith(SECRET), is(empty()));
    }

    @Test
    public void addressMayBeASecretItself() throws Exception {
        CredentialsProvider.lookupStores(jenkins.jenkins)
                .iterator()
                .next()
                .addCredentials(
                        Domain.global(),
                        new StringCredentialsImpl(
                                CredentialsScope.GLOBAL, "chat", "", Secret.fromString(root() + SECRET)));

        WorkflowRun run = tell("tell event: 'approved', notify: [webhook(urlCredentialsId: 'chat')]");

        jenkins.waitForMessage("Told the webhook in 'chat' of 'approved'.", run);
        status = 500;
        WorkflowRun other = tell("tell event: 'approved', notify: [webhook(urlCredentialsId: 'chat')]");
        jenkins.waitForMessage(
                "Could not tell the webhook in 'chat' of 'approved', not even in 3 attempts: it answered 500.", other);
        assertThat(filesWith(SECRET), is(empty()));
    }

    @Test
    public void secretsOutOfReachAreAsIfTheyWereNotThere() throws Exception {
        Folder folder = jenkins.createProject(Folder.class);
        CredentialsProvider.lookupStores(folder).forEach(store -> {
            if (store.getProvider() instanceof FolderCredentialsProvider) {
                try {
                    store.addCredentials(
                            Domain.global(),
                            new StringCredentialsImpl(
                                    CredentialsScope.GLOBAL, "in-folder", "", Secret.fromString(SECRET)));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        for (String id : List.of("hmac-system", "in-folder", "nowhere")) {
            WorkflowRun run = tell(
                    "tell event: 'awaiting', notify: [webhook(url: '" + root() + "', credentialsId: '" + id + "')]");
            jenkins.waitForMessage(
                    "of 'awaiting': there is no secret text '" + id + "' that this job may use. Nothing", run);
        }
        assertThat(bodies, is(empty()));

        WorkflowRun inside = tell(
                "tell event: 'awaiting', notify: [webhook(url: '" + root() + "', credentialsId: 'in-folder')]",
                folder.createProject(WorkflowJob.class, "inside"));

        jenkins.waitForMessage("[notify] Told the webhook", inside);
        assertThat(bodies, hasSize(1));
    }

    @Test
    public void onlyWantedEventsAreTold() throws Exception {
        String notify = "notify: [webhook(url: '" + root() + "a', when: ['awaiting', 'timedOut']), webhook(url: '"
                + root() + "b', when: ['rejected'])]";
        WorkflowRun run = tell("tell event: 'timedOut', " + notify);
        jenkins.waitForMessage("[notify] Told", run);
        assertThat(bodies, hasSize(1));
        assertThat(bodies.remove(), containsString("\"event\":\"timedOut\""));

        // it could be chosen once, and never happened
        tell("tell event: 'timedOut', notify: [webhook(url: '" + root() + "', when: ['skipped'])]");
        assertThat(bodies, hasSize(0));

        WorkflowRun wrong = run("tell event: 'awaiting', notify: [webhook(url: '" + root() + "', when: ['timeout'])]");

        jenkins.assertBuildStatus(Result.FAILURE, wrong);
        jenkins.assertLogContains("ERROR: 'when' has 'timeout', but the events are awaiting, reminder,", wrong);
    }

    @Test
    public void addressThatIsNotAllowedEndsTheStep() throws Exception {
        for (Map.Entry<String, String> bad : Map.of(
                        "url: 'http://169.254.169.254/latest'",
                        "The webhook at 169.254.169.254 is not among those that are allowed",
                        "url: 'ftp://x'",
                        "'url' is not the address of a webhook",
                        "url: 'https://x', urlCredentialsId: 'y'",
                        "A webhook needs either 'url' or",
                        "credentialsId: 'y'",
                        "A webhook needs either 'url' or")
                .entrySet()) {
            WorkflowRun run = run("tell event: 'awaiting', notify: [webhook(" + bad.getKey() + ")]");
            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("ERROR: " + bad.getValue(), run);
        }
        SafeDeploymentsConfiguration.get().setAllowedWebhooks("");

        WorkflowRun local = tell("tell event: 'awaiting', notify: [webhook(url: '" + root() + "')]");

        jenkins.waitForMessage("an address of Jenkins' own machine has to be allowed by an administrator first", local);
        assertThat(bodies, is(empty()));
    }

    @Test
    public void serverThatHangsDelaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + silent.getLocalPort() + "/";
            SafeDeploymentsConfiguration.get().setAllowedWebhooks(address);
            long before = System.nanoTime();

            tell("for (int i = 0; i < 10; i++) { tell event: 'awaiting', notify: [webhook(url: '" + address + "')] }");

            assertThat(
                    System.nanoTime() - before,
                    is(lessThan(Duration.ofSeconds(9).toNanos())));
            long threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("safe-deployments-notify"))
                    .filter(thread -> thread.getState() == Thread.State.RUNNABLE)
                    .count();
            assertThat(threads, is(0L));
        }
    }

    @Test
    public void formsAndSnippetsKeepEverything() throws Exception {
        WebhookNotification webhook = new WebhookNotification();
        webhook.setUrl("https://hooks.example.com/x");
        webhook.setCredentialsId("hmac-global");
        webhook.setWhen(List.of("awaiting", "timedOut"));
        EmailNotification email = new EmailNotification("ops@example.org, qa@example.org");
        email.setWhen(List.of("reminder"));
        TellStep step = new TellStep("awaiting");
        step.setNotify(List.of(email, webhook, new EmailNotification("all@example.org")));

        jenkins.assertEqualDataBoundBeans(step, new StepConfigTester(jenkins).configRoundTrip(step));
        new SnippetizerTester(jenkins)
                .assertRoundTrip(
                        step,
                        "tell event: 'awaiting', notify: [email(to: 'ops@example.org,"
                                + " qa@example.org', when: ['reminder']), webhook(credentialsId: 'hmac-global', url:"
                                + " 'https://hooks.example.com/x', when: ['awaiting', 'timedOut']),"
                                + " email('all@example.org')]");
    }

    @Test
    public void allowedAddressesAreKeptByTheForm() throws Exception {
        SafeDeploymentsConfiguration configuration = SafeDeploymentsConfiguration.get();
        configuration.setAllowedWebhooks("https://hooks.example.com/a\nhttp://b.example.com");

        jenkins.configRoundtrip();

        assertThat(
                configuration.getAllowedWebhooks().lines().toList(),
                contains("https://hooks.example.com/a", "http://b.example.com"));
        assertThat(configuration.doCheckAllowedWebhooks("hooks").kind, is(FormValidation.Kind.ERROR));
        assertThat(configuration.doCheckAllowedWebhooks("").kind, is(FormValidation.Kind.OK));
        IllegalArgumentException refused = org.junit.Assert.assertThrows(
                IllegalArgumentException.class, () -> configuration.setAllowedWebhooks("hooks.example.com"));
        assertThat(refused.getCause() instanceof UserException, is(true));
    }

    @Test
    public void formTellsNothingToWhoMayNotConfigure() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        WebhookNotification.DescriptorImpl webhook =
                jenkins.jenkins.getDescriptorByType(WebhookNotification.DescriptorImpl.class);
        EmailNotification.DescriptorImpl email =
                jenkins.jenkins.getDescriptorByType(EmailNotification.DescriptorImpl.class);
        assertThat(webhook.doFillCredentialsIdItems(job, "").size() > 1, is(true));
        assertThat(webhook.doCheckUrl(job, "ftp://x", "").kind, is(FormValidation.Kind.ERROR));
        assertThat(email.doCheckTo(job, "x").kind, is(FormValidation.Kind.ERROR));
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(hudson.model.Hudson.READ, Item.READ)
                .everywhere()
                .to("viewer"));
        try (hudson.security.ACLContext viewer = hudson.security.ACL.as2(
                hudson.model.User.getById("viewer", true).impersonate2())) {
            assertThat(webhook.doFillCredentialsIdItems(job, "").size(), is(1));
            assertThat(webhook.doFillUrlCredentialsIdItems(job, "mine").get(0).value, is("mine"));
            assertThat(webhook.doCheckUrl(job, "ftp://x", "").kind, is(FormValidation.Kind.OK));
            assertThat(email.doCheckTo(job, "x").kind, is(FormValidation.Kind.OK));
        } finally {
            jenkins.jenkins.setSecurityRealm(hudson.security.SecurityRealm.NO_AUTHENTICATION);
            jenkins.jenkins.setAuthorizationStrategy(new hudson.security.AuthorizationStrategy.Unsecured());
        }
    }

    private static MimeMessage parsed(SmtpSink.Mail mail) throws Exception {
        return new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(mail.data().getBytes(StandardCharsets.UTF_8)));
    }

    /** In Jenkins' home, but for where credentials are kept. */
    private static List<Path> filesWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(jenkins.jenkins.getRootDir().toPath())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
                        } catch (IOException e) {
                            return false; // has just been deleted
                        }
                    })
                    .toList();
        }
    }

    /** A run that has told, and goes on until the test is over, so that its log is open. */
    private WorkflowRun tell(String script) throws Exception {
        return tell(script, jenkins.createProject(WorkflowJob.class));
    }

    private WorkflowRun tell(String script, WorkflowJob job) throws Exception {
        String semaphore = "told" + (++told);
        job.setDefinition(new CpsFlowDefinition(script + "\nsemaphore '" + semaphore + "'", true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        runs.put(semaphore + "/1", run);
        SemaphoreStep.waitForStart(semaphore + "/1", run);
        return run;
    }

    /** A run that is over. */
    private static WorkflowRun run(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).get();
    }

    /** A gate that only tells of one event, and is over. */
    public static final class TellStep extends Step implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String event;
        private List<Notification> notify = new ArrayList<>();
        private String message = "Is the canary healthy?";
        private String version = "1.4.2";

        @DataBoundConstructor
        public TellStep(String event) {
            this.event = event;
        }

        public String getEvent() {
            return event;
        }

        public List<Notification> getNotify() {
            return notify;
        }

        @DataBoundSetter
        public void setNotify(List<Notification> notify) {
            this.notify = new ArrayList<>(notify);
        }

        public String getMessage() {
            return message;
        }

        @DataBoundSetter
        public void setMessage(String message) {
            this.message = message;
        }

        public String getVersion() {
            return version;
        }

        @DataBoundSetter
        public void setVersion(String version) {
            this.version = version;
        }

        @Override
        public StepExecution start(StepContext context) {
            return new Execution(context, this);
        }

        private static final class Execution extends SynchronousStepExecution<Void> {

            private static final long serialVersionUID = 1L;

            private final transient TellStep step;

            Execution(StepContext context, TellStep step) {
                super(context);
                this.step = step;
            }

            @Override
            protected Void run() throws Exception {
                Run<?, ?> run = getContext().get(Run.class);
                try {
                    Notifications.check(step.notify);
                } catch (UserException e) {
                    throw new AbortException(e.getMessage());
                }
                GateEvent event = GateEvent.of(
                                GateEvent.Kind.of(step.event),
                                Instant.parse("2026-06-05T12:00:00Z"),
                                "qa",
                                run.getFullDisplayName())
                        .runId(run.getExternalizableId())
                        .message(step.message)
                        .release("addressbook", step.version, "production/shop")
                        .url(Notifications.link(run.getUrl() + "input/"))
                        .deadline(Instant.parse("2026-06-05T14:00:00Z"))
                        .build();
                Notifications.get().send(step.notify, GatePlace.of(run), event, text -> {});
                return null;
            }
        }

        @TestExtension
        public static final class DescriptorImpl extends StepDescriptor {

            @Override
            public String getFunctionName() {
                return "tell";
            }

            @Override
            public Set<? extends Class<?>> getRequiredContext() {
                return Set.of(Run.class, TaskListener.class);
            }
        }
    }
}

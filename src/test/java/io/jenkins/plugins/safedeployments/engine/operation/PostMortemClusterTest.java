package io.jenkins.plugins.safedeployments.engine.operation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;

/** The evidence of canaries on a real API server. */
public class PostMortemClusterTest {

    private static final String APP = "addressbook";
    private static final String FOLDER = "post-mortem/addressbook-2/";

    @Rule
    public TestCluster target = new TestCluster();

    @Rule
    public TestEngine engine = new TestEngine();

    @Test
    public void crashingCanary_leavesAllThatIsNeededToFindOutWhy() throws Exception {
        release("1.0", "echo", files());
        promote();
        target.cluster().create(secret());
        Map<String, String> files = files();
        files.put(
                "deployment.yml",
                files.get("deployment.yml")
                        .replace("      containers:", "      imagePullSecrets: [{name: nowhere}]\n      containers:")
                        .replace("          ports:", """
                                args: [--verbose, --db-password=swordfish-1]
                                env:
                                  - {name: LOG_LEVEL, value: debug}
                                  - {name: API_TOKEN, value: swordfish-2}
                                  - name: DB_PASSWORD
                                    valueFrom: {secretKeyRef: {name: database, key: password}}
                                ports:
                                """.indent(10).stripTrailing())
                        .replace(
                                "      labels:\n        app",
                                "      annotations:\n        fake-kubelet/log: '<script>alert(1)</script> password"
                                        + " swordfish-3 of postgres://app:swordfish-4@db:5432/'\n"
                                        + "      labels:\n        app"));

        UserException failure = assertThrows(UserException.class, () -> release("1.1-crash", "echo", files));
        rollback();

        keep("crash", FOLDER);
        String page = file("post-mortem.html");
        assertThat(engine.report.lines, hasItem(startsWith("post-mortem: ")));
        assertThat(file("cause.txt"), startsWith(failure.getMessage()));
        assertThat(failure.getMessage(), containsString("keeps crashing"));
        assertThat(page, containsString("<h1>Post-mortem: addressbook, release 2</h1>"));
        assertThat(page, containsString("before its last restart</summary>"));
        assertThat(page, containsString("&lt;script&gt;alert(1)&lt;/script&gt; password **** of"));
        assertThat(page, containsString("logs --previous addressbook-canary-"));
        assertThat(page, containsString("port-forward addressbook-canary-"));
        assertThat(page, containsString("BackOff"));
        assertThat(file("yaml/secret-database.yaml"), containsString("password: '**** (11 bytes)'"));
        assertThat(
                file("yaml/deployment-addressbook-canary.yaml"),
                allOf(containsString("value: debug"), containsString("--db-password=****")));
        assertThat(
                engine.report.files.keySet(),
                hasItems(
                        FOLDER + "yaml/service-addressbook-lb.yaml",
                        FOLDER + "yaml/endpoints-addressbook-lb.yaml",
                        FOLDER + "describe-deployment-addressbook-canary.txt",
                        FOLDER + "describe-deployment-addressbook-stable.txt",
                        FOLDER + "describe-service-addressbook-lb.txt"));
        assertThat(file("post-mortem.txt"), not(containsString("Could not be had")));
        engine.report.files.forEach((name, text) -> {
            assertThat(name, text, not(containsString("swordfish")));
            assertThat(name, text, not(containsString("managedFields")));
            assertThat(name, text, not(containsString("c3dvcmRmaXNoLT"))); // the same in Base64
        });
    }

    @Test
    public void imageThatCannotBePulled_isTheCauseOnTop() throws Exception {
        release("1.0", "echo", files());
        promote();

        assertThrows(UserException.class, () -> release("1.1-pull-fail", "echo", files()));
        rollback();

        keep("pull", FOLDER);
        assertThat(file("post-mortem.html"), containsString("cannot be pulled"));
        assertThat(file("post-mortem.html"), containsString("Container addressbook of pod addressbook-canary-"));
        assertThat(file("post-mortem.html"), containsString("has never run"));
        assertThat(file("get-all.txt"), containsString("ImagePullBackOff"));
        assertThat(file("get-all.txt"), containsString("app=addressbook,deployment=addressbook-canary"));
        assertThat(file("get-all.txt"), containsString("80:"));
    }

    @Test
    public void healthyCanary_canBeLookedAtBeforeAnybodyDecides() throws Exception {
        release("1.0", "echo", files());
        promote();
        Release release = release("1.1", "echo", files()).release();
        Session session = engine.session(target.cluster(), APP, Duration.ofMinutes(1));

        String url = PostMortem.ofHealthyCanary(session, release).collect();

        keep("healthy", "canary/addressbook-2/");
        assertThat(url, is("https://jenkins.example.com/job/shop/4/artifact/canary/addressbook-2/post-mortem.html"));
        String page = engine.report.files.get("canary/addressbook-2/post-mortem.html");
        assertThat(page, containsString("<h1>State of the canary: addressbook, release 2</h1>"));
        assertThat(page, containsString("Nothing that the Deployments or their pods would show."));
    }

    private static Map<String, String> files() {
        return TestEngine.example(APP);
    }

    private KubeObject secret() {
        return KubeObject.of(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of("name", "database"),
                "stringData",
                Map.of("password", "swordfish-3")));
    }

    private Outcome release(String tag, String command, Map<String, String> files) throws Exception {
        Session session = engine.session(target.cluster(), APP, Duration.ofMinutes(1));
        return engine.run(
                session,
                new CanaryDeploy(
                        session,
                        AskedCanary.ofTag(tag)
                                .files(files)
                                .tests(List.of(new CommandTest(List.of(command), "", Duration.ofSeconds(20))))
                                .request()));
    }

    private void promote() throws Exception {
        Session session = engine.session(target.cluster(), APP, Duration.ofMinutes(1));
        engine.run(session, new PromoteStable(session, new PromoteRequest(0, 2, Duration.ZERO, false, Force.NONE)));
    }

    private void rollback() throws Exception {
        Session session = engine.session(target.cluster(), APP, Duration.ofMinutes(1));
        engine.run(session, new RollbackCanary(session, RollbackRequest.undo("", true), Approval.NOT_NEEDED));
    }

    private String file(String name) {
        String text = engine.report.files.get(FOLDER + name);
        assertThat(engine.report.files.keySet().toString(), text != null, is(true));
        return text;
    }

    /** For who wants to see them: where {@code -Devidence=directory} says. */
    private void keep(String name, String folder) throws IOException {
        String directory = System.getProperty("evidence");
        for (Map.Entry<String, String> file : engine.report.files.entrySet()) {
            if (directory != null && file.getKey().startsWith(folder)) {
                Path path = Path.of(directory, name, file.getKey().substring(folder.length()));
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
        }
    }
}

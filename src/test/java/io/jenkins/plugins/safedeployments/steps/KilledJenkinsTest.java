package io.jenkins.plugins.safedeployments.steps;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.junit.Assume.assumeTrue;

import hudson.FilePath;
import hudson.console.ConsoleNote;
import hudson.model.Result;
import io.jenkins.plugins.safedeployments.RealJenkins;
import io.jenkins.plugins.safedeployments.engine.kubernetes.TestCluster;
import io.jenkins.plugins.safedeployments.engine.model.Kind;
import io.jenkins.plugins.safedeployments.engine.model.KubeObject;
import io.jenkins.plugins.safedeployments.engine.release.Claim;
import io.jenkins.plugins.safedeployments.engine.release.Phase;
import io.jenkins.plugins.safedeployments.engine.release.Release;
import io.jenkins.plugins.safedeployments.engine.release.ReleaseStore;
import io.jenkins.plugins.safedeployments.runtime.Orphans;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.awaitility.core.TimeoutEvent;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.RealJenkinsRule;

/**
 * A Jenkins process that is killed in the midst of releases to a real API server. {@code -Dkills=20} kills it at more moments,
 * {@code -Dseed} at others, and {@code -Dtwins=true} restores it twice from one backup.
 */
public class KilledJenkinsTest {

    private static final String APP = "addressbook";
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final int SIZE = 3;

    /** As many releases are met by one kill. */
    private static final int AT_ONCE = 7;

    /** Within as many seconds they begin. */
    private static final int SPREAD = 6;

    @Rule(order = 0)
    public TestCluster target = new TestCluster();

    @Rule(order = 1)
    public RealJenkinsRule jenkins = RealJenkins.rule().withTimeout(600 + 90 * KILLS);

    @Rule(order = 2)
    public RealJenkinsRule twin = RealJenkins.rule();

    /** Several releases at once, begun at different moments, so that one kill meets each at another place. */
    @Test
    public void releaseEndsWellWhateverTheMomentOfTheKill() throws Throwable {
        System.out.println("-Dseed=" + SEED + " -Dkills=" + KILLS);
        Random random = new Random(SEED);
        List<String> apps = IntStream.rangeClosed(1, Math.min(KILLS, AT_ONCE))
                .mapToObj(i -> "app" + i)
                .toList();
        jenkins.startJenkins();
        configure(apps);
        Map<String, String> first = new LinkedHashMap<>();
        for (String app : apps) {
            first.put(app, script(app, "1.0", "", ", replicas: " + SIZE + ", drainSeconds: 0"));
        }
        start(jenkins, first, Map.of());
        for (String app : apps) {
            assertThat(jenkins.runRemotely(new End(app, 1)), is(Result.SUCCESS.toString()));
        }

        int met = 0;
        for (int build = 2; met < KILLS; build++) {
            Map<String, String> scripts = new LinkedHashMap<>();
            Map<String, Integer> seconds = new LinkedHashMap<>();
            for (String app : apps) {
                String more = ", drainSeconds: 2, onFailure: 'rollback'";
                scripts.put(app, script(app, "2." + build, ", tests: [exec('echo pong')]", more));
                seconds.put(app, random.nextInt(SPREAD));
            }
            start(jenkins, scripts, seconds);
            awaitLines(apps, build, Duration.ofMillis(random.nextInt(4000)));

            jenkins.stopJenkinsForcibly();
            Map<String, List<String>> seen = new LinkedHashMap<>();
            for (String app : apps) {
                seen.put(app, log(jenkins, app, build));
            }
            jenkins.startJenkins();

            for (String app : apps) {
                String result = jenkins.runRemotely(new End(app, build));
                jenkins.runRemotely((JenkinsRule j) -> Orphans.get().doRun());
                Phase phase = awaitRest(app);
                List<String> lines = seen.get(app);
                String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
                boolean over = last.startsWith("Finished: ");
                boolean begun = lines.stream().anyMatch(line -> line.contains("[" + app + "]"));
                met += begun && !over ? 1 : 0;
                System.out.println((over ? "over before the kill" : "killed") + " after line " + lines.size() + " ("
                        + ConsoleNote.removeNotes(last) + "): the run is " + result + ", the release " + phase);
                assertThat(phase, anyOf(is(Phase.PROMOTED), is(Phase.ROLLED_BACK)));
                if (begun) { // else it may be that Pipeline had not saved the run yet, and fails it
                    assertThat(result, is(Result.SUCCESS.toString()));
                    assertThat(phase, is(Phase.PROMOTED));
                    assertThat(last(app).plan().image(), endsWith(":2." + build));
                }
            }
        }
    }

    /** What is not on disk cannot be resumed: the release is taken back by Jenkins itself. */
    @Test
    public void releaseOfARunThatIsLostIsTakenBack() throws Throwable {
        jenkins.startJenkins();
        configure(List.of(APP));
        start(jenkins, Map.of(APP, script(APP, "1.0", "", ", replicas: " + SIZE + ", drainSeconds: 0")), Map.of());
        assertThat(jenkins.runRemotely(new End(APP, 1)), is(Result.SUCCESS.toString()));
        jenkins.runRemotely((JenkinsRule j) -> {
            job(APP).addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
        });
        start(jenkins, Map.of(APP, script(APP, "1.1", "", ", drainSeconds: 120, onFailure: 'rollback'")), Map.of());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        last(APP).phase() == Phase.PROMOTING && image("stable").endsWith(":1.1"));

        jenkins.stopJenkinsForcibly();
        jenkins.startJenkins();

        assertThat(jenkins.runRemotely(new End(APP, 2)), is(Result.FAILURE.toString()));
        jenkins.runRemotely((JenkinsRule j) -> Orphans.get().doRun());
        assertThat(awaitRest(APP), is(Phase.ROLLED_BACK));
        assertThat(image("stable"), is("registry.example.com/addressbook:1.0"));
        assertThat(last(APP).cause(), containsString("is over without having ended it"));
    }

    /** Both go on with the same run in the name of the same actor; the claim lets one of them. */
    @Test
    public void oneOfTwoControllersFromTheSameBackupReleases() throws Throwable {
        assumeTrue("-Dtwins=true is not given", Boolean.getBoolean("twins"));
        jenkins.startJenkins();
        configure(List.of(APP));
        start(jenkins, Map.of(APP, script(APP, "1.0-never-ready", "", ", replicas: 1, drainSeconds: 0")), Map.of());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> pods("canary").size() == 1);
        jenkins.stopJenkinsForcibly();
        new FilePath(jenkins.getHome()).copyRecursiveTo(new FilePath(twin.getHome()));

        jenkins.startJenkins();
        twin.startJenkins();
        for (RealJenkinsRule each : List.of(jenkins, twin)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> String.join("\n", log(each, APP, 1)).contains("was begun before"));
        }
        makeReady("canary");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> pods("stable").size() == 1);
        makeReady("stable");

        List<String> results = List.of(jenkins.runRemotely(new End(APP, 1)), twin.runRemotely(new End(APP, 1)));
        assertThat(results, containsInAnyOrder(Result.SUCCESS.toString(), Result.FAILURE.toString()));
        assertThat(last(APP).phase(), is(Phase.PROMOTED));
        assertThat(has(APP, "canary"), is(false));
        String both = log(jenkins, APP, 1) + "\n" + log(twin, APP, 1);
        assertThat(both, anyOf(containsString("took over the claim"), containsString("was taken over by")));
    }

    private void configure(List<String> apps) throws Throwable {
        String kubeconfig = TestCluster.kubeconfig();
        ArrayList<String> names = new ArrayList<>(apps);
        jenkins.runRemotely((JenkinsRule j) -> {
            AddressBook.configureCluster(kubeconfig);
            for (String name : names) {
                j.createProject(WorkflowJob.class, name);
            }
        });
    }

    /** Starts a build of each job, so many seconds later. */
    private static void start(RealJenkinsRule where, Map<String, String> scripts, Map<String, Integer> seconds)
            throws Throwable {
        LinkedHashMap<String, String> all = new LinkedHashMap<>(scripts);
        LinkedHashMap<String, Integer> later = new LinkedHashMap<>(seconds);
        where.runRemotely((JenkinsRule j) -> {
            for (Map.Entry<String, String> each : all.entrySet()) {
                WorkflowJob job = job(each.getKey());
                job.setDefinition(new CpsFlowDefinition(each.getValue(), true));
                int number = job.getNextBuildNumber();
                job.scheduleBuild2(later.getOrDefault(each.getKey(), 0));
                if (later.isEmpty()) {
                    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> job.getBuildByNumber(number) != null);
                }
            }
        });
    }

    /** How a build ends. */
    private record End(String app, int build) implements RealJenkinsRule.Step2<String> {
        @Override
        public String run(JenkinsRule j) throws Throwable {
            WorkflowRun run = job(app).getBuildByNumber(build);
            return j.waitForCompletion(run).getResult().toString();
        }
    }

    private static WorkflowJob job(String name) {
        return Jenkins.get().getItemByFullName(name, WorkflowJob.class);
    }

    private String script(String app, String tag, String canary, String promote) throws IOException {
        String at = "app: '" + app + "', namespace: '" + target.namespace() + "'";
        String manifests = (AddressBook.file("service.yml") + "\n---\n" + AddressBook.file("deployment.yml"))
                .replace("addressbook", app);
        return "canaryDeploy(" + at + ", image: 'registry.example.com/" + app + ":" + tag + "', manifests: '''"
                + manifests + "'''" + canary + ")\npromoteStable(" + at + promote + ")";
    }

    private static List<String> log(RealJenkinsRule where, String app, int build) throws IOException {
        File log = new File(where.getHome(), "jobs/" + app + "/builds/" + build + "/log");
        return log.exists()
                ? new String(Files.readAllBytes(log.toPath()), StandardCharsets.UTF_8)
                        .lines()
                        .toList()
                : List.of();
    }

    /** Until each of them has begun, and for some time more. */
    private void awaitLines(List<String> apps, int build, Duration more) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    for (String app : apps) {
                        if (log(jenkins, app, build).size() < 2) {
                            return false;
                        }
                    }
                    return true;
                });
        long seen = System.nanoTime();
        Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - seen >= more.toNanos());
    }

    /** Until the release has ended, with nothing held, kept or missing; the phase that it ended in. */
    private Phase awaitRest(String app) {
        Awaitility.await(app)
                .conditionEvaluationListener(new ConditionEvaluationListener<>() {
                    @Override
                    public void conditionEvaluated(EvaluatedCondition<Object> condition) {
                        // it is the end that counts
                    }

                    @Override
                    public void onTimeout(TimeoutEvent timeout) {
                        System.out.println(
                                app + " is held: " + new Claim(target.cluster(), app).look() + "\n" + last(app));
                        File[] builds = new File(jenkins.getHome(), "jobs/" + app + "/builds").listFiles();
                        for (File build : builds) {
                            try {
                                System.out.println(build + "\n"
                                        + String.join("\n", log(jenkins, app, Integer.parseInt(build.getName()))));
                            } catch (Exception e) {
                                System.out.println(e);
                            }
                        }
                    }
                })
                .atMost(Duration.ofSeconds(60))
                .until(() -> new Claim(target.cluster(), app).look().holder() == 0);
        assertThat(has(app, "canary"), is(false));
        KubeObject stable =
                target.cluster().get(Kind.DEPLOYMENT, app + "-stable").orElseThrow();
        assertThat(stable.integer(0, "spec", "replicas"), is(SIZE));
        assertThat(stable.integer(0, "status", "availableReplicas"), is(SIZE));
        return last(app).phase();
    }

    private Release last(String app) {
        return new ReleaseStore(target.cluster(), app).list().get(0);
    }

    private boolean has(String app, String track) {
        return target.cluster().get(Kind.DEPLOYMENT, app + "-" + track).isPresent();
    }

    private String image(String track) {
        return target.cluster()
                .get(Kind.DEPLOYMENT, APP + "-" + track)
                .orElseThrow()
                .list("spec", "template", "spec", "containers")
                .get(0)
                .string("image");
    }

    private List<KubeObject> pods(String track) {
        return target.cluster().list(Kind.POD).stream()
                .filter(pod -> pod.name().startsWith("addressbook-" + track + "-"))
                .toList();
    }

    private void makeReady(String track) {
        for (KubeObject pod : pods(track)) {
            Awaitility.await().ignoreExceptions().until(() -> {
                KubeObject seen = target.cluster().get(Kind.POD, pod.name()).orElseThrow();
                Map<String, Object> ready = Map.of("annotations", Map.of("fake-kubelet/ready", "always"));
                target.cluster().merge(seen, KubeObject.of(Map.of("metadata", ready)));
                return true;
            });
        }
    }
}

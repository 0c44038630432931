package io.jenkins.plugins.safedeployments.engine;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.BeforeClass;
import org.junit.Test;

/** What keeps the two halves of the plugin, and the packages in them, apart; and what none of them may do. */
public class EngineArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.safedeployments";
    private static final String ENGINE = ROOT + ".engine..";

    /**
     * Of the client library: what repeats writes, overwrites without a precondition, or holds a thread while it waits. The
     * raw watch ends when its connection does; informers begin anew.
     */
    private static final Set<String> FORBIDDEN = Set.of(
            "edit",
            "editStatus",
            "accept",
            "replace",
            "replaceStatus",
            "createOrReplace",
            "scale",
            "rolling",
            "waitUntilReady",
            "waitUntilCondition",
            "watch",
            "leaderElector");

    /** Those of the plugin in main, and with its tests; of the engine alone where only that is built. */
    private static JavaClasses main;

    private static JavaClasses all;

    @BeforeClass
    public static void readClasses() {
        // the names of what is called are enough, and reading all of the client library takes long
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        main = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages(ROOT);
        all = new ClassFileImporter().importPackages(ROOT);
    }

    @Test
    public void rulesLookAtTheRightClasses() {
        assertThat(main.contain(ROOT + ".engine.release.Release"), is(true));
        assertThat(main.contain(EngineArchitectureTest.class), is(false));
        assertThat(all.contain(EngineArchitectureTest.class), is(true));
    }

    @Test
    public void engineKnowsNoJenkins() {
        noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "hudson..", "jenkins..", "org.kohsuke..", "org.jenkinsci..", "org.jenkins..", "com.cloudbees..")
                .check(all);
        noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .dependOnClassesThat(describe(
                        "are of the plugin's other half",
                        type -> type.getPackageName().startsWith(ROOT)
                                && !(type.getPackageName() + ".").startsWith(ROOT + ".engine.")))
                .check(all);
    }

    @Test
    public void clientLibraryIsKnownToOnePackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".engine.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "okhttp3..", "okio..")
                .check(main);
    }

    @Test
    public void calendarKnowsNothingElseOfTheEngine() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".engine.calendar..")
                .should()
                .dependOnClassesThat(describe(
                        "are of another package of the plugin, and neither UserException nor InertText",
                        type -> type.getPackageName().startsWith(ROOT)
                                && !type.getPackageName().equals(ROOT + ".engine.calendar")
                                && !type.getSimpleName().equals("UserException")
                                && !type.getSimpleName().equals("InertText")))
                .check(main);
    }

    @Test
    public void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(main);
    }

    @Test
    public void nothingSleeps() {
        noClasses()
                .should()
                .accessTargetWhere(uses(
                        "a method that sleeps",
                        call -> call.getName().equals("sleep")
                                && (call.getTargetOwner().isEquivalentTo(Thread.class)
                                        || call.getTargetOwner().isEquivalentTo(TimeUnit.class))))
                .check(all);
    }

    @Test
    public void clientLibrarysHeadstrongOperationsAreNotUsed() {
        noClasses()
                .should()
                .accessTargetWhere(uses(
                        "an operation of the client library that overwrites or blocks",
                        call -> call.getTargetOwner().getPackageName().startsWith("io.fabric8.")
                                && FORBIDDEN.contains(call.getName())))
                .check(main);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8.kubernetes.client.extended.leaderelection..")
                .check(main);
    }

    private static DescribedPredicate<JavaAccess<?>> uses(
            String description, java.util.function.Predicate<JavaAccess<?>> predicate) {
        return describe(description, predicate);
    }
}

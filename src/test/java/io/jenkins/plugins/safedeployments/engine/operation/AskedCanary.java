package io.jenkins.plugins.safedeployments.engine.operation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What {@code canaryDeploy} is asked for in tests: one pod of the address book, kept if it fails, and what a test wants otherwise. */
public final class AskedCanary {

    private final String image;
    private Supplier<Map<String, String>> files = () -> TestEngine.example("addressbook");
    private Map<String, String> variables = Map.of();
    private Map<String, String> secrets = Map.of();
    private CanarySize size = CanarySize.of(1);
    private List<? extends CanaryCheck> tests = List.of();
    private boolean rollbackOnFailure;
    private OnBusy onBusy = OnBusy.FAIL;
    private Force force = Force.NONE;
    private Duration soak = Duration.ZERO;
    private boolean resumed;

    private AskedCanary(String image) {
        this.image = image;
    }

    public static AskedCanary of(String image) {
        return new AskedCanary(image);
    }

    /** The address book with a tag, by which the test cluster's kubelets know what to play. */
    public static AskedCanary ofTag(String tag) {
        return of("registry.example.com/addressbook:" + tag);
    }

    public AskedCanary files(Map<String, String> texts) {
        files = () -> texts;
        return this;
    }

    public AskedCanary variables(Map<String, String> values) {
        variables = values;
        return this;
    }

    public AskedCanary secrets(Map<String, String> values) {
        secrets = values;
        return this;
    }

    public AskedCanary size(CanarySize wanted) {
        size = wanted;
        return this;
    }

    public AskedCanary tests(List<? extends CanaryCheck> checks) {
        tests = checks;
        return this;
    }

    public AskedCanary rollbackOnFailure() {
        return rollbackOnFailure(true);
    }

    public AskedCanary rollbackOnFailure(boolean rollsBack) {
        rollbackOnFailure = rollsBack;
        return this;
    }

    public AskedCanary onBusy(OnBusy policy) {
        onBusy = policy;
        return this;
    }

    public AskedCanary force(Force given) {
        force = given;
        return this;
    }

    public AskedCanary soak(Duration time) {
        soak = time;
        return this;
    }

    public AskedCanary resumed(boolean again) {
        resumed = again;
        return this;
    }

    public CanaryRequest request() {
        return new CanaryRequest(
                image,
                files,
                variables,
                () -> secrets,
                size,
                "",
                tests,
                rollbackOnFailure,
                onBusy,
                force,
                false,
                soak,
                resumed);
    }
}

package io.jenkins.plugins.safedeployments.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.evidence.LiveManifest;
import io.jenkins.plugins.safedeployments.engine.manifest.ImageReference;
import io.jenkins.plugins.safedeployments.engine.model.Target;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryDeploy;
import io.jenkins.plugins.safedeployments.engine.operation.CanaryRequest;
import io.jenkins.plugins.safedeployments.engine.operation.CanarySize;
import io.jenkins.plugins.safedeployments.engine.operation.OnBusy;
import io.jenkins.plugins.safedeployments.engine.operation.Operation;
import io.jenkins.plugins.safedeployments.engine.operation.Session;
import io.jenkins.plugins.safedeployments.runtime.ClusterQuestion;
import io.jenkins.plugins.safedeployments.runtime.IfOrphaned;
import io.jenkins.plugins.safedeployments.runtime.KeptManifests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** {@code canaryDeploy}: brings a canary of a new version up beside stable, tests it, and shrinks stable by as much. */
public final class CanaryDeployStep extends GuardedStep {

    private static final long serialVersionUID = 1L;

    private String image;
    private String manifests;
    private int replicas = 1;
    private Integer percent;
    private Integer stableReplicas;
    private String service;
    private ArrayList<String> variables = new ArrayList<>();
    private ArrayList<CanaryTest> tests = new ArrayList<>();
    private String onFailure = ROLLBACK;
    private String onBusy = "fail";
    private boolean postMortem;
    private int soakMinutes;

    @DataBoundConstructor
    public CanaryDeployStep(String app) {
        super(app);
    }

    /** The image to release, with tag or digest. */
    @CheckForNull
    public String getImage() {
        return image;
    }

    @DataBoundSetter
    public void setImage(String image) {
        this.image = Util.fixEmptyAndTrim(image);
    }

    /** Files or globs in the workspace, separated by commas or lines, or the text of manifests. */
    @CheckForNull
    public String getManifests() {
        return manifests;
    }

    @DataBoundSetter
    public void setManifests(String manifests) {
        this.manifests = Util.fixEmptyAndTrim(manifests);
    }

    /** Size of the canary, unless {@link #getPercent} says it. */
    public int getReplicas() {
        return replicas;
    }

    @DataBoundSetter
    public void setReplicas(int replicas) {
        this.replicas = replicas;
    }

    /** Share of the canary in the whole, 1 to 99; null if {@link #getReplicas} says its size, which is then left at 1. */
    @CheckForNull
    public Integer getPercent() {
        return percent;
    }

    @DataBoundSetter
    public void setPercent(Integer percent) {
        this.percent = percent;
    }

    /** Size of stable beside the canary; null to keep the total. */
    @CheckForNull
    public Integer getStableReplicas() {
        return stableReplicas;
    }

    @DataBoundSetter
    public void setStableReplicas(Integer stableReplicas) {
        this.stableReplicas = stableReplicas;
    }

    /** The Service that brings the traffic; null to find it. */
    @CheckForNull
    public String getService() {
        return service;
    }

    @DataBoundSetter
    public void setService(String service) {
        this.service = Util.fixEmptyAndTrim(service);
    }

    /** What fills further placeholders, each as {@code NAME=value}. */
    @NonNull
    public List<String> getVariables() {
        return new ArrayList<>(variables);
    }

    @DataBoundSetter
    public void setVariables(List<String> variables) {
        this.variables = variables == null ? new ArrayList<>() : new ArrayList<>(variables);
    }

    @NonNull
    public List<CanaryTest> getTests() {
        return new ArrayList<>(tests);
    }

    @DataBoundSetter
    public void setTests(List<CanaryTest> tests) {
        this.tests = tests == null ? new ArrayList<>() : new ArrayList<>(tests);
    }

    /** {@link #ROLLBACK} or {@link #KEEP}. */
    @NonNull
    public String getOnFailure() {
        return onFailure;
    }

    @DataBoundSetter
    public void setOnFailure(String onFailure) {
        this.onFailure = Util.fixEmptyAndTrim(onFailure) == null ? ROLLBACK : onFailure.trim();
    }

    /** What to do if another release holds the target: {@code fail}, {@code wait} or {@code supersede}. */
    @NonNull
    public String getOnBusy() {
        return onBusy;
    }

    @DataBoundSetter
    public void setOnBusy(String onBusy) {
        this.onBusy = Util.fixEmptyAndTrim(onBusy) == null ? "fail" : onBusy.trim();
    }

    private OnBusy onBusy() {
        for (OnBusy known : OnBusy.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(onBusy)) {
                return known;
            }
        }
        throw new UserException("'onBusy' is '" + onBusy + "': it must be 'fail', 'wait' or 'supersede'.");
    }

    /** Whether to collect the state of a canary that is ready, too, for who decides about it. */
    public boolean isPostMortem() {
        return postMortem;
    }

    @DataBoundSetter
    public void setPostMortem(boolean postMortem) {
        this.postMortem = postMortem;
    }

    /** For how long the canary has to stay well in the traffic before the step ends. */
    public int getSoakMinutes() {
        return soakMinutes;
    }

    @DataBoundSetter
    public void setSoakMinutes(int soakMinutes) {
        this.soakMinutes = soakMinutes;
    }

    /** Steps that were begun by a version without some of the fields. */
    private Object readResolve() {
        setOnBusy(onBusy);
        return this;
    }

    /** Not in the text of manifests, which has placeholders of its own. */
    @Override
    void expand(UnaryOperator<String> variables) {
        super.expand(variables);
        setImage(expanded(image, variables));
        setService(expanded(service, variables));
        setVariables(getVariables().stream().map(variables).toList());
        if (manifests != null && !ManifestFiles.isText(manifests)) {
            setManifests(variables.apply(manifests));
        }
    }

    @Override
    void checkOwn() {
        request(Map::of, Map::of, false);
    }

    @NonNull
    @Override
    IfOrphaned ifOrphaned() {
        return isRollback(onFailure) ? IfOrphaned.TAKE_BACK : IfOrphaned.RECORD;
    }

    @Override
    Operation ownOperation(Session session, ReleaseDriver.Caller caller, boolean resumed) {
        return new CanaryDeploy(
                session,
                request(() -> files(caller, session.actor().id(), resumed), () -> maskedVariables(caller), resumed));
    }

    private Map<String, String> files(ReleaseDriver.Caller caller, String actor, boolean resumed) {
        if (onBusy() == OnBusy.FAIL || ManifestFiles.isText(manifests)) {
            return ManifestFiles.of(manifests, caller);
        }
        Map<String, String> before = resumed ? KeptManifests.of(actor, manifests) : Map.of();
        if (!before.isEmpty()) {
            return before;
        }
        Map<String, String> files = ManifestFiles.of(manifests, caller);
        KeptManifests.keep(actor, manifests, files);
        return files;
    }

    private CanaryRequest request(
            Supplier<Map<String, String>> files, Supplier<Map<String, String>> secrets, boolean resumed) {
        ImageReference.parse(image);
        if (manifests == null) {
            throw new UserException(
                    "'manifests' is missing: give files or globs in the workspace, or the text of manifests.");
        }
        return new CanaryRequest(
                image,
                files,
                values(),
                secrets,
                new CanarySize(percent != null && replicas == 1 ? null : replicas, percent, stableReplicas),
                Util.fixNull(service),
                tests.stream().map(CanaryTest::toCheck).toList(),
                isRollback(onFailure),
                onBusy(),
                force(),
                postMortem,
                Duration.ofMinutes(soakMinutes),
                resumed);
    }

    private Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw new UserException("'variables' has '" + variable + "': write each as 'NAME=value'.");
            }
            values.put(variable.substring(0, equals).trim(), variable.substring(equals + 1));
        }
        return values;
    }

    @Extension
    public static final class DescriptorImpl extends GuardedStepDescriptor {

        @Override
        public String getFunctionName() {
            return "canaryDeploy";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.CanaryDeployStep_DisplayName();
        }

        @Override
        public Step newInstance(StaplerRequest2 request, @NonNull JSONObject form) throws FormException {
            String text = form.optString("variables");
            form.remove("variables"); // a list for scripts, lines of a text in the form
            CanaryDeployStep step = (CanaryDeployStep) super.newInstance(request, form);
            step.setVariables(text.lines().filter(line -> !line.isBlank()).toList());
            return step;
        }

        @Restricted(NoExternalUse.class) // config.jelly
        @NonNull
        public String lines(@CheckForNull List<String> values) {
            return values == null ? "" : String.join("\n", values);
        }

        @Restricted(NoExternalUse.class) // config.jelly
        public List<? extends Descriptor<CanaryTest>> getTestDescriptors() {
            return ExtensionList.lookup(CanaryTest.CanaryTestDescriptor.class);
        }

        @POST
        public ListBoxModel doFillOnBusyItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            if (mayConfigure(item)) {
                items.add(Messages.CanaryDeployStep_Fail(), "fail");
                items.add(Messages.CanaryDeployStep_Wait(), "wait");
                items.add(Messages.CanaryDeployStep_Supersede(), "supersede");
            }
            return items;
        }

        @POST
        public FormValidation doCheckImage(@AncestorInPath Item item, @QueryParameter String value) {
            if (!mayConfigure(item) || hasVariable(value)) {
                return FormValidation.ok();
            }
            return checked(() -> ImageReference.parse(value));
        }

        /** Shows the manifest of what is there, to begin with. */
        @POST
        public FormValidation doCopyManifest(
                @AncestorInPath Item item,
                @QueryParameter String cluster,
                @QueryParameter String namespace,
                @QueryParameter String app,
                @QueryParameter String credentialsId) {
            if (item == null) {
                Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            } else {
                item.checkPermission(Item.CONFIGURE);
            }
            try {
                Target target = new Target(Util.fixNull(cluster).trim(), namespace, app);
                String manifest = ClusterQuestion.ask(
                        target,
                        Util.fixNull(credentialsId),
                        item == null ? "" : item.getFullName(),
                        live -> LiveManifest.of(live, target));
                return FormValidation.okWithMarkup("<pre>" + Util.xmlEscape(manifest) + "</pre>");
            } catch (UserException e) {
                return FormValidation.error(Messages.CanaryDeployStep_NotCopied(e.getMessage()));
            }
        }

        @POST
        public FormValidation doCheckReplicas(@AncestorInPath Item item, @QueryParameter String value) {
            return !mayConfigure(item) || Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : FormValidation.validatePositiveInteger(value);
        }
    }
}

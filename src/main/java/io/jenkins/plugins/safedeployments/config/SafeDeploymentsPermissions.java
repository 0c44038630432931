package io.jenkins.plugins.safedeployments.config;

import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import io.jenkins.plugins.safedeployments.Messages;
import jenkins.model.Jenkins;

/**
 * The plugin's own permissions. None of them comes with another permission than that to administer Jenkins: who may start or
 * configure a job must not get round what keeps it from deploying.
 */
public final class SafeDeploymentsPermissions {

    /** How they are grouped where permissions are granted. */
    public static final PermissionGroup GROUP =
            new PermissionGroup(SafeDeploymentsPermissions.class, Messages._SafeDeploymentsPermissions_Group());

    /** To let a job go on outside of its execution windows. */
    public static final Permission SKIP_WINDOW = new Permission(
            GROUP,
            "SkipWindow",
            Messages._SafeDeploymentsPermissions_SkipWindow(),
            Jenkins.ADMINISTER,
            PermissionScope.ITEM);

    /** To let a job go on in a freeze, or while the line is stopped. */
    public static final Permission SKIP_FREEZE = new Permission(
            GROUP,
            "SkipFreeze",
            Messages._SafeDeploymentsPermissions_SkipFreeze(),
            Jenkins.ADMINISTER,
            PermissionScope.ITEM);

    /** To stop everything that waits for a window or releases, and to let it go on. */
    public static final Permission STOP_THE_LINE = new Permission(
            GROUP,
            "StopTheLine",
            Messages._SafeDeploymentsPermissions_StopTheLine(),
            Jenkins.ADMINISTER,
            PermissionScope.JENKINS);

    /** To decide judgments that name nobody. */
    public static final Permission JUDGE = new Permission(
            GROUP, "Judge", Messages._SafeDeploymentsPermissions_Judge(), Jenkins.ADMINISTER, PermissionScope.ITEM);

    /** To have a release of a job promoted by the job that is named for it, which one has to be allowed to build as well. */
    public static final Permission PROMOTE = new Permission(
            GROUP, "Promote", Messages._SafeDeploymentsPermissions_Promote(), Jenkins.ADMINISTER, PermissionScope.ITEM);

    /** The same for taking a release back, and for a return to an earlier one. */
    public static final Permission ROLL_BACK = new Permission(
            GROUP,
            "RollBack",
            Messages._SafeDeploymentsPermissions_RollBack(),
            Jenkins.ADMINISTER,
            PermissionScope.ITEM);

    private SafeDeploymentsPermissions() {}

    /** Permissions are known to Jenkins once their class is loaded, which has to be before any are granted. */
    @Initializer(after = InitMilestone.PLUGINS_STARTED, before = InitMilestone.EXTENSIONS_AUGMENTED, fatal = false)
    public static void register() {
        if (GROUP.getPermissions().isEmpty()) {
            throw new IllegalStateException("no permissions");
        }
    }
}

package io.jenkins.plugins.safedeployments.windows;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** What window.jelly needs of the descriptors of all that has the fields of {@link WindowSettings} in its form. */
@Restricted(NoExternalUse.class)
public interface WindowFields {

    /** As a form has them. */
    @NonNull
    default String lines(@CheckForNull List<String> values) {
        return WindowForm.text(values);
    }

    @POST
    default FormValidation doCheckDays(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String from,
            @QueryParameter String to) {
        return WindowForm.checkTimes(item, value, from, to);
    }

    @POST
    default FormValidation doCheckWindows(@AncestorInPath Item item, @QueryParameter String value) {
        return WindowForm.checkEntries(item, "windows", value);
    }

    @POST
    default FormValidation doCheckFreezes(@AncestorInPath Item item, @QueryParameter String value) {
        return WindowForm.checkEntries(item, "freezes", value);
    }

    @POST
    default FormValidation doCheckTimeZone(@AncestorInPath Item item, @QueryParameter String value) {
        return WindowForm.checkZone(item, value);
    }

    @POST
    default FormValidation doCheckCalendar(@AncestorInPath Item item, @QueryParameter String value) {
        return WindowForm.checkCalendar(item, value);
    }

    @POST
    default FormValidation doCheckJitter(@AncestorInPath Item item, @QueryParameter String value) {
        return WindowForm.checkJitter(item, value);
    }
}

package io.jenkins.plugins.safedeployments.windows;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Calendars for the jobs in a folder, and the one that all releases from there obey. */
public final class FolderCalendars extends AbstractFolderProperty<AbstractFolder<?>> {

    private List<NamedCalendar> calendars = new ArrayList<>();

    /** Name of a calendar of this folder, one around it, or the global configuration; null for none. */
    private String enforced;

    @DataBoundConstructor
    public FolderCalendars() {}

    @NonNull
    public List<NamedCalendar> getCalendars() {
        return new ArrayList<>(calendars);
    }

    @DataBoundSetter
    public void setCalendars(List<NamedCalendar> calendars) {
        NamedCalendar.check(calendars);
        this.calendars = new ArrayList<>(calendars);
    }

    @NonNull
    public String getEnforced() {
        return Util.fixNull(enforced);
    }

    @DataBoundSetter
    public void setEnforced(String enforced) {
        this.enforced = Util.fixEmptyAndTrim(enforced);
    }

    @Extension
    @Symbol("windowCalendars")
    public static final class DescriptorImpl extends AbstractFolderPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.FolderCalendars_DisplayName();
        }

        /** Only a warning, since the calendar may be among those that are being typed. */
        @POST
        public FormValidation doCheckEnforced(@AncestorInPath Item item, @QueryParameter String value) {
            FormValidation found = WindowForm.checkCalendar(item, value);
            return found.kind == FormValidation.Kind.ERROR ? FormValidation.warning(found.getMessage()) : found;
        }
    }
}

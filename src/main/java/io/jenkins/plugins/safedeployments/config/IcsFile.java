package io.jenkins.plugins.safedeployments.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.safedeployments.Messages;
import io.jenkins.plugins.safedeployments.engine.calendar.IcsImport;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** An iCalendar file that calendars take windows or freezes from: its text, or an address that an administrator allows. */
public final class IcsFile implements Describable<IcsFile>, Serializable {

    private static final long serialVersionUID = 1L;

    /** What calendars call it; unique, and one word. */
    private final String name;

    /** Null if the text is here. */
    private String url;

    /** Null if it is fetched. */
    private String text;

    @DataBoundConstructor
    public IcsFile(String name) {
        this.name = Util.fixNull(Util.fixEmptyAndTrim(name));
    }

    @NonNull
    public String getName() {
        return name;
    }

    @NonNull
    public String getUrl() {
        return Util.fixNull(url);
    }

    @DataBoundSetter
    public void setUrl(String url) {
        this.url = Util.fixEmptyAndTrim(url);
    }

    @NonNull
    public String getText() {
        return Util.fixNull(text);
    }

    @DataBoundSetter
    public void setText(String text) {
        this.text = Util.fixEmptyAndTrim(text);
    }

    /** @throws UserException if it can't be used */
    private void check() {
        if (!name.matches("\\S{1,100}")) {
            throw new UserException(Messages.IcsFile_NameMissing());
        }
        if ((url == null) == (text == null)) {
            throw new UserException(Messages.IcsFile_OneOfBoth(name));
        }
        if (url != null) {
            IcsDownload.address(url);
        } else {
            IcsImport.read(name, text);
        }
    }

    /** @throws IllegalArgumentException if one of them can't be used, or has the name of another */
    static void check(List<IcsFile> files) {
        Set<String> names = new HashSet<>();
        for (IcsFile file : files) {
            try {
                file.check();
            } catch (UserException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
            if (!names.add(file.name)) {
                throw new IllegalArgumentException(Messages.IcsFile_NameTwice(file.name));
            }
        }
    }

    @Extension
    @Symbol("icsFile")
    public static final class DescriptorImpl extends Descriptor<IcsFile> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.IcsFile_DisplayName();
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return !Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                            || value.strip().matches("\\S{1,100}")
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.IcsFile_NameMissing());
        }

        @POST
        public FormValidation doCheckUrl(@QueryParameter String value) {
            return check(value, () -> IcsDownload.address(value.strip()));
        }

        @POST
        public FormValidation doCheckText(@QueryParameter String name, @QueryParameter String value) {
            return check(value, () -> IcsImport.read(name, value));
        }

        private static FormValidation check(String value, Runnable check) {
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER) || Util.fixEmptyAndTrim(value) == null) {
                return FormValidation.ok();
            }
            try {
                check.run();
                return FormValidation.ok();
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        /** Fetches it as it is configured here; only who may change the configuration may do that. */
        @POST
        public FormValidation doTryDownload(@QueryParameter String name, @QueryParameter String url) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                int events =
                        IcsImport.read(name, IcsDownload.fetch(url.strip())).size();
                return FormValidation.ok(Messages.IcsFile_Read(events));
            } catch (UserException e) {
                return FormValidation.error(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return FormValidation.error(e.toString());
            }
        }
    }
}

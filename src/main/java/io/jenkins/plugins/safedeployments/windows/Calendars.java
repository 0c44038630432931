package io.jenkins.plugins.safedeployments.windows;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import io.jenkins.plugins.safedeployments.config.NamedCalendar;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsConfiguration;
import io.jenkins.plugins.safedeployments.engine.calendar.WindowCalendar;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Named calendars as a job sees them: those of its folders, the inner first, then those of the global configuration. */
final class Calendars {

    private Calendars() {}

    /**
     * @param item whose folders are looked at; null for the global configuration only
     * @throws UserException if there is none of that name, or its text can't be understood
     */
    @NonNull
    static WindowCalendar named(String name, @CheckForNull Item item) {
        return find(name, around(item));
    }

    private static WindowCalendar find(String name, List<FolderCalendars> folders) {
        return folders.stream()
                .map(FolderCalendars::getCalendars)
                .map(calendars -> ofName(name, calendars))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> ofName(name, SafeDeploymentsConfiguration.get().getCalendars()))
                .orElseThrow(() -> new UserException("'calendar' is '" + name
                        + "', but neither the job's folders nor the global configuration have a calendar of that name:"
                        + " correct the name, or have an administrator add it under Manage Jenkins, System, Safe"
                        + " Deployments."))
                .toCalendar();
    }

    private static Optional<NamedCalendar> ofName(String name, List<NamedCalendar> calendars) {
        return calendars.stream()
                .filter(calendar -> calendar.getName().equals(name))
                .findFirst();
    }

    /**
     * What releases of a job to a cluster obey, whatever the job says: the calendars of all its folders and of the cluster.
     *
     * @param clusterCalendar name of a global calendar; empty for none
     * @throws UserException if one that is named does not exist: what can't be known to be open is not
     */
    @NonNull
    static List<WindowCalendar> enforced(Item item, String clusterCalendar) {
        List<WindowCalendar> calendars = new ArrayList<>();
        List<FolderCalendars> folders = around(item);
        for (int i = 0; i < folders.size(); i++) {
            String name = folders.get(i).getEnforced();
            if (!name.isEmpty()) {
                // as that folder sees it: a folder inside can't put another one in its place
                calendars.add(find(name, folders.subList(i, folders.size())));
            }
        }
        if (!clusterCalendar.isEmpty()) {
            calendars.add(named(clusterCalendar, null));
        }
        return calendars;
    }

    /** The inner first. */
    private static List<FolderCalendars> around(@CheckForNull Item item) {
        List<FolderCalendars> folders = new ArrayList<>();
        ItemGroup<?> group = item == null ? null : item instanceof ItemGroup<?> itself ? itself : item.getParent();
        while (group instanceof Item parent) {
            if (group instanceof AbstractFolder<?> folder) {
                FolderCalendars found = folder.getProperties().get(FolderCalendars.class);
                if (found != null) {
                    folders.add(found);
                }
            }
            group = parent.getParent();
        }
        return folders;
    }
}

package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.SecurityRealm;
import hudson.security.UserMayOrMayNotExistException2;
import io.jenkins.plugins.safedeployments.config.SafeDeploymentsPermissions;
import io.jenkins.plugins.safedeployments.engine.judgment.Person;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.security.LastGrantedAuthoritiesProperty;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** A user by an authentication; names are compared as the security realm does it. */
final class RealmPerson implements Person {

    private static final Logger LOGGER = Logger.getLogger(RealmPerson.class.getName());

    private final Authentication authentication;
    private final Job<?, ?> job;

    private RealmPerson(Authentication authentication, Job<?, ?> job) {
        this.authentication = authentication;
        this.job = job;
    }

    /** As the session or token has it, which may be hours old. */
    @NonNull
    static RealmPerson known(Authentication authentication, Job<?, ?> job) {
        return new RealmPerson(authentication, job);
    }

    /**
     * As the security realm has it now; where that can't be asked about others, as at the last login.
     *
     * @return empty if there is no such user any more, or they may not log in
     * @throws UserException if the user directory behind it did not answer
     */
    @NonNull
    static Optional<RealmPerson> now(String user, Job<?, ?> job) {
        if (!Jenkins.get().isUseSecurity()) {
            return Optional.of(new RealmPerson(Jenkins.ANONYMOUS2, job)); // all are the same
        }
        SecurityRealm realm = Jenkins.get().getSecurityRealm();
        try {
            UserDetails details = realm.loadUserByUsername2(user);
            boolean usable = details.isEnabled()
                    && details.isAccountNonExpired()
                    && details.isAccountNonLocked()
                    && details.isCredentialsNonExpired();
            return usable ? Optional.of(of(user, details.getAuthorities(), job)) : Optional.empty();
        } catch (UserMayOrMayNotExistException2 e) {
            return lastKnown(user).map(authorities -> of(user, authorities, job));
        } catch (UsernameNotFoundException e) {
            LOGGER.log(Level.FINE, e, () -> user + " is no user any more");
            return Optional.empty();
        } catch (AuthenticationServiceException e) {
            LOGGER.log(Level.WARNING, e, () -> "can't look up " + user);
            throw new UserException(
                    "The user directory did not answer, so it can't be seen who may decide: try again in a moment.", e);
        } catch (AuthenticationException e) {
            LOGGER.log(Level.WARNING, e, () -> "can't look up " + user);
            return Optional.empty();
        }
    }

    /**
     * Who votes: as the security realm has them now; where that can't be asked, as they are logged in.
     *
     * @return empty if there is no such user any more, or they may not log in
     * @throws UserException if the user directory behind it did not answer
     */
    @NonNull
    static Optional<RealmPerson> voter(Authentication authentication, Job<?, ?> job) {
        Optional<RealmPerson> found = now(authentication.getName(), job);
        return found.isEmpty() && !canBeAsked(authentication.getName())
                ? Optional.of(known(authentication, job))
                : found;
    }

    private static boolean canBeAsked(String user) {
        try {
            Jenkins.get().getSecurityRealm().loadUserByUsername2(user);
            return true;
        } catch (UserMayOrMayNotExistException2 e) {
            return false;
        } catch (AuthenticationException e) {
            return true;
        }
    }

    private static Optional<Collection<? extends GrantedAuthority>> lastKnown(String user) {
        User found = User.getById(user, false);
        LastGrantedAuthoritiesProperty last =
                found == null ? null : found.getProperty(LastGrantedAuthoritiesProperty.class);
        return last == null ? Optional.empty() : Optional.of(last.getAuthorities2());
    }

    private static RealmPerson of(String user, Collection<? extends GrantedAuthority> authorities, Job<?, ?> job) {
        Set<GrantedAuthority> all = new LinkedHashSet<>(authorities);
        all.add(SecurityRealm.AUTHENTICATED_AUTHORITY2);
        return new RealmPerson(new UsernamePasswordAuthenticationToken(user, "", all), job);
    }

    /** Whether it is a person at all, and not Jenkins itself or somebody who did not say who they are. */
    static boolean isSomebody(Authentication authentication) {
        return !Jenkins.get().isUseSecurity()
                || !ACL.isAnonymous2(authentication) && !ACL.SYSTEM_USERNAME.equals(authentication.getName());
    }

    @Override
    public String id() {
        return Jenkins.get().isUseSecurity() ? authentication.getName() : "anonymous";
    }

    @Override
    public boolean is(String user) {
        return !Jenkins.get().isUseSecurity()
                ? id().equals(user)
                : Jenkins.get().getSecurityRealm().getUserIdStrategy().equals(authentication.getName(), user);
    }

    @Override
    public boolean isIn(String group) {
        return Jenkins.get().isUseSecurity()
                && authentication.getAuthorities().stream()
                        .anyMatch(authority -> Jenkins.get()
                                .getSecurityRealm()
                                .getGroupIdStrategy()
                                .equals(authority.getAuthority(), group));
    }

    /** As they are known here: whoever was an administrator at their login need not be one any more. */
    boolean isAdministrator() {
        return Jenkins.get().getACL().hasPermission2(authentication, Jenkins.ADMINISTER);
    }

    @Override
    public boolean isPermitted() {
        return !Jenkins.get().isUseSecurity()
                || job.getACL().hasPermission2(authentication, SafeDeploymentsPermissions.JUDGE);
    }
}

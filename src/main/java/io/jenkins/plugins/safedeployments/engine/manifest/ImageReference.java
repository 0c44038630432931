package io.jenkins.plugins.safedeployments.engine.manifest;

import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A container image: repository, and tag or digest. The grammar is that of the OCI distribution specification's
 * reference, as {@code docker pull} takes it.
 */
public final class ImageReference {

    private static final String HOST = "[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?";
    private static final String PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern FORM = Pattern.compile("(?<repository>(?:" + HOST + "/)?" + PART + "(?:/" + PART
            + ")*)" + "(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?<digest>@sha256:[0-9a-f]{64})?");
    private static final int MAX_LENGTH = 512;

    private final String text;
    private final String repository;
    private final String tag;
    private final boolean digest;

    private ImageReference(Matcher form) {
        text = form.group();
        repository = form.group("repository");
        tag = form.group("tag") == null ? "" : form.group("tag");
        digest = form.group("digest") != null;
    }

    /** @throws UserException if it is none */
    public static ImageReference parse(String text) {
        String trimmed = text == null ? "" : text.strip();
        if (trimmed.isEmpty()) {
            throw new UserException("'image' is missing: name the image to release, with its tag or digest.");
        }
        Matcher matcher = trimmed.length() > MAX_LENGTH ? null : FORM.matcher(trimmed);
        if (matcher == null || !matcher.matches()) {
            throw new UserException(
                    "'image' is '" + (trimmed.length() > 100 ? trimmed.substring(0, 97) + "..." : trimmed)
                            + "', which is no image reference: write it like registry.example.com/team/app:1.2 or app@sha256:<64 hex"
                            + " digits>; repositories have small letters only.");
        }
        return new ImageReference(matcher);
    }

    /** Whether what it names may be another image tomorrow. */
    public boolean isMutable() {
        return !digest && (tag.isEmpty() || tag.equals("latest"));
    }

    boolean hasSameRepository(String other) {
        if (other.length() > MAX_LENGTH) {
            return false;
        }
        Matcher matcher = FORM.matcher(other);
        return matcher.matches() && matcher.group("repository").equals(repository);
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.jenkins.plugins.safedeployments.engine.operation;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/** Where two trees differ, by the paths of their fields only: a value may be secret. */
final class Differences {

    private Differences() {}

    /**
     * The deepest fields that differ, such as {@code spec.template.spec.containers[web].image}.
     *
     * @param path that of both trees
     */
    @NonNull
    static SortedSet<String> paths(String path, @CheckForNull Object one, @CheckForNull Object other) {
        SortedSet<String> paths = new TreeSet<>();
        collect(path, one, other, paths);
        return paths;
    }

    private static void collect(String path, Object one, Object other, SortedSet<String> paths) {
        if (Objects.equals(one, other)) {
            return;
        }
        if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> otherMap) {
            map.forEach((key, value) -> collect(path + "." + key, value, otherMap.get(key), paths));
            otherMap.forEach((key, value) -> collect(path + "." + key, map.get(key), value, paths));
            return;
        }
        Map<Object, Object> named = byName(one);
        Map<Object, Object> otherNamed = byName(other);
        if (named.isEmpty() || otherNamed.isEmpty() || named.equals(otherNamed)) {
            paths.add(path);
            return;
        }
        named.forEach((name, item) -> collect(path + "[" + name + "]", item, otherNamed.get(name), paths));
        otherNamed.forEach((name, item) -> collect(path + "[" + name + "]", named.get(name), item, paths));
    }

    /** The items of a list all of which have a name, such as containers and environment variables; else none. */
    private static Map<Object, Object> byName(Object list) {
        Map<Object, Object> named = new LinkedHashMap<>();
        for (Object item : list instanceof List<?> items ? items : List.of()) {
            if (!(item instanceof Map<?, ?> map)
                    || map.get("name") == null
                    || named.put(map.get("name"), map) != null) {
                return Map.of();
            }
        }
        return named;
    }
}

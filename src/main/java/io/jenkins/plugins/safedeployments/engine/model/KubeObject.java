package io.jenkins.plugins.safedeployments.engine.model;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One Kubernetes object as the tree of maps, lists and scalars that its JSON is.
 *
 * <p>Everything that the engine reads, compares and writes goes through this class rather than through typed models, so
 * that custom resources and fields unknown to any model come through untouched. Instances are immutable: what changes an
 * object answers a copy.
 */
public final class KubeObject {

    private final Map<String, Object> tree;

    private KubeObject(Map<String, Object> tree) {
        this.tree = tree;
    }

    /** A view on a deep copy of {@code tree}; later changes of the argument do not show. */
    public static KubeObject of(@NonNull Map<String, ?> tree) {
        return new KubeObject(copyOf(tree));
    }

    /** The whole tree, as a copy that the caller may change. */
    @NonNull
    public Map<String, Object> toMap() {
        return copyOf(tree);
    }

    @NonNull
    public Kind kind() {
        return new Kind(string("apiVersion"), string("kind"));
    }

    @NonNull
    public String name() {
        return string("metadata", "name");
    }

    /** The namespace, or an empty string where none is set. */
    @NonNull
    public String namespace() {
        return string("metadata", "namespace");
    }

    @NonNull
    public String uid() {
        return string("metadata", "uid");
    }

    @NonNull
    public String resourceVersion() {
        return string("metadata", "resourceVersion");
    }

    /** {@code metadata.generation}, which the API server raises with each change of the spec; 0 if there is none. */
    public long generation() {
        return number(0, "metadata", "generation");
    }

    @CheckForNull
    public String annotation(String key) {
        return map("metadata", "annotations").get(key) instanceof String s ? s : null;
    }

    /** The value at a path of field names, or null. */
    @CheckForNull
    public Object get(String... path) {
        Object value = tree;
        for (String field : path) {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            value = map.get(field);
        }
        return value;
    }

    /** The text at a path, or an empty string. */
    @NonNull
    public String string(String... path) {
        Object value = get(path);
        return value == null ? "" : value.toString();
    }

    /** The whole number at a path, or {@code otherwise}. */
    public int integer(int otherwise, String... path) {
        return (int) number(otherwise, path);
    }

    private long number(long otherwise, String... path) {
        return get(path) instanceof Number n ? n.longValue() : otherwise;
    }

    /** The map at a path, or an empty one; not to be changed. */
    @NonNull
    @SuppressWarnings("unchecked")
    public Map<String, Object> map(String... path) {
        return get(path) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** The objects of the list at a path, or an empty list; entries that are no maps are left out. */
    @NonNull
    @SuppressWarnings("unchecked")
    public List<KubeObject> list(String... path) {
        List<KubeObject> items = new ArrayList<>();
        if (get(path) instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    items.add(new KubeObject((Map<String, Object>) map));
                }
            }
        }
        return items;
    }

    /** A copy with {@code value} at a path, whose missing maps are made; a null value removes the field. */
    @NonNull
    public KubeObject with(@CheckForNull Object value, String... path) {
        Map<String, Object> copy = copyOf(tree);
        Map<String, Object> parent = copy;
        for (int i = 0; i < path.length - 1; i++) {
            Object child = parent.get(path[i]);
            Map<String, Object> map = new LinkedHashMap<>();
            if (child instanceof Map<?, ?> existing) {
                existing.forEach((k, v) -> map.put(String.valueOf(k), v));
            }
            parent.put(path[i], map);
            parent = map;
        }
        String last = path[path.length - 1];
        if (value == null) {
            parent.remove(last);
        } else {
            parent.put(last, copyValue(value));
        }
        return new KubeObject(copy);
    }

    /** The controller that owns this object: the one of its {@code ownerReferences} marked so; its UID or an empty string. */
    @NonNull
    public String controllerUid() {
        for (KubeObject owner : list("metadata", "ownerReferences")) {
            if (Boolean.TRUE.equals(owner.get("controller"))) {
                return owner.string("uid");
            }
        }
        return "";
    }

    /** The entry of {@code status.conditions} of one type, or null. */
    @CheckForNull
    public KubeObject condition(String type) {
        for (KubeObject condition : list("status", "conditions")) {
            if (type.equals(condition.string("type"))) {
                return condition;
            }
        }
        return null;
    }

    /** Whether {@code selector} (label keys with their values) is not empty and all of it is among {@code labels}. */
    public static boolean selects(Map<String, ?> selector, Map<String, ?> labels) {
        return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
    }

    /** {@code Deployment addressbook-stable}, as people write it. */
    @Override
    public String toString() {
        return kind().kind() + " " + name();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KubeObject o && tree.equals(o.tree);
    }

    @Override
    public int hashCode() {
        return tree.hashCode();
    }

    private static Map<String, Object> copyOf(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), copyValue(value)));
        return copy;
    }

    private static Object copyValue(Object value) {
        if (value instanceof Map<?, ?> map) {
            return copyOf(map);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(copyValue(item)));
            return copy;
        }
        return value;
    }
}

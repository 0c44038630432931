package io.jenkins.plugins.safedeployments.config;

import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import groovy.lang.Closure;
import groovy.lang.GroovyObjectSupport;
import groovy.lang.GroovyShell;
import groovy.util.DelegatingScript;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.JobProperty;
import hudson.tasks.Builder;
import hudson.tasks.Publisher;
import hudson.triggers.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jenkins.model.Jenkins;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.ArrayType;
import org.jenkinsci.plugins.structs.describable.AtomicType;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.EnumType;
import org.jenkinsci.plugins.structs.describable.HeterogeneousObjectType;
import org.jenkinsci.plugins.structs.describable.HomogeneousObjectType;
import org.jenkinsci.plugins.structs.describable.ParameterType;

/**
 * Reads seed scripts by the rules by which the Job DSL plugin, which is not there in tests, makes what other plugins bring: a method
 * for each symbol, in its block a method for each parameter, and no conversion of values.
 */
final class JobDsl {

    private static final Map<String, Class<? extends Describable<?>>> KINDS = kinds();

    private JobDsl() {}

    private static Map<String, Class<? extends Describable<?>>> kinds() {
        Map<String, Class<?>> kinds = new LinkedHashMap<>();
        kinds.put("properties", JobProperty.class);
        kinds.put("triggers", Trigger.class);
        kinds.put("steps", Builder.class);
        kinds.put("publishers", Publisher.class);
        kinds.put("folder properties", AbstractFolderProperty.class);
        @SuppressWarnings({"unchecked", "rawtypes"}) // all of them are
        Map<String, Class<? extends Describable<?>>> describable = (Map) kinds;
        return describable;
    }

    /** A call in a script: a name, and what it was called with. */
    record Call(String name, List<Object> arguments) {

        /** What its block calls; empty if it has none. */
        List<Call> block() {
            return !arguments.isEmpty() && arguments.get(arguments.size() - 1) instanceof Closure<?> closure
                    ? calls(closure)
                    : List.of();
        }
    }

    private static final class Recorder extends GroovyObjectSupport {

        private final List<Call> calls = new ArrayList<>();

        @Override
        public Object invokeMethod(String name, Object arguments) {
            calls.add(new Call(name, Arrays.asList((Object[]) arguments)));
            return null;
        }
    }

    private static List<Call> calls(Closure<?> block) {
        Recorder recorder = new Recorder();
        block.setResolveStrategy(Closure.DELEGATE_FIRST);
        block.setDelegate(recorder);
        block.call();
        return recorder.calls;
    }

    /** What a script's jobs and folders get, by their names. */
    static Map<String, List<Object>> run(String script) throws Exception {
        CompilerConfiguration how = new CompilerConfiguration();
        how.setScriptBaseClass(DelegatingScript.class.getName());
        Recorder recorder = new Recorder();
        DelegatingScript parsed = (DelegatingScript) new GroovyShell(JobDsl.class.getClassLoader(), how).parse(script);
        parsed.setDelegate(recorder);
        parsed.run();
        Map<String, List<Object>> made = new LinkedHashMap<>();
        for (Call item : recorder.calls) {
            List<Object> all = new ArrayList<>();
            for (Call part : item.block()) {
                String kind = item.name().equals("folder") ? "folder " + part.name() : part.name();
                if (KINDS.containsKey(kind)) {
                    for (Call call : part.block()) {
                        all.add(make(model(KINDS.get(kind), call.name()), call.block()));
                    }
                }
            }
            made.put((String) item.arguments().get(0), all);
        }
        return made;
    }

    /** The one of a kind that has a symbol. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // descriptors are listed by raw types
    static DescribableModel<?> model(Class<? extends Describable<?>> kind, String symbol) {
        List<DescribableModel<?>> models = new ArrayList<>();
        for (Object descriptor : Jenkins.get().getDescriptorList((Class) kind)) {
            if (SymbolLookup.getSymbolValue(descriptor.getClass()).contains(symbol)) {
                models.add(DescribableModel.of(((Descriptor<?>) descriptor).clazz));
            }
        }
        return only(models, symbol, kind.getSimpleName());
    }

    private static DescribableModel<?> only(Collection<DescribableModel<?>> models, String name, String kind) {
        if (models.size() != 1) {
            throw new AssertionError("'" + name + "' means " + models + " among those of " + kind);
        }
        return models.iterator().next();
    }

    /** Lists that are not given are set all the same, to be empty. */
    static Object make(DescribableModel<?> model, List<Call> block) throws Exception {
        Map<String, Object> values = new HashMap<>();
        for (DescribableParameter parameter : model.getParameters()) {
            if (parameter.getType() instanceof ArrayType) {
                values.put(parameter.getName(), List.of());
            }
        }
        for (Call call : block) {
            DescribableParameter parameter = model.getParameter(call.name());
            if (parameter == null || call.arguments().size() != 1) {
                throw new AssertionError(model.getType() + " has no " + call + ", but " + model.getParameters());
            }
            values.put(call.name(), value(parameter, call));
        }
        return model.instantiate(values, null);
    }

    private static Object value(DescribableParameter parameter, Call call) throws Exception {
        ParameterType type = parameter.getType();
        Object value = call.arguments().get(0);
        boolean block = value instanceof Closure<?>;
        if (type instanceof ArrayType list && block) {
            List<Object> made = new ArrayList<>();
            for (Call element : call.block()) {
                made.add(make(element(list.getElementType(), element.name()), element.block()));
            }
            return made;
        }
        if (type instanceof HomogeneousObjectType one && block) {
            return make(one.getSchemaType(), call.block());
        }
        if (type instanceof ArrayType list && list.getElementType() instanceof AtomicType element) {
            for (Object each : (List<?>) value) {
                check(parameter, element, each);
            }
            return value;
        }
        if (type instanceof EnumType words) {
            if (!Arrays.asList(words.getValues()).contains(value)) {
                throw new AssertionError(parameter + " is not " + value);
            }
            return value;
        }
        if (type instanceof AtomicType atomic) {
            check(parameter, atomic, value);
            return value;
        }
        throw new AssertionError(parameter + " can't be " + value);
    }

    private static void check(DescribableParameter parameter, AtomicType type, Object value) {
        Class<?> wanted = type.getType();
        boolean fits = wanted == int.class
                ? value instanceof Integer
                : wanted == boolean.class ? value instanceof Boolean : wanted.isInstance(value);
        if (!fits) {
            throw new AssertionError(parameter + " can't be " + value);
        }
    }

    private static DescribableModel<?> element(ParameterType type, String name) {
        if (type instanceof HomogeneousObjectType one) {
            return only(named(List.of(one.getSchemaType()), name), name, type.toString());
        }
        return only(named(((HeterogeneousObjectType) type).getTypes().values(), name), name, type.toString());
    }

    private static List<DescribableModel<?>> named(Collection<DescribableModel<?>> models, String name) {
        List<DescribableModel<?>> named = new ArrayList<>();
        for (DescribableModel<?> model : models) {
            if (names(model.getType()).contains(name)) {
                named.add(model);
            }
        }
        return named;
    }

    /** Its symbol, or else its class with a small first letter. */
    private static List<String> names(Class<?> type) {
        @SuppressWarnings({"unchecked", "rawtypes"}) // it is one
        Descriptor<?> descriptor = Jenkins.get().getDescriptor((Class) type);
        List<String> names = new ArrayList<>();
        if (descriptor != null) {
            names.addAll(SymbolLookup.getSymbolValue(descriptor.getClass()));
        }
        String name = type.getSimpleName();
        names.add(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
        return names;
    }

    /** The kinds of what jobs and folders get. */
    static Collection<Class<? extends Describable<?>>> allKinds() {
        return KINDS.values();
    }
}

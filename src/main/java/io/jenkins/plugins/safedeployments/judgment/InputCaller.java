package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Set;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;

/**
 * What {@code input} is about to do when it asks its context for something. It says so to nobody, so that it is read from the
 * stack: the names of these methods are part of its public Java API, or that of its REST.
 */
enum InputCaller {
    /** Nothing that decides. */
    OTHER,
    /** It was told to go on by a program, or by a request without values. */
    PROCEED,
    /** It was told to go on by a form. */
    FORM,
    /** It was told to abort. */
    ABORT;

    private static final StackWalker STACK = StackWalker.getInstance();

    @NonNull
    static InputCaller find() {
        Set<String> methods = STACK.walk(frames -> frames.filter(
                        frame -> frame.getClassName().equals(InputStepExecution.class.getName()))
                .map(StackWalker.StackFrame::getMethodName)
                .collect(Collectors.toSet()));
        if (methods.contains("doAbort")) {
            return ABORT;
        }
        if (methods.contains("proceed")) {
            return methods.contains("doProceed") ? FORM : PROCEED;
        }
        return OTHER;
    }

    /** Whether a browser waits for a page, and not a program for an answer. */
    static boolean isSubmit() {
        return STACK.walk(frames ->
                frames.anyMatch(frame -> frame.getClassName().equals(InputStepExecution.class.getName())
                        && frame.getMethodName().equals("doSubmit")));
    }
}

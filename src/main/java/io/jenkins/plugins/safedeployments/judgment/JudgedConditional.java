package io.jenkins.plugins.safedeployments.judgment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.safedeployments.Messages;
import org.codehaus.groovy.ast.expr.Expression;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTWhenContent;
import org.jenkinsci.plugins.pipeline.modeldefinition.parser.ASTParserUtils;
import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditional;
import org.jenkinsci.plugins.pipeline.modeldefinition.when.DeclarativeStageConditionalDescriptor;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code when { judged id: 'qa', as: 'rollback' }} of Declarative Pipelines. */
public final class JudgedConditional extends DeclarativeStageConditional<JudgedConditional> {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final String as;

    @DataBoundConstructor
    public JudgedConditional(String id, String as) {
        this.id = Util.fixNull(Util.fixEmptyAndTrim(id));
        this.as = Util.fixNull(Util.fixEmptyAndTrim(as));
    }

    /** Of the judgment. */
    @NonNull
    public String getId() {
        return id;
    }

    /** Name of the outcome. */
    @NonNull
    public String getAs() {
        return as;
    }

    @Extension(optional = true)
    @Symbol("judged")
    public static final class DescriptorImpl extends DeclarativeStageConditionalDescriptor<JudgedConditional> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.JudgedConditional_DisplayName();
        }

        @Override
        public Expression transformToRuntimeAST(@CheckForNull ModelASTWhenContent original) {
            return ASTParserUtils.transformWhenContentToRuntimeAST(original);
        }
    }
}

package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.condition.Token.Kind;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of a condition:
 *
 * <pre>
 * condition  = term { "and" term } | term { "or" term }
 * term       = "not" term | "(" condition ")" | clause
 * clause     = subject ( "=" | "!=" | "=~" | "!~" ) text
 * subject    = word | "judgment" "(" text ")" | "parameter" "(" text ")"
 * </pre>
 *
 * Nobody can be sure which of {@code and} and {@code or} binds stronger, and languages differ; so what mixes them says it with
 * parentheses.
 */
final class ConditionParser {

    static final int MAX_LENGTH = 1000;
    static final int MAX_DEPTH = 20;

    /** Of all patterns together: with the length of a value it bounds how long a condition can take. */
    static final int MAX_PATTERN_SIZE = 200;

    private final String text;
    private final List<Token> tokens;
    private int at;
    private int patternSize;

    ConditionParser(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new UserException("The condition has " + text.length() + " characters: " + MAX_LENGTH
                    + " are the most; write fewer clauses, or one pattern instead of many.");
        }
        this.text = text;
        this.tokens = new Lexer(text).tokens();
    }

    @NonNull
    Expression parse() {
        if (peek().kind() == Kind.END) {
            throw new UserException("The condition is empty: write one such as result = 'failed', or leave it out.");
        }
        Expression expression = condition(0);
        if (peek().kind() == Kind.CLOSE) {
            throw Lexer.bad(peek().position(), "there is no '(' for this ')': remove it, or open it before.");
        }
        if (peek().kind() != Kind.END) {
            throw Lexer.bad(peek().position(), "expected 'and', 'or' or the end, but there is " + peek().shown() + ".");
        }
        return expression;
    }

    /** One word between all terms of a level. */
    private Expression condition(int depth) {
        List<Expression> terms = new ArrayList<>();
        List<Token> words = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        while (true) {
            int begin = peek().position();
            terms.add(term(depth));
            sources.add(text.substring(begin - 1, tokens.get(at - 1).end() - 1));
            if (!peek().is("and") && !peek().is("or")) {
                break;
            }
            words.add(next());
        }
        if (words.isEmpty()) {
            return terms.get(0);
        }
        boolean all = words.get(0).is("and");
        for (Token word : words) {
            if (word.is("and") != all) {
                throw Lexer.bad(
                        word.position(),
                        "'and' and 'or' are mixed. Say with parentheses what is meant: "
                                + reading(sources, words, "and") + ", or: " + reading(sources, words, "or"));
            }
        }
        return new Expression.Group(all, terms);
    }

    /** The terms as they are read if one of the words binds stronger than the other. */
    private static String reading(List<String> terms, List<Token> words, String stronger) {
        StringBuilder reading = new StringBuilder();
        int open = 0;
        for (int i = 0; i < terms.size(); i++) {
            boolean bindsBefore = i > 0 && words.get(i - 1).is(stronger);
            boolean bindsAfter = i < words.size() && words.get(i).is(stronger);
            if (bindsAfter && !bindsBefore) {
                reading.append('(');
                open++;
            }
            reading.append(terms.get(i));
            if (open > 0 && !bindsAfter) {
                reading.append(')');
                open--;
            }
            if (i < words.size()) {
                reading.append(' ').append(words.get(i).text()).append(' ');
            }
        }
        return reading.toString();
    }

    private Expression term(int depth) {
        if (depth >= MAX_DEPTH) {
            throw Lexer.bad(
                    peek().position(), "this is nested more than " + MAX_DEPTH + " deep: take out parentheses.");
        }
        if (peek().is("not")) {
            next();
            return new Expression.Not(term(depth + 1));
        }
        if (peek().kind() == Kind.OPEN) {
            Token open = next();
            Expression inner = condition(depth + 1);
            if (peek().kind() != Kind.CLOSE) {
                throw Lexer.bad(
                        peek().position(),
                        "expected 'and', 'or' or the ')' for the '(' at position " + open.position() + ", but there is "
                                + peek().shown() + ".");
            }
            next();
            return inner;
        }
        return clause();
    }

    private Expression clause() {
        Subject subject = subject();
        Token comparison = next();
        if (comparison.kind() != Kind.COMPARISON) {
            throw Lexer.bad(
                    comparison.position(),
                    "expected =, !=, =~ or !~ after " + subject + ", but there is " + comparison.shown() + ".");
        }
        Comparison how = comparison(comparison.text());
        Token value = next();
        if (value.kind() != Kind.TEXT) {
            throw Lexer.bad(
                    value.position(),
                    "expected a text in quotes after " + how.sign() + ", but there is " + value.shown() + "."
                            + (value.kind() == Kind.WORD ? " Write " + Quoted.text(value.text()) + "." : ""));
        }
        if (value.text().isEmpty()) {
            throw Lexer.bad(
                    value.position(),
                    "nothing equals or matches an empty text. To ask whether there is no " + subject + ", write "
                            + subject + " !~ '.'; whether there is one, " + subject + " =~ '.'.");
        }
        return new Expression.Clause(subject, how, value.text(), pattern(how, subject, value));
    }

    private Subject subject() {
        Token token = next();
        Word word = token.kind() == Kind.WORD ? Word.of(token.text()) : null;
        if (word == null) {
            boolean operator = token.is("and") || token.is("or");
            throw Lexer.bad(
                    token.position(),
                    token.kind() != Kind.WORD || operator
                            ? "expected one of " + Word.list() + ", 'not' or '(', but there is " + token.shown() + "."
                            : "'" + token.text() + "' is no known word: write one of " + Word.list() + ".");
        }
        if (!word.takesArgument()) {
            return new Subject(word, "");
        }
        Token open = next();
        Token argument = open.kind() == Kind.OPEN ? next() : open;
        if (argument.kind() != Kind.TEXT || argument.text().isEmpty() || peek().kind() != Kind.CLOSE) {
            throw Lexer.bad(
                    token.position(),
                    "'" + word.text() + "' needs a name in parentheses and quotes: write " + word.text() + "('"
                            + (word == Word.JUDGMENT ? "qa" : "TAG") + "').");
        }
        next();
        return new Subject(word, argument.text());
    }

    private static Comparison comparison(String sign) {
        for (Comparison comparison : Comparison.values()) {
            if (comparison.sign().equals(sign)) {
                return comparison;
            }
        }
        throw new IllegalStateException("no comparison: " + sign);
    }

    private LinearPattern pattern(Comparison how, Subject subject, Token value) {
        if (!how.isPattern()) {
            if (subject.word() == Word.RESULT && RunResult.of(value.text()) == null) {
                throw Lexer.bad(
                        value.position(), value.shown() + " is no result: write one of " + RunResult.list() + ".");
            }
            return null;
        }
        LinearPattern pattern;
        try {
            pattern = LinearPattern.of(value.text());
        } catch (UserException e) {
            throw Lexer.bad(value.position(), "the pattern " + value.shown() + " is no good: " + e.getMessage());
        }
        patternSize += pattern.size();
        if (patternSize > MAX_PATTERN_SIZE) {
            throw Lexer.bad(
                    value.position(),
                    "with the pattern " + value.shown()
                            + " the condition's patterns are too big: repeat less often, or write fewer of them.");
        }
        return pattern;
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }
}

package io.jenkins.plugins.safedeployments.engine.condition;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.safedeployments.engine.model.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parts a condition's text into {@link Token}s. */
final class Lexer {

    /** What other languages write, and what it is here. */
    private static final Map<String, String> INSTEAD =
            Map.of("==", "=", "&&", "and", "||", "or", "!", "not", "&", "and", "|", "or", "<>", "!=");

    private final String text;
    private int at;

    Lexer(String text) {
        this.text = text;
    }

    /** @throws UserException with the position and the remedy */
    @NonNull
    List<Token> tokens() {
        List<Token> tokens = new ArrayList<>();
        while (true) {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                tokens.add(new Token(Token.Kind.END, "", at + 1, at + 1));
                return tokens;
            }
            tokens.add(token());
        }
    }

    private Token token() {
        char first = text.charAt(at);
        if (first == '(' || first == ')') {
            return taken(first == '(' ? Token.Kind.OPEN : Token.Kind.CLOSE, 1);
        }
        if (first == '\'' || first == '"') {
            return quoted(first);
        }
        if (isWord(first)) {
            int length = 1;
            while (at + length < text.length() && isWord(text.charAt(at + length))) {
                length++;
            }
            return taken(Token.Kind.WORD, length);
        }
        String two = text.substring(at, Math.min(at + 2, text.length()));
        if (two.equals("!=") || two.equals("=~") || two.equals("!~")) {
            return taken(Token.Kind.COMPARISON, 2);
        }
        if (first == '=' && !two.equals("==")) {
            return taken(Token.Kind.COMPARISON, 1);
        }
        String sign = INSTEAD.containsKey(two) ? two : String.valueOf(first);
        String instead = INSTEAD.get(sign);
        throw bad(
                at + 1,
                "'" + sign + "' means nothing here: "
                        + (instead == null
                                ? "write words, comparisons (=, !=, =~, !~), texts in quotes, and parentheses."
                                : "write '" + instead + "'."));
    }

    private Token taken(Token.Kind kind, int length) {
        Token token = new Token(kind, text.substring(at, at + length), at + 1, at + length + 1);
        at += length;
        return token;
    }

    private Token quoted(char quote) {
        int begin = at++;
        StringBuilder content = new StringBuilder();
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next != quote) {
                content.append(next);
            } else if (at < text.length() && text.charAt(at) == quote) {
                content.append(quote);
                at++;
            } else {
                return new Token(Token.Kind.TEXT, content.toString(), begin + 1, at + 1);
            }
        }
        throw bad(begin + 1, "the text that begins here has no end: close it with " + quote + ".");
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    @NonNull
    static UserException bad(int position, String what) {
        return new UserException("The condition is no good at position " + position + ": " + what);
    }
}

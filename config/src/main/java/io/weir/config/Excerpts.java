package io.weir.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a text with a caret beneath one of their columns. Asked for in the text's order, as problems are, all of them together
 * walk through the text once, which may be one line of many megabytes.
 */
final class Excerpts {

    /** In characters; longer lines are cut on both sides. */
    private static final int WIDEST = 120;

    private static final String INDENT = "    ";
    private static final String CUT = "…";

    private static final Pattern SECRET = Pattern.compile("(\\btoken[\"']?\\s*:\\s*)(?![\"']?\\$\\{)(\"[^\"]*\"?|'[^']*'?|[^\\s,}\"'][^\\s,}]*)");

    private final String text;
    private int offset;
    private int line = 1;
    private int column = 1;

    Excerpts(String text) {
        this.text = text;
    }

    /** Two lines, without the last one's end; null if there is nothing at that place. */
    @Nullable String at(int wantedLine, int wantedColumn) {
        walkTo(wantedLine, wantedColumn);
        if (line != wantedLine || column != wantedColumn) {
            return null;
        }
        int from = back(offset, WIDEST / 2);
        int to = forward(offset, WIDEST - text.codePointCount(from, offset));
        from = back(offset, WIDEST - text.codePointCount(offset, to));
        String shown = text.substring(from, to);
        if (shown.isBlank()) {
            return null;
        }
        String before = isStart(from) ? "" : CUT;
        String after = isEnd(to) ? "" : CUT;
        int caret = before.length() + text.codePointCount(from, offset);
        // A tab becomes one space, so that what is beneath it stands beneath it.
        return INDENT + before + Quoted.clean(withoutSecrets(shown).replace('\t', ' ')) + after + '\n' + INDENT + " ".repeat(caret) + '^';
    }

    /** What stands where a secret does, as many asterisks; a reference to where it is kept stays. */
    private static String withoutSecrets(String shown) {
        return SECRET.matcher(shown).replaceAll(secret -> Matcher.quoteReplacement(secret.group(1) + "*".repeat(secret.group(2).codePointCount(0, secret.group(2).length()))));
    }

    private void walkTo(int wantedLine, int wantedColumn) {
        if (wantedLine < line || (wantedLine == line && wantedColumn < column)) {
            offset = 0;
            line = 1;
            column = 1;
        }
        while (offset < text.length() && (line < wantedLine || (line == wantedLine && column < wantedColumn && !isEnd(offset)))) {
            if (isEnd(offset)) {
                offset += text.startsWith("\r\n", offset) ? 2 : 1;
                line++;
                column = 1;
            } else {
                offset = text.offsetByCodePoints(offset, 1);
                column++;
            }
        }
    }

    private int back(int from, int most) {
        int at = from;
        for (int i = 0; i < most && !isStart(at); i++) {
            at = text.offsetByCodePoints(at, -1);
        }
        return at;
    }

    private int forward(int from, int most) {
        int at = from;
        for (int i = 0; i < most && !isEnd(at); i++) {
            at = text.offsetByCodePoints(at, 1);
        }
        return at;
    }

    private boolean isStart(int at) {
        return at == 0 || isBreak(text.charAt(at - 1));
    }

    private boolean isEnd(int at) {
        return at == text.length() || isBreak(text.charAt(at));
    }

    private static boolean isBreak(char c) {
        return c == '\n' || c == '\r';
    }
}

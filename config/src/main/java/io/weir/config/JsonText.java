package io.weir.config;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259) for people: what is short stands in one line, the rest is indented. */
public final class JsonText {

    /** In characters, without the indent. */
    private static final int LINE = 100;

    private JsonText() {}

    /**
     * The text of a value.
     *
     * @param value a map with strings as keys, a list, a string, a number, a boolean or null, and in turn
     */
    public static String of(@Nullable Object value) {
        var text = new StringBuilder();
        write(value, "", text);
        return text.toString();
    }

    private static void write(@Nullable Object value, String indent, StringBuilder text) {
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
            var line = new StringBuilder();
            writeAll(value, "", false, line);
            if (line.length() <= LINE) {
                text.append(line);
            } else {
                writeAll(value, indent + "  ", true, text);
            }
        } else if (value instanceof String string) {
            quote(string, text);
        } else {
            text.append(value);
        }
    }

    private static void writeAll(Object value, String indent, boolean lines, StringBuilder text) {
        boolean map = value instanceof Map<?, ?>;
        Iterator<?> each = value instanceof Map<?, ?> entries ? entries.entrySet().iterator() : ((List<?>) value).iterator();
        text.append(map ? '{' : '[');
        for (boolean first = true; each.hasNext(); first = false) {
            text.append(first ? "" : ",").append(lines ? "\n" + indent : first ? "" : " ");
            Object item = each.next();
            if (item instanceof Map.Entry<?, ?> entry) {
                quote(String.valueOf(entry.getKey()), text);
                text.append(": ");
                item = entry.getValue();
            }
            if (lines) {
                write(item, indent, text);
            } else {
                writeInLine(item, text);
            }
        }
        text.append(lines ? "\n" + indent.substring(2) : "").append(map ? '}' : ']');
    }

    private static void writeInLine(@Nullable Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
            writeAll(value, "", false, text);
        } else {
            write(value, "", text);
        }
    }

    private static void quote(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || c == 0x7f) {
                // Pairs of surrogates too: the escapes are right for both, and a lone one would be no UTF-8.
                text.append("\\u").append(Character.forDigit(c >> 12, 16)).append(Character.forDigit((c >> 8) & 15, 16))
                        .append(Character.forDigit((c >> 4) & 15, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}

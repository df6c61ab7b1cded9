package io.weir.admin;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A tree of settings as YAML that the config's reader takes: a line for each key, but what is short in one line. */
final class YamlForm {
    /** In characters, with the indent. */
    private static final int LINE = 120;

    /** What means itself without quotes, wherever it stands. */
    private static final Pattern PLAIN = Pattern.compile("(?!null$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", Pattern.CASE_INSENSITIVE);

    private YamlForm() {}

    static void write(Map<String, Object> tree, Appendable to) throws IOException {
        mapping(tree, "", to);
    }

    private static void mapping(Map<?, ?> mapping, String indent, Appendable to) throws IOException {
        for (Map.Entry<?, ?> entry : mapping.entrySet()) {
            to.append(indent).append(scalar(String.valueOf(entry.getKey()))).append(':');
            below(String.valueOf(entry.getKey()).length() + 1, entry.getValue(), indent + "  ", to);
        }
    }

    /** A value behind what begins its line: on the same line if it fits, else indented on lines of its own. */
    private static void below(int before, Object value, String indent, Appendable to) throws IOException {
        String line = depth(value) > 3 ? null : flow(value);
        if (line != null && indent.length() + before + line.length() <= LINE) {
            to.append(' ').append(line).append('\n');
        } else if (value instanceof Map<?, ?> mapping) {
            to.append('\n');
            mapping(mapping, indent, to);
        } else if (value instanceof List<?> items) {
            to.append('\n');
            for (Object item : items) {
                to.append(indent).append('-');
                below(1, item, indent + "  ", to);
            }
        } else {
            to.append(' ').append(flow(value)).append('\n');
        }
    }

    /** How many levels of maps and lists; 4 means more than 3, which is as far as anybody looks. */
    private static int depth(Object value) {
        return depth(value, 0);
    }

    private static int depth(Object value, int above) {
        if (above > 3 || !(value instanceof Map<?, ?> || value instanceof List<?>)) {
            return above;
        }
        int deepest = above + 1;
        Iterable<?> parts = value instanceof Map<?, ?> mapping ? mapping.values() : (List<?>) value;
        int looked = 0;
        for (Object part : parts) {
            if (++looked > LINE) {
                return 4; // too many for a line in any case
            }
            deepest = Math.max(deepest, depth(part, above + 1));
        }
        return deepest;
    }

    private static String flow(Object value) {
        return switch (value) {
            case Map<?, ?> mapping when mapping.isEmpty() -> "{}";
            case Map<?, ?> mapping ->
                mapping.entrySet().stream()
                        .map(entry -> scalar(String.valueOf(entry.getKey())) + ": " + flow(entry.getValue()))
                        .collect(Collectors.joining(", ", "{ ", " }"));
            case List<?> items -> items.stream().map(YamlForm::flow).collect(Collectors.joining(", ", "[", "]"));
            case Object single -> scalar(single.toString());
        };
    }

    private static String scalar(String text) {
        return PLAIN.matcher(text).matches() ? text : quoted(text);
    }

    /** In double quotes, escaped as JSON does it, which YAML reads the same. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}

package io.weir.config;

import java.util.List;
import java.util.stream.Collectors;

/** Words from a config inside messages: a message stays one line of a readable length, whatever the config holds. */
final class Quoted {

    /** In characters. */
    private static final int LONGEST = 80;

    private static final int MOST_NAMES = 8;

    private Quoted() {}

    /** In quotes. */
    static String of(String text) {
        return '"' + cut(text) + '"';
    }

    /** At most 80 characters, the end marked if there was more. */
    static String cut(String text) {
        return clean(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
    }

    /** The first few, for a choice that may be long. */
    static String some(List<String> names) {
        String first = names.stream().limit(MOST_NAMES).map(Quoted::cut).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMES ? first : first + ", …";
    }

    /** Without line breaks and other characters that a terminal would obey. */
    static String clean(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(isVisible(c) ? c : '?'));
        return clean.toString();
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}

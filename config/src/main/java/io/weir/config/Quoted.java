package io.weir.config;

/** Words from a config inside messages: a message stays one line of a readable length, whatever the config holds. */
final class Quoted {

    private static final int LONGEST = 80;

    private Quoted() {}

    /** In quotes. */
    static String of(String text) {
        return '"' + cut(text) + '"';
    }

    /** At most 80 characters, the end marked if there was more. */
    static String cut(String text) {
        return clean(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
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

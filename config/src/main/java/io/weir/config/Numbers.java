package io.weir.config;

/** Whole numbers as they are written in a config: decimal digits, nothing else. */
final class Numbers {

    /** As many digits as always fit an int. */
    private static final int MOST_DIGITS = 9;

    private Numbers() {}

    /** @throws IllegalArgumentException with a message for the person who wrote the text */
    static int parse(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        if (text.length() == from || from + leadingDigits(text.substring(from)) != text.length()) {
            throw new IllegalArgumentException("is not a whole number: " + Quoted.of(text));
        }
        if (text.length() - from > MOST_DIGITS) {
            throw new IllegalArgumentException("is too large a number: " + text);
        }
        return Integer.parseInt(text);
    }

    /** How many ASCII digits the text begins with. */
    static int leadingDigits(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }
}

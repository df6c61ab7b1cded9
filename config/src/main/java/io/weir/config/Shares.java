package io.weir.config;

/** Parts of a whole as they are written in a config: whole hundredths, {@code 70%}. As numbers, the whole is 1. */
final class Shares {

    private static final char UNIT = '%';
    private static final double WHOLE = 100;

    private Shares() {}

    /** @throws IllegalArgumentException with a message for the person who wrote the text */
    static double parse(String text) {
        int digits = Numbers.leadingDigits(text);
        if (digits == 0) {
            throw new IllegalArgumentException("is not a share: " + Quoted.of(text));
        }
        if (digits == text.length()) {
            throw new IllegalArgumentException("has no unit: " + text);
        }
        if (text.charAt(digits) != UNIT || text.length() > digits + 1) {
            throw new IllegalArgumentException("has an unknown unit: " + Quoted.of(text.substring(digits)));
        }
        return Numbers.parse(text.substring(0, digits)) / WHOLE;
    }

    /** To the nearest hundredth. */
    static String print(double share) {
        return "" + Math.round(share * WHOLE) + UNIT;
    }
}

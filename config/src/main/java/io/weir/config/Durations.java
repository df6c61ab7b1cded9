package io.weir.config;

import java.time.Duration;
import java.util.List;

/** Durations as they are written in a config: a whole number and one unit, {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
public final class Durations {

    private record Unit(String name, long millis) {}

    private static final List<Unit> LARGEST_FIRST =
            List.of(new Unit("h", 3_600_000), new Unit("m", 60_000), new Unit("s", 1_000), new Unit("ms", 1));

    /** Far above every setting's bounds; what matters is that it can be multiplied by any unit. */
    private static final int MOST_DIGITS = 9;

    private Durations() {}

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    public static Duration parse(String text) {
        int digits = Numbers.leadingDigits(text);
        String unit = text.substring(digits);
        if (digits == 0) {
            throw new IllegalArgumentException("is not a duration: " + Quoted.of(text));
        }
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("has no unit: " + text);
        }
        for (Unit known : LARGEST_FIRST) {
            if (known.name.equals(unit)) {
                if (digits > MOST_DIGITS) {
                    throw new IllegalArgumentException("is too long a duration: " + text);
                }
                return Duration.ofMillis(Long.parseLong(text.substring(0, digits)) * known.millis);
            }
        }
        throw new IllegalArgumentException("has an unknown unit: " + Quoted.of(unit));
    }

    /** The shortest text that {@link #parse} reads back as the same duration. */
    public static String print(Duration duration) {
        long millis = duration.toMillis();
        if (!duration.equals(Duration.ofMillis(millis))) {
            return duration.toString();
        }
        for (Unit unit : LARGEST_FIRST) {
            if (millis != 0 && millis % unit.millis == 0) {
                return millis / unit.millis + unit.name;
            }
        }
        return "0s";
    }
}

package io.weir.config;

import java.util.List;

/** Sizes as they are written in a config: bytes, or a whole number of {@code KiB}, {@code MiB}, {@code GiB}. */
final class Sizes {

    private record Unit(String name, long bytes) {}

    private static final List<Unit> LARGEST_FIRST =
            List.of(new Unit("GiB", 1L << 30), new Unit("MiB", 1L << 20), new Unit("KiB", 1L << 10));

    /** Far above every setting's bounds; what matters is that it can be multiplied by any unit. */
    private static final int MOST_DIGITS = 9;

    private Sizes() {}

    /**
     * In bytes.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    static long parse(String text) {
        int digits = Numbers.leadingDigits(text);
        String unit = text.substring(digits);
        if (digits == 0) {
            throw new IllegalArgumentException("is not a size: " + Quoted.of(text));
        }
        if (unit.isEmpty() && digits <= 18) {
            return Long.parseLong(text);
        }
        if (digits > MOST_DIGITS) {
            throw new IllegalArgumentException("is too large a size: " + text);
        }
        for (Unit known : LARGEST_FIRST) {
            if (known.name.equals(unit)) {
                return Long.parseLong(text.substring(0, digits)) * known.bytes;
            }
        }
        throw new IllegalArgumentException("has an unknown unit: " + Quoted.of(unit));
    }

    /** The shortest text that {@link #parse} reads back as the same number of bytes. */
    static String print(long bytes) {
        for (Unit unit : LARGEST_FIRST) {
            if (bytes != 0 && bytes % unit.bytes == 0) {
                return bytes / unit.bytes + unit.name;
            }
        }
        return Long.toString(bytes);
    }
}

package io.weir.config;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values that a setting may take, both ends included. The record that holds the setting and the reader that names the line
 * of a bad one use the same bounds.
 */
record Bounds<T extends Comparable<T>>(T least, T most, Function<T, String> print) {

    static Bounds<Integer> count(int least, int most) {
        return new Bounds<>(least, most, String::valueOf);
    }

    /** In bytes. */
    static Bounds<Long> size(long least, long most) {
        return new Bounds<>(least, most, Sizes::print);
    }

    /** Parts of a whole, 0 to 1. */
    static Bounds<Double> share(double least, double most) {
        return new Bounds<>(least, most, Shares::print);
    }

    static Bounds<Duration> time(Duration least, Duration most) {
        return new Bounds<>(least, most, Durations::print);
    }

    /** What is wrong with the value, or null. */
    @Nullable String complaint(T value) {
        return contains(value) ? null : "must be " + range() + ", is " + print.apply(value);
    }

    boolean contains(T value) {
        return least.compareTo(value) <= 0 && value.compareTo(most) <= 0;
    }

    /** For messages. */
    String range() {
        return "between " + print.apply(least) + " and " + print.apply(most);
    }

    /** @throws IllegalArgumentException if the value lies outside */
    void check(String name, T value) {
        String complaint = complaint(value);
        if (complaint != null) {
            throw new IllegalArgumentException(name + ": " + complaint);
        }
    }
}

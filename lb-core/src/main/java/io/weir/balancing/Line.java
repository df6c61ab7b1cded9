package io.weir.balancing;

/**
 * A value that changes evenly with time: {@code from} until {@code start}, {@code to} from {@code end} on, both in ns on the caller's
 * monotonic clock. What changes with time is published once, as a line, and evaluated by whoever reads it.
 */
public record Line(double from, double to, long start, long end) {
    /** Nothing, for ever. */
    public static final Line NONE = constant(0);

    /** Everything, for ever. */
    public static final Line ALL = constant(1);

    public Line {
        if (end - start < 0) {
            throw new IllegalArgumentException("a line ends " + (start - end) + " ns before it starts");
        }
    }

    public static Line constant(double value) {
        return new Line(value, value, 0, 0);
    }

    /** Whether it is 1 for ever. */
    boolean isAll() {
        return from == 1 && to == 1;
    }

    /** Its value at {@code now} ns. */
    public double at(long now) {
        if (now - end >= 0) {
            return to;
        }
        long gone = now - start;
        return gone <= 0 ? from : from + (to - from) * gone / (end - start);
    }
}

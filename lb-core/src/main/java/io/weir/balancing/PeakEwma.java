package io.weir.balancing;

/**
 * Costs the time that a target takes to answer, times what is under way at it: an estimate of how long the request would wait. (Finagle's
 * PeakEwma; {@link Latency} has the average.)
 *
 * <p>A target whose time is not known gets one request at once, and others only where all are worse, until it has answered.
 */
final class PeakEwma implements PowerOfTwoChoices.Cost {
    /** Averages within this factor count as equal, so that noise doesn't outweigh weights. */
    static final double MARGIN = 1.25;

    /** Stands for a time that is not known, in ns: longer than anything that is. */
    private static final double UNKNOWN = 1e15;

    @Override
    public double of(Target target, double weight) {
        double average = target.latencyAverage();
        int inFlight = target.inFlight();
        if (average == 0 && inFlight == 0) {
            return 0;
        }
        return (average == 0 ? UNKNOWN : average) * (1 + inFlight / weight);
    }
}

package io.weir.balancing;

/**
 * A target as it was at one moment, so that tools can ask what a decision would be without touching what serves traffic. Its load goes on
 * from there with {@link #begin} and {@link #finish}; everything else stays as it was.
 */
public final class RecordedTarget extends Target {
    private final boolean connectable;

    /**
     * @param inFlight exchanges under way
     * @param latencyAverage in ns; 0 if it is not known or not measured
     * @param connectable whether it doesn't rest
     */
    public RecordedTarget(String name, String zone, int weight, int inFlight, long latencyAverage, boolean connectable) {
        super(name, zone, weight, Latency.recorded(latencyAverage), inFlight);
        this.connectable = connectable;
    }

    /** The target as it is at {@code now} ns. */
    public static RecordedTarget of(Target target, long now) {
        return new RecordedTarget(
                target.name(), target.zone(), target.weight(), target.inFlight(), target.latencyAverage(), target.connectable(now));
    }

    @Override
    public boolean connectable(long now) {
        return connectable;
    }
}

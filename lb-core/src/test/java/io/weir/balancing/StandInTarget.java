package io.weir.balancing;

/** A target without a worker, which rests when it is told to. */
public final class StandInTarget extends Target {
    private boolean resting;

    public StandInTarget(String name, String zone, int weight) {
        super(name, zone, weight);
    }

    public static StandInTarget of(String name) {
        return new StandInTarget(name, "a", 1);
    }

    /** From now on, whether it rests after refusing connections. */
    public StandInTarget rest(boolean rests) {
        resting = rests;
        return this;
    }

    @Override
    public boolean connectable(long now) {
        return !resting;
    }
}

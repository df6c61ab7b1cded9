package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A target without a worker, which rests when it is told to. */
public final class StandInTarget extends Target {
    /** What it has been found to be: silent, or refusing. */
    public final List<String> found = new ArrayList<>();

    private boolean resting;
    private byte @Nullable [] handOver;

    public StandInTarget(String name, String zone, int weight) {
        super(name, zone, weight);
    }

    /** One whose answers are timed. */
    public StandInTarget(String name, String zone, int weight, @Nullable Latency latency) {
        super(name, zone, weight, latency);
    }

    /** One whose attempts are watched. */
    public StandInTarget(String name, Touched touched) {
        super(name, "a", 1, null, touched);
    }

    public static StandInTarget of(String name) {
        return new StandInTarget(name, "a", 1);
    }

    /** From now on, whether it rests after refusing connections. */
    public StandInTarget rest(boolean rests) {
        resting = rests;
        return this;
    }

    /** From now on it is a gateway, whose requests bear this line. */
    public StandInTarget handsOver(byte[] line) {
        handOver = line.clone();
        return this;
    }

    @Override
    public byte @Nullable [] handOver() {
        return handOver;
    }

    @Override
    public void foundSilent() {
        found.add("silent");
    }

    @Override
    public void foundRefusing() {
        found.add("refusing");
    }

    @Override
    public boolean connectable(long now) {
        return !resting;
    }
}

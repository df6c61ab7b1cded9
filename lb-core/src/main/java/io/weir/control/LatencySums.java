package io.weir.control;

import io.weir.balancing.Latency;
import java.util.List;

/** The averages that picks read, brought up to date with every tick. Touched by the control thread alone. */
public final class LatencySums {
    private final List<Latency> latencies;

    /** Of these; more are not taken in. */
    public LatencySums(List<Latency> latencies) {
        this.latencies = List.copyOf(latencies);
    }

    /** Whether nobody asks for averages, so that no tick is needed. */
    public boolean isEmpty() {
        return latencies.isEmpty();
    }

    /** Every {@link Latency#TICK}; {@code now} in ns. */
    public void tick(long now) {
        for (int i = 0; i < latencies.size(); i++) {
            latencies.get(i).sum(now);
        }
    }
}

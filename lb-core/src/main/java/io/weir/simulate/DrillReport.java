package io.weir.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a drill is going, or went.
 *
 * @param order what was asked for
 * @param outcome how it ended, or that it is under way
 * @param attempts of the apps concerned, while it was evacuated
 * @param failed those of them that failed by a worker's fault
 * @param moved how long it took until of a second's attempts, 100 at least, at most 1 % went to those evacuated; null: not yet, or too little
 *     traffic
 * @param shares of the apps concerned
 */
public record DrillReport(
        Drill.Order order,
        Instant begun,
        Duration length,
        Outcome outcome,
        long attempts,
        long failed,
        @Nullable Duration moved,
        List<Share> shares) {
    /** How it ended. */
    public enum Outcome {
        UNDER_WAY("under way"),
        COMPLETED("completed"),
        ABORTED("aborted: its condition held"),
        STOPPED("stopped by a person"),
        RESTORED("ended early: somebody restored what it had evacuated"),
        REPLACED("ended early: somebody evacuated the same anew, and that stands"),
        FAILED("failed by a fault of this process");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * What a tier took, 0 to 1.
     *
     * @param asked the region that requests name, or empty: the global domain
     * @param during when the evacuation ended; null: it hasn't
     * @param after when everything had settled; null: it hasn't
     */
    public record Share(String app, String asked, String tier, double before, @Nullable Double during, @Nullable Double after) {}

    public DrillReport {
        shares = List.copyOf(shares);
    }
}

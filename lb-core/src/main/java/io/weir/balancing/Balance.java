package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a tier picks: the policies by name. */
public enum Balance {
    /** In turn, see {@link RoundRobin}. */
    ROUND_ROBIN {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new RoundRobin(targets);
        }
    },
    /** The one with fewer exchanges under way of two, see {@link PowerOfTwoChoices}. */
    LEAST_REQUEST {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new PowerOfTwoChoices(targets, new LeastRequest(), 1, warmth);
        }
    },
    /** The one that answers sooner of two, see {@link PeakEwma}. Needs targets whose {@link Latency} is measured. */
    PEAK_EWMA {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new PowerOfTwoChoices(targets, new PeakEwma(), PeakEwma.MARGIN, warmth);
        }
    },
    /** By the request's key, see {@link ConsistentHash}. */
    HASH {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new ConsistentHash(targets);
        }
    };

    /** The policy for a tier of these targets; {@code warmth} is null if none of them warms up. */
    abstract Policy over(List<Target> targets, @Nullable Warmth warmth);

    /**
     * The policy for those of a tier's targets that don't warm up, when they get what one that does is not given. That can't go by turns: it
     * is always the same turns, and in many rotations they would meet the same target each time.
     */
    Policy insteadOfWarming(List<Target> settled) {
        return this == ROUND_ROBIN ? LEAST_REQUEST.over(settled, null) : over(settled, null);
    }
}

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

        @Override
        Policy insteadOfWarming(List<Target> settled) {
            // not by turns: those that are left are always the same, and in many rotations would meet the same target each time
            return LEAST_REQUEST.insteadOfWarming(settled);
        }
    },
    /** The one with fewer exchanges under way of two, see {@link PowerOfTwoChoices}. */
    LEAST_REQUEST {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new PowerOfTwoChoices(new Rotation(targets), new LeastRequest(), 1, warmth);
        }

        @Override
        Policy insteadOfWarming(List<Target> settled) {
            return new PowerOfTwoChoices(Rotation.ofSubstitutes(settled), new LeastRequest(), 1, null);
        }
    },
    /** The one that answers sooner of two, see {@link PeakEwma}. Needs targets whose {@link Latency} is measured. */
    PEAK_EWMA {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new PowerOfTwoChoices(new Rotation(targets), new PeakEwma(), PeakEwma.MARGIN, warmth);
        }

        @Override
        Policy insteadOfWarming(List<Target> settled) {
            return new PowerOfTwoChoices(Rotation.ofSubstitutes(settled), new PeakEwma(), PeakEwma.MARGIN, null);
        }
    },
    /** By the request's key, see {@link ConsistentHash}. */
    HASH {
        @Override
        Policy over(List<Target> targets, @Nullable Warmth warmth) {
            return new ConsistentHash(targets);
        }

        @Override
        Policy insteadOfWarming(List<Target> settled) {
            return new ConsistentHash(settled);
        }
    };

    /** The policy for a tier of these targets; {@code warmth} is null if none of them warms up. */
    abstract Policy over(List<Target> targets, @Nullable Warmth warmth);

    /** The policy for those of a tier's targets that don't warm up: it picks who gets what one that does is not given. */
    abstract Policy insteadOfWarming(List<Target> settled);
}

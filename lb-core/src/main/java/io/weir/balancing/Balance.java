package io.weir.balancing;

import java.util.List;

/** How a tier picks: the policies by name. */
public enum Balance {
    /** In turn, see {@link RoundRobin}. */
    ROUND_ROBIN {
        @Override
        Policy over(List<Target> targets) {
            return new RoundRobin(targets);
        }
    },
    /** The one with fewer exchanges under way of two, see {@link PowerOfTwoChoices}. */
    LEAST_REQUEST {
        @Override
        Policy over(List<Target> targets) {
            return new PowerOfTwoChoices(targets, new LeastRequest(), 1);
        }
    },
    /** The one that answers sooner of two, see {@link PeakEwma}. Needs targets whose {@link Latency} is measured. */
    PEAK_EWMA {
        @Override
        Policy over(List<Target> targets) {
            return new PowerOfTwoChoices(targets, new PeakEwma(), PeakEwma.MARGIN);
        }
    },
    /** By the request's key, see {@link ConsistentHash}. */
    HASH {
        @Override
        Policy over(List<Target> targets) {
            return new ConsistentHash(targets);
        }
    };

    /** The policy for a tier of these targets. */
    abstract Policy over(List<Target> targets);
}

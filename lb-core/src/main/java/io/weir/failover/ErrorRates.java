package io.weir.failover;

/** What requests have seen of tiers lately: how the planner learns that a tier that gets its traffic back serves it worse than another did. */
@FunctionalInterface
public interface ErrorRates {
    /** Nobody has seen anything. */
    ErrorRates UNKNOWN = _ -> Rate.NONE;

    /** Over the last 10 s, all its members together. Asked only while a tier's share comes back. */
    Rate of(TierSpec tier);

    /**
     * How many attempts failed.
     *
     * @param requests attempts that are over
     * @param failed those of them that failed by the worker's fault
     */
    record Rate(long requests, long failed) {
        public static final Rate NONE = new Rate(0, 0);

        /** Fewer say nothing. */
        static final long ENOUGH = 100;

        /** By how much one must be above another, so that two of a kind aren't told apart for ever: a percentage point. */
        static final double MARGIN = 0.01;

        /** Standard errors of a difference that chance seldom reaches. */
        private static final double BEYOND_CHANCE = 2;

        Rate plus(Rate other) {
            return new Rate(requests + other.requests, failed + other.failed);
        }

        double share() {
            return requests == 0 ? 0 : (double) failed / requests;
        }

        /** Whether it is higher by more than a margin and by more than chance explains, with enough requests in each. */
        boolean worseThan(Rate other) {
            if (requests < ENOUGH || other.requests < ENOUGH) {
                return false;
            }
            double pooled = plus(other).share();
            double error = Math.sqrt(pooled * (1 - pooled) * (1.0 / requests + 1.0 / other.requests));
            return share() - other.share() >= Math.max(MARGIN, BEYOND_CHANCE * error);
        }
    }
}

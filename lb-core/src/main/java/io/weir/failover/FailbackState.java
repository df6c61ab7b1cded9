package io.weir.failover;

/**
 * How far a tier's traffic is on its way back, and why no further. Times are ns on the planner's clock.
 *
 * @param limit the most that it is given of the app's traffic now, 0 to 1; its capacity may be less
 * @param since when the phase began; 0 while {@link Phase#SETTLED}
 * @param until when it ends if nothing happens; {@link #OPEN}: nobody can say
 * @param why it isn't further, for people; empty while it is settled
 */
public record FailbackState(Phase phase, double limit, long since, long until, String why) {
    public static final long OPEN = Long.MAX_VALUE;

    /** It gets all that it is to get. */
    public static final FailbackState SETTLED = new FailbackState(Phase.SETTLED, 1, 0, OPEN, "");

    /** {@link Failback} has the table of what follows what. */
    public enum Phase {
        /** It gets all that it is to get. */
        SETTLED,
        /** It gives away what it can't carry, less than half of what it is to get; or nobody of it is enabled. */
        SPILLING,
        /** It lost more than half of what it is to get. */
        LOST,
        /** It can carry more again, and must for one check interval. */
        STEADYING,
        /** It must stay well for the hold time. */
        HOLDING,
        /** It waits for a person. */
        WAITING,
        /** Its share comes back. */
        RAMPING,
        /** Its share stays as it is, because it answers worse than the tier that it takes over from. */
        PAUSED;

        /** Whether traffic could be given back to it by a word. */
        boolean heldBack() {
            return this == STEADYING || this == HOLDING || this == WAITING;
        }

        boolean comingBack() {
            return this == RAMPING || this == PAUSED;
        }
    }
}

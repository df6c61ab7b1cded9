package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/** Chooses the tier and picks the target. A pure function of its arguments: the same question gets the same answer, live or in a tool. */
public final class Decision {
    private static final Bar[] BARS = Bar.values();

    private Decision() {}

    /**
     * The target for the next attempt, or null if every one that may serve has been tried.
     *
     * <p>Targets tried before are out. From the second attempt on another zone than the last one's is preferred. Targets that rest after
     * refusing connections are skipped while another one is left, so never the last. A request that carries a target's mark goes back to it
     * while it is ready; else, and among those whom these rules leave, the tier's policy picks.
     *
     * @param now ns on the caller's monotonic clock
     * @param draw what the request brings with it
     */
    public static @Nullable Target decide(Plan plan, Attempts attempts, long now, Draw draw) {
        Tier tier = plan.choose();
        if (draw.comesBack()) {
            Target marked = tier.marked(draw);
            if (marked != null && Bar.READY.admits(marked, attempts, now)) {
                return marked;
            }
        }
        for (Bar bar : BARS) {
            Target target = tier.policy().pick(bar, attempts, now, draw);
            if (target != null) {
                return target;
            }
        }
        return null;
    }
}

package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/** Chooses the tier and picks the target. A pure function of its arguments: the same question gets the same answer, live or in a tool. */
public final class Decision {
    private Decision() {}

    /**
     * The target for the next attempt, or null if every one that may serve has been tried.
     *
     * <p>The tier is chosen by the plan's shares, with the same luck for all attempts of a request. Targets tried before are out. From the
     * second attempt on another zone than the last one's is preferred. Targets that rest after refusing connections are skipped while
     * another one is left, be it in another tier, so never the last. A request that carries a target's mark goes back to it while it is
     * ready and its tier takes traffic; else, and among those whom these rules leave, the tier's policy picks.
     *
     * @param now ns on the caller's monotonic clock
     * @param draw what the request brings with it
     */
    public static @Nullable Target decide(Plan plan, Attempts attempts, long now, Draw draw) {
        int chosen = plan.choose(draw.luck(Draw.TIER, 0), now);
        if (chosen < 0) {
            return null;
        }
        if (draw.comesBack()) {
            Target marked = marked(plan, attempts, now, draw);
            if (marked != null) {
                return marked;
            }
        }
        Tier tier = plan.tiers().get(chosen);
        Target target = tier.pick(Bar.ELSEWHERE, attempts, now, draw);
        if (target == null) {
            target = tier.pick(Bar.READY, attempts, now, draw);
        }
        if (target == null) {
            target = inOthers(plan, chosen, Bar.READY, attempts, now, draw);
        }
        if (target == null) {
            target = tier.pick(Bar.UNTRIED, attempts, now, draw);
        }
        return target != null ? target : inOthers(plan, chosen, Bar.UNTRIED, attempts, now, draw);
    }

    private static @Nullable Target marked(Plan plan, Attempts attempts, long now, Draw draw) {
        for (int i = 0; i < plan.tiers().size(); i++) {
            if (plan.shares().get(i).at(now) > 0) {
                Target marked = plan.tiers().get(i).marked(draw);
                if (marked != null) {
                    return Bar.READY.admits(marked, attempts, now) ? marked : null;
                }
            }
        }
        return null;
    }

    private static @Nullable Target inOthers(Plan plan, int chosen, Bar bar, Attempts attempts, long now, Draw draw) {
        for (int i = 0; i < plan.tiers().size(); i++) {
            if (i != chosen) {
                Target target = plan.tiers().get(i).pick(bar, attempts, now, draw);
                if (target != null) {
                    return target;
                }
            }
        }
        return null;
    }
}

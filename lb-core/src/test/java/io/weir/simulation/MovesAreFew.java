package io.weir.simulation;

import java.util.HashMap;
import java.util.Map;

/**
 * Traffic leaves an app's first tier at most 1 + T/hold times in T, whatever the tier does: from one time to the next there is a hold. Leaves
 * means that more than half of the traffic does. What operators do, what relieves other tiers, and times in which all together can't carry
 * the traffic begin another count.
 */
final class MovesAreFew implements Invariant {
    private static final double ROUNDING = 1e-6;
    private static final long NEVER = Long.MIN_VALUE;

    private final Rules rules;
    private final Map<Steered, Long> leftAt = new HashMap<>();

    MovesAreFew(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void planned(PlanChange change) {
        Reckoning known = change.reckoning();
        if (!change.steered().oneComesFirst()) {
            return;
        }
        double before = change.shareBefore(0);
        double share = change.share(0);
        boolean relieves = share > before + ROUNDING && ReturnsAreRamped.relieves(change, 0);
        if (!known.calm() || !change.past().calm() || !known.staffed()[0] || relieves) {
            leftAt.put(change.steered(), NEVER);
        } else if (before > 0.5 + ROUNDING && share < 0.5 - ROUNDING) {
            long last = leftAt.getOrDefault(change.steered(), NEVER);
            long hold = change.steered().app().failover().failback().hold().toNanos();
            if (last != NEVER && change.now() - last < hold) {
                rules.broken(this, "%s: traffic left its first tier twice within %d ms, the hold is %d ms"
                        .formatted(change.steered(), (change.now() - last) / 1_000_000, hold / 1_000_000));
            }
            leftAt.put(change.steered(), change.now());
        }
    }

    @Override
    public void reckoned(Steered steered) {
        if (!steered.reckoning().calm()) {
            leftAt.put(steered, NEVER);
        }
    }

    @Override
    public void failBack(String app) {
        leftAt.replaceAll((steered, at) -> steered.app().name().equals(app) ? NEVER : at);
    }

    @Override
    public void evacuationsChanged() {
        leftAt.replaceAll((_, _) -> NEVER);
    }
}

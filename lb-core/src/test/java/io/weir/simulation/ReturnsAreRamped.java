package io.weir.simulation;

import io.weir.balancing.Line;

/**
 * A tier's share rises no faster than the whole in {@code ramp}; it jumps up only to relieve a tier that can't carry any more what it was
 * given. While all tiers together can't carry the traffic, everybody is needed, and this doesn't hold.
 */
final class ReturnsAreRamped implements Invariant {
    private static final double ROUNDING = 1e-6;

    private final Rules rules;

    ReturnsAreRamped(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void planned(PlanChange change) {
        long ramp = change.steered().app().failover().failback().ramp().toNanos();
        if (ramp == 0 || !change.reckoning().calm() || !change.past().calm()) {
            return;
        }
        for (int i = 0; i < change.tiers(); i++) {
            Line line = change.plan().shares().get(i);
            double rise = line.to() - line.from();
            if (rise > (double) (line.end() - line.start()) / ramp + ROUNDING) {
                rules.broken(this, "%s: tier %d rises by %.3f within %d ms, the ramp is %d ms"
                        .formatted(change.steered(), i, rise, (line.end() - line.start()) / 1_000_000, ramp / 1_000_000));
            }
            double jump = change.share(i) - change.shareBefore(i);
            if (jump > ROUNDING && !relieves(change, i)) {
                rules.broken(this, "%s: tier %d jumps from %.3f to %.3f, and all others can carry what they had"
                        .formatted(change.steered(), i, change.shareBefore(i), change.share(i)));
            }
        }
    }

    /** Whether another tier can't carry what it had. */
    static boolean relieves(PlanChange change, int tier) {
        for (int j = 0; j < change.tiers(); j++) {
            if (j != tier && change.reckoning().capacity()[j] < change.shareBefore(j) - ROUNDING) {
                return true;
            }
        }
        return false;
    }
}

package io.weir.simulation;

import io.weir.balancing.Line;

/** At any time the shares of a plan's tiers sum to 1, or all are 0. Between two turns they are straight, so their ends are enough. */
final class SharesSumToOne implements Invariant {
    private static final double ROUNDING = 1e-6;

    private final Rules rules;

    SharesSumToOne(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void planned(PlanChange change) {
        look(change, change.now());
        look(change, Math.max(change.now(), Math.min(change.after().next(), change.now() + 1_000_000_000L)));
    }

    @Override
    public void picked(Pick pick) {
        double sum = sum(pick.plan().shares(), pick.now());
        if (sum != 0 && Math.abs(sum - 1) > ROUNDING) {
            rules.broken(this, "the shares of " + pick.steered() + " sum to " + sum);
        }
    }

    private void look(PlanChange change, long at) {
        double sum = sum(change.plan().shares(), at);
        if (sum != 0 && Math.abs(sum - 1) > ROUNDING) {
            rules.broken(this, "the shares of " + change.steered() + " sum to " + sum);
        }
    }

    private static double sum(Iterable<Line> shares, long at) {
        double sum = 0;
        for (Line share : shares) {
            double now = share.at(at);
            if (now < 0 || now > 1) {
                return Double.NaN;
            }
            sum += now;
        }
        return sum;
    }
}

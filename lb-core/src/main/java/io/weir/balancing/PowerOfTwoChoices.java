package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/**
 * Draws two targets, each as likely as its weight says, and takes the cheaper one; the first if they are about equal. With one look at two
 * counters the fullest target of n stays within about log₂ ln n of the mean (Mitzenmacher, The Power of Two Choices, 2001), and unlike with
 * the least loaded of all, event loops that decide at the same moment don't all choose the same one.
 *
 * <p>The draw is what gives a target its weight while nothing tells targets apart; so the cost is of load for each unit of weight, and
 * is not divided by the weight again. Otherwise the lighter of two idle targets would never be picked.
 */
final class PowerOfTwoChoices implements Policy {
    /** What a request would suffer at a target: smaller is better, in any unit. */
    @FunctionalInterface
    interface Cost {
        /** Of a target that counts with that weight: its own, or less while it warms up. */
        double of(Target target, double weight);
    }

    private final Rotation rotation;
    private final Cost cost;
    private final double margin;
    private final @Nullable Warmth warmth;

    /** The second target is taken if the first costs more than {@code margin} times as much. {@code warmth} is null if none warms up. */
    PowerOfTwoChoices(Rotation rotation, Cost cost, double margin, @Nullable Warmth warmth) {
        this.rotation = rotation;
        this.cost = cost;
        this.margin = margin;
        this.warmth = warmth;
    }

    @Override
    public @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        long bits = rotation.bits(draw, attempts);
        Target first = rotation.from(rotation.place((int) (bits >>> 32)), null, bar, attempts, now, draw);
        if (first == null) {
            return null;
        }
        Target second = rotation.from(rotation.place((int) bits), first, bar, attempts, now, draw);
        Target picked = second != null && cost(first, now) > margin * cost(second, now) ? second : first;
        if (trace != null) {
            tell(trace, first, second, picked, now);
        }
        return picked;
    }

    private void tell(DecisionTrace trace, Target first, @Nullable Target second, Target picked, long now) {
        String secondName = second == null ? null : second.name();
        double secondCost = second == null ? 0 : cost(second, now);
        trace.told(new TraceStep.TwoChoices(first.name(), cost(first, now), secondName, secondCost, margin, picked.name()));
    }

    private double cost(Target target, long now) {
        return cost.of(target, Warmth.weight(warmth, target, now));
    }

    @Override
    public Double cost(Target target, long now, Draw draw) {
        return cost(target, now);
    }
}

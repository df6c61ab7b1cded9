package io.weir.balancing;

import java.util.List;
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
        double of(Target target);
    }

    private final Rotation rotation;
    private final Cost cost;
    private final double margin;

    /** The second target is taken if the first costs more than {@code margin} times as much. */
    PowerOfTwoChoices(List<Target> targets, Cost cost, double margin) {
        this.rotation = new Rotation(targets);
        this.cost = cost;
        this.margin = margin;
    }

    @Override
    public @Nullable Target pick(Bar bar, Attempts attempts, long now, Draw draw) {
        long bits = draw.bits(attempts.count());
        Target first = rotation.from(place((int) (bits >>> 32)), null, bar, attempts, now);
        if (first == null) {
            return null;
        }
        Target second = rotation.from(place((int) bits), first, bar, attempts, now);
        return second != null && cost.of(first) > margin * cost.of(second) ? second : first;
    }

    /** A place of the rotation, by 32 random bits: as likely as any other, but for 1 in 2³² (Lemire, Fast Random Integer Generation, 2019). */
    private int place(int random) {
        return (int) ((Integer.toUnsignedLong(random) * rotation.length()) >>> 32);
    }
}

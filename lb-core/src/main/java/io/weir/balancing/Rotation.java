package io.weir.balancing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Targets in an order in which each stands as often as its weight says (weights reduced by their greatest common divisor), spread out
 * evenly. Over one whole rotation every target has its exact share, and so has a place that is drawn at random. Immutable.
 *
 * <p>A flip of one worker makes the rotation of its tier anew, so that takes time in proportion to its length alone.
 */
final class Rotation {
    /**
     * Longest rotation, or {@link #LONGEST_EACH} times its targets if that is more; larger sums of weights are scaled down, which changes a
     * share by at most (targets + 1)/longest of the whole.
     */
    private static final int LONGEST = 4096;

    private static final int LONGEST_EACH = 8;

    /**
     * Lots that are drawn for another place where one is not admitted. If a half of the places are, all miss once in 256 times, and only
     * then it is the next in order.
     */
    private static final int LOTS = 8;

    /** The golden ratio less one: its multiples modulo 1 are spread evenly, however many there are. */
    private static final double GOLDEN = 0.618033988749895;

    private final Target[] order;
    private final int series;

    Rotation(List<Target> targets) {
        this(targets, 0);
    }

    private Rotation(List<Target> targets, int series) {
        this.order = order(targets);
        this.series = series;
    }

    /** One that is asked after another one, with lots of its own: the same would always fall near the same targets. */
    static Rotation ofSubstitutes(List<Target> targets) {
        return new Rotation(targets, Attempts.MOST);
    }

    int length() {
        return order.length;
    }

    Target at(int i) {
        return order[i];
    }

    /** Random bits for places in it, for the next attempt. */
    long bits(Draw draw, Attempts attempts) {
        return draw.bits(series + attempts.count());
    }

    /** A place by 32 random bits: as likely as any other, but for 1 in 2³² (Lemire, Fast Random Integer Generation, 2019). */
    int place(int random) {
        return (int) ((Integer.toUnsignedLong(random) * order.length) >>> 32);
    }

    /**
     * The target at place {@code start}, if {@code bar} admits it and it is not {@code but}, in whose place its neighbour is asked; else one by
     * lot, for which the same holds; null if there is none. Not simply the next in order: what falls to a zone that rests would all go to the
     * first target behind it.
     */
    @Nullable Target from(int start, @Nullable Target but, Bar bar, Attempts attempts, long now, Draw draw) {
        if (order.length == 0) {
            return null;
        }
        Target target = order[start];
        if (target.equals(but)) {
            target = order[after(start)];
        }
        if (!target.equals(but) && bar.admits(target, attempts, now)) {
            return target;
        }
        return order.length == 1 ? null : byLot(but, bar, attempts, now, draw);
    }

    private @Nullable Target byLot(@Nullable Target but, Bar bar, Attempts attempts, long now, Draw draw) {
        int place = 0;
        for (int lot = 0; lot < LOTS; lot++) {
            place = place((int) draw.bits(Draw.LOT + lot, series + attempts.count()));
            Target target = order[place];
            if (!target.equals(but) && bar.admits(target, attempts, now)) {
                return target;
            }
        }
        for (int n = 0; n < order.length; n++, place = after(place)) {
            Target target = order[place];
            if (!target.equals(but) && bar.admits(target, attempts, now)) {
                return target;
            }
        }
        return null;
    }

    private int after(int place) {
        return place + 1 == order.length ? 0 : place + 1;
    }

    private static Target[] order(List<Target> all) {
        Target[] targets = all.stream().filter(target -> target.weight() > 0).toArray(Target[]::new);
        int divisor = 0;
        long sum = 0;
        for (Target target : targets) {
            divisor = gcd(target.weight(), divisor);
            sum += target.weight();
        }
        if (sum == (long) divisor * targets.length) {
            return targets; // all weigh the same
        }
        int[] turns = turns(targets, divisor, sum / divisor);
        return spread(targets, turns);
    }

    /** How often each stands in the rotation. */
    private static int[] turns(Target[] targets, int divisor, long reduced) {
        long longest = Math.max(LONGEST, (long) LONGEST_EACH * targets.length);
        double scale = reduced <= longest ? 1 : (double) longest / reduced;
        int[] turns = new int[targets.length];
        for (int i = 0; i < turns.length; i++) {
            turns[i] = (int) Math.max(1, Math.rint((double) targets[i].weight() / divisor * scale));
        }
        return turns;
    }

    /**
     * Stands a target with n turns at (k + phase)/n of the way round, k = 0 … n − 1, and sorts all by counting: as many buckets as there are
     * turns. Phases differ, or the light ones would all meet half-way. At any point of the rotation a target with n turns of N, one of t, has
     * had its share within 1 + n(t + 1)/N.
     */
    private static Target[] spread(Target[] targets, int[] turns) {
        int length = 0;
        for (int n : turns) {
            length += n;
        }
        int[] ends = new int[length + 1]; // of the bucket before
        for (int i = 0; i < turns.length; i++) {
            for (int k = 0; k < turns[i]; k++) {
                ends[bucket(i, k, turns[i], length) + 1]++;
            }
        }
        for (int i = 0; i < length; i++) {
            ends[i + 1] += ends[i];
        }
        Target[] order = new Target[length];
        for (int i = 0; i < turns.length; i++) {
            for (int k = 0; k < turns[i]; k++) {
                order[ends[bucket(i, k, turns[i], length)]++] = targets[i];
            }
        }
        return order;
    }

    private static int bucket(int target, int k, int turns, int length) {
        double phase = 0.5 + target * GOLDEN;
        return Math.min(length - 1, (int) ((k + phase - Math.floor(phase)) / turns * length));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}

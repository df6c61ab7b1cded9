package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Targets in an order in which each stands as often as its weight says (weights reduced by their greatest common divisor), spread out as
 * evenly as can be. Over one whole rotation every target has its exact share, and so has a place that is drawn at random. Immutable.
 */
final class Rotation {
    /** Longest rotation; larger sums of weights are scaled down, which changes a share by at most (targets + 1)/4096 of the whole. */
    private static final int LONGEST = 4096;

    private final Target[] order;

    Rotation(List<Target> targets) {
        order = order(targets);
    }

    int length() {
        return order.length;
    }

    Target at(int i) {
        return order[i];
    }

    /** The first from place {@code start} on, and round, that {@code bar} admits and that is not {@code but}; null if there is none. */
    @Nullable Target from(int start, @Nullable Target but, Bar bar, Attempts attempts, long now) {
        int length = order.length;
        for (int i = start, n = 0; n < length; n++, i = i + 1 == length ? 0 : i + 1) {
            Target target = order[i];
            if (!target.equals(but) && bar.admits(target, attempts, now)) {
                return target;
            }
        }
        return null;
    }

    private static Target[] order(List<Target> targets) {
        int[] weights = targets.stream().mapToInt(Target::weight).toArray();
        int divisor = 0;
        long sum = 0;
        for (int weight : weights) {
            divisor = gcd(divisor, weight);
            sum += weight;
        }
        if (sum == 0) {
            return new Target[0];
        }
        long reduced = sum / divisor;
        List<Target> order = new ArrayList<>();
        double[] shares = new double[weights.length];
        long length = 0;
        for (int i = 0; i < weights.length; i++) {
            double exact = (double) weights[i] / divisor;
            shares[i] = weights[i] == 0 ? 0 : Math.max(1, reduced <= LONGEST ? exact : Math.rint(exact * LONGEST / reduced));
            length += (long) shares[i];
        }
        // Smooth weighted round-robin (nginx, 2012): the one furthest behind its share is next.
        double[] credit = new double[weights.length];
        for (long n = 0; n < length; n++) {
            int best = 0;
            for (int i = 0; i < credit.length; i++) {
                credit[i] += shares[i];
                if (credit[i] > credit[best]) {
                    best = i;
                }
            }
            credit[best] -= length;
            order.add(targets.get(best));
        }
        return order.toArray(Target[]::new);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}

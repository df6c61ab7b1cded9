package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;

/**
 * Targets that are preferred alike. Immutable.
 *
 * <p>The rotation is the order in which round-robin serves them: each target stands in it as often as its weight says (weights reduced by
 * their greatest common divisor), spread out as evenly as can be. Over one whole rotation every target gets its exact share.
 */
public final class Tier {
    /** Longest rotation; larger sums of weights are scaled down, which changes a share by at most (targets + 1)/4096 of the whole. */
    private static final int LONGEST = 4096;

    private final String name;
    private final List<Target> targets;
    private final int[] rotation;

    /** A tier of that name (a region) with these targets. */
    public Tier(String name, List<? extends Target> targets) {
        this.name = name;
        this.targets = List.copyOf(targets);
        this.rotation = rotation(this.targets);
    }

    public String name() {
        return name;
    }

    public List<Target> targets() {
        return targets;
    }

    int rotationLength() {
        return rotation.length;
    }

    /** The target at place {@code i} of the rotation. */
    Target inRotation(int i) {
        return targets.get(rotation[i]);
    }

    private static int[] rotation(List<Target> targets) {
        int[] weights = targets.stream().mapToInt(Target::weight).toArray();
        int divisor = 0;
        long sum = 0;
        for (int weight : weights) {
            divisor = gcd(divisor, weight);
            sum += weight;
        }
        if (sum == 0) {
            return new int[0];
        }
        long reduced = sum / divisor;
        List<Integer> order = new ArrayList<>();
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
            order.add(best);
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}

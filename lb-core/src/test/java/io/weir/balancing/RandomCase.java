package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A plan of one to four tiers with all that may be in it, and a request to it, from a seed: loads, rests, weights of 0, empty tiers, panic,
 * warming, shares that move, marks and keys.
 */
final class RandomCase {
    static final long NOW = 1_000_000;

    private static final List<Balance> BALANCES = List.of(Balance.values());

    final List<StandInTarget> targets = new ArrayList<>();
    final Plan plan;
    final Draw draw;
    /** Whose mark the request carries; null if none. It may have left the plan's traffic. */
    final @Nullable Target marked;

    RandomCase(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Balance balance = BALANCES.get(random.nextInt(BALANCES.size()));
        List<Tier> tiers = new ArrayList<>();
        for (int i = 0, n = 1 + random.nextInt(4); i < n; i++) {
            tiers.add(tier(i, balance, random));
        }
        plan = new Plan(tiers, shares(tiers.size(), random));
        draw = new Draw().begin(random.nextInt(), random.nextLong());
        if (random.nextBoolean()) {
            draw.hashedBy(random.nextLong());
        }
        marked = targets.isEmpty() || random.nextInt(3) > 0 ? null : targets.get(random.nextInt(targets.size()));
        if (marked != null) {
            Affinity affinity = new Affinity("orders");
            draw.backTo(affinity, affinity.mark(marked));
        }
    }

    private Tier tier(int number, Balance balance, SplittableRandom random) {
        List<StandInTarget> own = new ArrayList<>();
        List<Warming> warming = new ArrayList<>();
        boolean restful = random.nextInt(4) == 0;
        for (int i = 0, n = random.nextInt(6); i < n; i++) {
            String zone = "z" + number + random.nextInt(2);
            StandInTarget target =
                    new StandInTarget("w" + number + i, zone, random.nextInt(4), Latency.recorded(random.nextLong(50_000_000)));
            IntStream.range(0, random.nextInt(5)).forEach(ignored -> target.begin());
            own.add(target.rest(restful || random.nextInt(4) == 0));
            if (random.nextInt(4) == 0) {
                warming.add(new Warming(target, new Line(0.1, 1, NOW - random.nextInt(1000), NOW + random.nextInt(1000))));
            }
        }
        targets.addAll(own);
        return new Tier("t" + number, own, balance, random.nextInt(5) == 0, warming);
    }

    private static List<Line> shares(int tiers, SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            return IntStream.range(0, tiers).mapToObj(i -> Line.NONE).toList();
        }
        double[] from = parts(tiers, random);
        double[] to = parts(tiers, random);
        return IntStream.range(0, tiers).mapToObj(i -> new Line(from[i], to[i], NOW - 500, NOW + 500)).toList();
    }

    /** Numbers that sum to 1, some of them 0. */
    private static double[] parts(int n, SplittableRandom random) {
        double[] parts = new double[n];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            parts[i] = random.nextInt(3) == 0 ? random.nextDouble() : 0;
            sum += parts[i];
        }
        if (sum == 0) {
            parts[random.nextInt(n)] = 1;
            return parts;
        }
        for (int i = 0; i < n; i++) {
            parts[i] /= sum;
        }
        return parts;
    }

    /** The first tier that has the target. */
    int tierOf(Target target) {
        for (int i = 0; i < plan.tiers().size(); i++) {
            if (plan.tiers().get(i).targets().contains(target)) {
                return i;
            }
        }
        throw new IllegalArgumentException(target + " is in no tier");
    }
}

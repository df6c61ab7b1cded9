package io.weir.failover;

import io.weir.health.AdminState;
import io.weir.health.Health;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How much an order's workers can take in all, E of {@link FailoverPlanner}, as they are and without those of one zone or region. It is what
 * a planner would find if all workers of a zone were unhealthy, from sums of weights by tier and zone: an app's every loss is judged with one
 * look at each worker. Immutable once it is made.
 */
public final class Strength {
    /** Workers of one tier in one zone, by weight. */
    private static final class Cell {
        private final int tier;
        private final String region;
        private final String zone;
        private long enabled;
        private long proven;
        private double available;

        Cell(int tier, String region, String zone) {
            this.tier = tier;
            this.region = region;
            this.zone = zone;
        }

        boolean isIn(@Nullable Scope scope) {
            return scope != null && scope.name().equals(scope.kind() == Scope.Kind.REGION ? region : zone);
        }
    }

    private final int tiers;
    private final List<Cell> cells = new ArrayList<>();
    private boolean staffed;
    private boolean evacuated;

    private Strength(int tiers) {
        this.tiers = tiers;
    }

    /** That of an order whose members are in these states. */
    public static Strength of(Order order, Function<Member, MemberState> states) {
        Strength strength = new Strength(order.tiers().size());
        strength.count(order, states, false);
        if (!strength.staffed && strength.evacuated) {
            strength = new Strength(order.tiers().size());
            strength.count(order, states, true); // the planner recalls them too
        }
        return strength;
    }

    private void count(Order order, Function<Member, MemberState> states, boolean recall) {
        for (int tier = 0; tier < tiers; tier++) {
            TierSpec spec = order.tiers().get(tier);
            Map<String, Cell> byZone = new LinkedHashMap<>();
            List<Member> members = spec.members();
            for (int i = 0; i < members.size(); i++) {
                int place = tier;
                Cell cell = byZone.computeIfAbsent(members.get(i).worker().zone(), zone -> new Cell(place, spec.region(), zone));
                count(cell, states.apply(members.get(i)), recall);
            }
            cells.addAll(byZone.values());
        }
    }

    private void count(Cell cell, MemberState state, boolean recall) {
        int weight = state.member().target().weight();
        boolean sentAway = state.admin() == AdminState.EVACUATED;
        evacuated |= sentAway && weight > 0;
        if (state.admin() == AdminState.ENABLED || (recall && sentAway)) {
            staffed |= weight > 0;
            cell.enabled += weight;
            cell.proven += state.health() == Health.UNPROVEN ? 0 : weight;
            cell.available += state.health().available() ? weight * state.share() : 0;
        }
    }

    /** What they can take of the traffic, summed over tiers: 1 and above is enough. */
    public double now() {
        return without(null);
    }

    /** The same if all workers of that zone or region were unhealthy. */
    public double without(@Nullable Scope lost) {
        long[] enabled = new long[tiers];
        long[] proven = new long[tiers];
        double[] available = new double[tiers];
        for (Cell cell : cells) {
            boolean gone = cell.isIn(lost);
            enabled[cell.tier] += cell.enabled;
            proven[cell.tier] += gone ? cell.enabled : cell.proven;
            available[cell.tier] += gone ? 0 : cell.available;
        }
        double unproven = Arrays.stream(available).anyMatch(weight -> weight > 0) ? 0 : 1;
        double sum = 0;
        for (int tier = 0; tier < tiers; tier++) {
            if (enabled[tier] > 0) {
                sum += Shares.capacity(proven[tier] == 0 ? unproven : available[tier] / proven[tier]);
            }
        }
        return sum;
    }

    /** Whether that is enough for all of the traffic. */
    public static boolean isEnough(double strength) {
        return strength >= 1 - Failback.EPSILON;
    }

    /** The zones and regions that somebody enabled is in, zones first: what it could lose. */
    public Set<Scope> parts() {
        Set<Scope> parts = new LinkedHashSet<>();
        cells.stream().filter(cell -> cell.enabled > 0).forEach(cell -> parts.add(new Scope(Scope.Kind.ZONE, cell.zone)));
        cells.stream().filter(cell -> cell.enabled > 0).forEach(cell -> parts.add(new Scope(Scope.Kind.REGION, cell.region)));
        return parts;
    }

    /**
     * The losses that would leave less than enough, after what is short already; none for an order without tiers, which serves nobody.
     *
     * @param asked what requests of this order name
     */
    public List<Exposure> exposures(String asked) {
        List<Exposure> exposures = new ArrayList<>();
        if (tiers == 0) {
            return exposures;
        }
        double now = now();
        if (!isEnough(now)) {
            exposures.add(new Exposure(asked, null, now));
        }
        for (Scope part : parts()) {
            double left = without(part);
            if (!isEnough(left)) {
                exposures.add(new Exposure(asked, part, left));
            }
        }
        return exposures;
    }
}

package io.weir.simulation;

import io.weir.failover.Order;
import io.weir.failover.TierSpec;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.util.Arrays;
import java.util.List;

/**
 * A plain reading of the design's words on tiers: what each can carry, from what is known of its workers.
 *
 * @param health by tier: the available part of the proven, by weight
 * @param capacity by tier: e
 * @param staffed by tier: whether a worker with weight may serve at all
 * @param recalled whether evacuated workers count, because nobody else is left
 * @param judged whether each enabled worker has its verdict
 */
@SuppressWarnings("ArrayRecordComponent") // made once and read by one rule
record Reckoning(double[] health, double[] capacity, boolean[] staffed, boolean recalled, boolean judged) {
    private static final double ROUNDING = 1e-9;

    static Reckoning of(Order order, Ledger ledger) {
        boolean recalled = !anybody(order, ledger, AdminState.ENABLED) && anybody(order, ledger, AdminState.EVACUATED);
        int tiers = order.tiers().size();
        double[] health = new double[tiers];
        boolean[] staffed = new boolean[tiers];
        boolean judged = true;
        boolean available = false;
        for (TierSpec tier : order.tiers()) {
            available |= enabled(tier, ledger, recalled).stream().anyMatch(each -> each.heard().available() && each.weight() > 0);
        }
        for (int i = 0; i < tiers; i++) {
            long weight = 0;
            long proven = 0;
            long well = 0;
            for (Ledger.Entry each : enabled(order.tiers().get(i), ledger, recalled)) {
                weight += each.weight();
                proven += each.heard() == Health.UNPROVEN ? 0 : each.weight();
                well += each.heard().available() ? each.weight() : 0;
                judged &= each.heard() != Health.UNPROVEN;
            }
            staffed[i] = weight > 0;
            health[i] = proven > 0 ? (double) well / proven : weight > 0 && !available ? 1 : 0;
        }
        return new Reckoning(health, Arrays.stream(health).map(h -> Math.min(1, 1.4 * h)).toArray(), staffed, recalled, judged);
    }

    private static boolean anybody(Order order, Ledger ledger, AdminState state) {
        return order.tiers().stream()
                .flatMap(tier -> tier.members().stream())
                .map(member -> ledger.of(member.worker()))
                .anyMatch(each -> each.weight() > 0 && ledger.admin(each.worker()) == state);
    }

    private static List<Ledger.Entry> enabled(TierSpec tier, Ledger ledger, boolean recalled) {
        return tier.members().stream()
                .map(member -> ledger.of(member.worker()))
                .filter(each -> ledger.admin(each.worker()) == AdminState.ENABLED
                        || (recalled && ledger.admin(each.worker()) == AdminState.EVACUATED))
                .toList();
    }

    double all() {
        return Arrays.stream(capacity).sum();
    }

    /** Whether all together can carry the traffic. */
    boolean enough() {
        return all() >= 1 - ROUNDING;
    }

    boolean anyStaffed() {
        for (boolean each : staffed) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    /** In its full health, with nobody missing. */
    boolean calm() {
        return enough() && judged && !recalled;
    }
}

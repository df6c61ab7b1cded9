package io.weir.failover;

import io.weir.failover.FailbackState.Phase;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A planner under a clock of the test's own, planning whenever something turns, as the control thread would. */
final class Voyage {
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Fleet fleet;
    private FailoverPlanner planner;
    private long now;
    private Outlook outlook;
    ErrorRates errors = ErrorRates.UNKNOWN;

    Voyage(Fleet fleet, Order order) {
        this.fleet = fleet;
        this.planner = fleet.planner(order);
        this.outlook = planner.plan(now, fleet::state, errors);
    }

    /** There is news: what it makes of the plan. */
    Voyage replan() {
        outlook = planner.plan(now, fleet::state, errors);
        return this;
    }

    /** Time passes, and plans are made when they are due. */
    Voyage pass(double seconds) {
        long until = now + Math.round(seconds * SECOND);
        while (outlook.next() <= until) {
            if (outlook.next() <= now) {
                throw new AssertionError("a turn at " + outlook.next() + ", which is past at " + now);
            }
            now = outlook.next();
            replan();
        }
        now = until;
        return this;
    }

    /** Another planner goes on where this one was. */
    void handOver() {
        FailbackMemo memo = planner.memo(now);
        planner = fleet.planner(planner.order());
        planner.restore(memo, now);
    }

    FailoverPlanner planner() {
        return planner;
    }

    Outlook outlook() {
        return outlook;
    }

    long now() {
        return now;
    }

    Map<String, Long> percents() {
        return Fleet.percents(outlook, now);
    }

    long percent(String tier) {
        return Math.round(100 * tier(tier).share().at(now));
    }

    TierOutlook tier(String name) {
        return outlook.tiers().stream().filter(tier -> tier.name().equals(name)).findFirst().orElseThrow();
    }

    FailbackState failback(String tier) {
        return tier(tier).failback();
    }

    Phase phase(String tier) {
        return failback(tier).phase();
    }
}

package io.weir.simulation;

import io.weir.config.AppSettings;
import io.weir.control.Steering;
import io.weir.failover.Order;
import io.weir.failover.Scope;

/** One of an app's plans, beside what must be true of it. */
final class Steered {
    private final AppSettings app;
    private final Order order;
    private final Steering steering;
    private Reckoning reckoning;

    Steered(AppSettings app, Order order, Steering steering, Ledger ledger) {
        this.app = app;
        this.order = order;
        this.steering = steering;
        this.reckoning = Reckoning.of(order, ledger);
    }

    AppSettings app() {
        return app;
    }

    Order order() {
        return order;
    }

    Steering steering() {
        return steering;
    }

    /** As of the last plan. */
    Reckoning reckoning() {
        return reckoning;
    }

    void reckon(Ledger ledger) {
        reckoning = Reckoning.of(order, ledger);
    }

    /** Whether people who decide something about these workers decide it about some of its own. */
    boolean has(Scope scope) {
        return order.tiers().stream().flatMap(tier -> tier.members().stream()).anyMatch(member -> scope.covers(member.worker()));
    }

    /** The place of the first tier that anybody could serve in. */
    int firstStaffed() {
        for (int i = 0; i < order.tiers().size(); i++) {
            if (order.tiers().get(i).members().stream().anyMatch(member -> member.target().weight() > 0)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether one tier alone comes first, and not several side by side. */
    boolean oneComesFirst() {
        return order.tiers().size() == 1 || (order.tiers().size() > 1 && order.tiers().get(0).group() == 0);
    }

    @Override
    public String toString() {
        return app.name() + (steering.asked().isEmpty() ? " (global)" : " in " + steering.asked());
    }
}

package io.weir.simulation;

import io.weir.balancing.Plan;
import io.weir.balancing.Tier;
import io.weir.exchange.Exchange;

/**
 * An attempt that is about to be made.
 *
 * @param fresh whether it is made once more, in place of a stale connection: nothing was decided
 * @param plan that was in force when it was decided
 * @param place of the target's tier in it
 */
record Pick(long now, Exchange exchange, Steered steered, Plan plan, int place, SimulatedTarget target, Ledger.Entry worker, boolean fresh) {
    Tier tier() {
        return plan.tiers().get(place);
    }
}

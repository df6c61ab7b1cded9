package io.weir.simulation;

import io.weir.balancing.Plan;
import io.weir.failover.Outlook;

/**
 * A plan took another's place.
 *
 * @param reckoning what must be known when it was made
 * @param past what was known when the one before was made
 * @param plan that requests get
 */
record PlanChange(Steered steered, long now, Outlook before, Outlook after, Plan plan, Reckoning reckoning, Reckoning past) {
    /** Of a tier, as it was a moment ago. */
    double shareBefore(int tier) {
        return before.plan().shares().get(tier).at(now);
    }

    double share(int tier) {
        return plan.shares().get(tier).at(now);
    }

    /** That it has, and should. */
    int tiers() {
        return Math.min(plan.tiers().size(), reckoning.capacity().length);
    }
}

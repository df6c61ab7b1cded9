package io.weir.failover;

import io.weir.balancing.Plan;
import java.util.List;

/**
 * A plan with why it is so.
 *
 * @param tiers in the plan's order
 * @param recalled whether evacuated workers serve, because nothing else is enabled
 * @param next when to plan again without news, in ns on the planner's clock; {@link #NEVER}: not before there are some
 */
public record Outlook(Plan plan, List<TierOutlook> tiers, boolean recalled, long next) {
    public static final long NEVER = Long.MAX_VALUE;

    public Outlook {
        tiers = List.copyOf(tiers);
    }
}

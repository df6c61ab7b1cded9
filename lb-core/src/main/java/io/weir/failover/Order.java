package io.weir.failover;

import java.util.List;

/**
 * The tiers of an app for one named region or for the global domain, the most preferred first. Immutable.
 *
 * @param tiers each with at least one member; none if nobody may serve
 * @param outside members that would belong to a tier if the app's residency admitted their region
 */
public record Order(List<TierSpec> tiers, List<Member> outside) {
    public Order {
        tiers = List.copyOf(tiers);
        outside = List.copyOf(outside);
    }

    /** Whether nobody may serve, and that because of the residency. */
    public boolean residencyStopped() {
        return tiers.isEmpty() && !outside.isEmpty();
    }
}

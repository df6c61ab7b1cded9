package io.weir.balancing;

import java.util.List;

/**
 * An app's tiers in order of preference, with what each takes of the traffic. Immutable and self-contained: a request reads one plan and
 * needs nothing else to decide.
 *
 * @param tiers the most preferred first; today the first that has a target with weight takes all
 */
public record Plan(List<Tier> tiers) {
    public Plan {
        tiers = List.copyOf(tiers);
    }

    /** The tier that serves a request. */
    Tier choose() {
        for (int i = 0; i < tiers.size(); i++) {
            Tier tier = tiers.get(i);
            if (tier.takesTraffic()) {
                return tier;
            }
        }
        return EMPTY;
    }

    private static final Tier EMPTY = new Tier("", List.of());
}

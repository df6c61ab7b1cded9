package io.weir.failover;

import io.weir.balancing.Plan;
import io.weir.balancing.Tier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An outlook in the making. */
final class Draft {
    private final long now;
    private long next;
    private final List<Tier> tiers = new ArrayList<>();
    private final List<TierOutlook> outlooks = new ArrayList<>();

    /** @param turn when shares turn, or {@link Outlook#NEVER} */
    Draft(long now, long turn) {
        this.now = now;
        this.next = turn;
    }

    long now() {
        return now;
    }

    /** Something turns at {@code at}, if that is still to come. */
    void turnsAt(long at) {
        if (at > now) {
            next = Math.min(next, at);
        }
    }

    void add(Tier tier, TierOutlook outlook) {
        tiers.add(tier);
        outlooks.add(outlook);
    }

    /** What is equal to what was before is what was before, so that nobody holds the same twice. */
    Outlook outlook(boolean recalled, @Nullable Outlook before) {
        if (before != null && before.recalled() == recalled && before.next() == next && before.plan().tiers().equals(tiers)
                && before.tiers().equals(outlooks)) {
            return before;
        }
        Plan plan = new Plan(tiers, outlooks.stream().map(TierOutlook::share).toList());
        return new Outlook(before != null && before.plan().equals(plan) ? before.plan() : plan, outlooks, recalled, next);
    }
}

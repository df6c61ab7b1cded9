package io.weir.failover;

import io.weir.balancing.Balance;
import io.weir.balancing.Line;
import io.weir.balancing.Plan;
import io.weir.balancing.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An outlook in the making. What says the same as a part of the outlook before is that part, so that a plan without news costs nobody
 * anything: not the memory of a second one, and not the making of a tier.
 */
final class Draft {
    /** How often plans are made anew because workers have warmed up, in ns: they come together, each at its own time. */
    private static final long SETTLING = 1_000_000_000L;

    /** Ends of lines that differ by less, in ns, differ by rounding. */
    private static final long ROUNDING = 1_000;

    private final long now;
    private final @Nullable Outlook before;
    private final @Nullable Duration slowStart;
    private final Balance balance;
    private final List<Tier> tiers = new ArrayList<>();
    private final List<TierOutlook> outlooks = new ArrayList<>();
    private long next = Outlook.NEVER;

    Draft(long now, @Nullable Outlook before, @Nullable Duration slowStart, Balance balance) {
        this.now = now;
        this.before = before;
        this.slowStart = slowStart;
        this.balance = balance;
    }

    /** Something turns at {@code at}, if that is still to come. */
    void turnsAt(long at) {
        if (at > now) {
            next = Math.min(next, at);
        }
    }

    /** The next tier, with those of the muster who serve. */
    void add(TierSpec spec, Muster muster, TierOutlook outlook) {
        tiers.add(tier(spec, muster.serving(outlook.panic()), outlook.panic()));
        outlooks.add(outlook);
    }

    /** The line that the share of the tier at that place was, if it says the same from now on. */
    Line asBefore(int place, Line line) {
        if (before == null) {
            return line;
        }
        Line was = before.tiers().get(place).share();
        boolean same = Math.abs(was.end() - line.end()) < ROUNDING
                && Math.abs(was.at(now) - line.at(now)) < Failback.EPSILON
                && Math.abs(was.to() - line.to()) < Failback.EPSILON;
        return same ? was : line;
    }

    Outlook outlook(boolean recalled) {
        Plan plan = new Plan(tiers, outlooks.stream().map(TierOutlook::share).toList());
        if (before != null && before.plan().equals(plan)) {
            Outlook same = new Outlook(before.plan(), outlooks, recalled, next);
            return before.equals(same) ? before : same;
        }
        return new Outlook(plan, outlooks, recalled, next);
    }

    private Tier tier(TierSpec spec, List<MemberState> serving, boolean panic) {
        SlowStart slow = SlowStart.of(serving, slowStart, panic, now);
        if (slow.nextWarm() != Outlook.NEVER) {
            turnsAt(slow.nextWarm() + SETTLING);
        }
        Tier was = before == null ? null : before.plan().tiers().get(tiers.size());
        if (was != null && was.panic() == panic && was.warming().equals(slow.warming()) && serves(was, serving)) {
            return was;
        }
        return new Tier(spec.name(), serving.stream().map(state -> state.member().target()).toList(), balance, panic, slow.warming());
    }

    private static boolean serves(Tier tier, List<MemberState> serving) {
        if (tier.targets().size() != serving.size()) {
            return false;
        }
        for (int i = 0; i < serving.size(); i++) {
            if (!tier.targets().get(i).equals(serving.get(i).member().target())) {
                return false;
            }
        }
        return true;
    }
}

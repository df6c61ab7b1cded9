package io.weir.simulation;

import io.weir.config.CheckSettings;
import io.weir.config.FailbackSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A first tier that can carry everything gets everything: within the ramp where people let it serve again, well as it was, or where it lost
 * less than half; within a check interval, the hold and the ramp where it had been lost. The hold counts as doubled with each fall that
 * might have been a relapse. With {@code failback: manual} a lost tier may wait for ever.
 *
 * <p>A ramp pauses while the tier answers worse than others. So this looks at apps alone of which no worker has been at fault for so long
 * that nothing is remembered of it.
 */
final class ReturnsAreTimely implements Invariant {
    private static final double ROUNDING = 1e-6;
    private static final long NEVER = Long.MIN_VALUE;
    /** Errors are remembered for 10 s; requests that met a fault end by 3 time-outs of 2 s each. */
    private static final long FORGOTTEN = TimeUnit.SECONDS.toNanos(10 + 3 * 2 + 1);

    /** What is known of one plan's first tier. */
    private static final class Tracked {
        /** It may have lost more than half, and didn't get everything since. */
        private boolean lost;
        /** Times that it may have been lost, of which all but the first may have been relapses. */
        private int falls;
        /** It fell, and could not carry more since. */
        private boolean down;
        /** What it could carry when it was last seen; 0 while people let nobody of it serve. */
        private double capacity;

        void fall() {
            falls += down ? 0 : 1;
            down = true;
        }
        /** Since when it can carry everything, in ns. */
        private long ableSince = NEVER;
    }

    private final Rules rules;
    private final SimulatedTime time;
    private final Ledger ledger;
    private final long slack;
    private final Map<Steered, Tracked> all = new HashMap<>();

    ReturnsAreTimely(Rules rules, SimulatedTime time, Ledger ledger, long lag) {
        this.rules = rules;
        this.time = time;
        this.ledger = ledger;
        this.slack = lag + TimeUnit.MILLISECONDS.toNanos(10);
    }

    @Override
    public void planned(PlanChange change) {
        if (!change.steered().oneComesFirst()) {
            return;
        }
        Tracked tier = follow(change.steered());
        boolean falls = change.share(0) < change.shareBefore(0) - ROUNDING;
        if (falls && change.share(0) < 0.5 && change.reckoning().staffed()[0]) {
            tier.lost = true;
            tier.fall();
        }
    }

    @Override
    public void reckoned(Steered steered) {
        if (steered.oneComesFirst()) {
            follow(steered);
        }
    }

    private Tracked follow(Steered steered) {
        Tracked tier = all.computeIfAbsent(steered, _ -> new Tracked());
        Reckoning known = steered.reckoning();
        double capacity = known.capacity()[0];
        if (capacity > tier.capacity + ROUNDING) {
            tier.down = false;
        }
        if (known.staffed()[0] && (capacity < tier.capacity - ROUNDING || capacity < 0.5)) {
            tier.fall();
        }
        tier.lost |= known.staffed()[0] && capacity < 0.5;
        tier.capacity = capacity;
        if (!known.calm() || !known.staffed()[0] || capacity < 1 - ROUNDING) {
            tier.ableSince = NEVER;
        } else if (tier.ableSince == NEVER) {
            tier.ableSince = time.nanoTime();
        }
        return tier;
    }

    @Override
    public void picked(Pick pick) {
        look(pick.steered());
    }

    @Override
    public void waited(Steered steered) {
        look(steered);
    }

    private void look(Steered steered) {
        Tracked tier = all.get(steered);
        if (tier == null || tier.ableSince == NEVER) {
            return;
        }
        long now = time.nanoTime();
        double share = steered.steering().outlook().plan().shares().getFirst().at(now);
        if (share >= 1 - ROUNDING) {
            tier.lost = false;
            return;
        }
        FailbackSettings failback = steered.app().failover().failback();
        long begin = Math.max(tier.ableSince, forgottenAt(steered));
        if (begin == SimulatedWorker.NEVER || (tier.lost && failback.manual())) {
            return;
        }
        long bound = (tier.lost ? wait(steered, tier.falls) : 0) + failback.ramp().toNanos();
        if (now - begin > bound + slack) {
            rules.broken(this, "%s: its first tier can carry everything for %d ms, gets %.3f, and %d ms are enough".formatted(
                    steered, (now - begin) / 1_000_000, share, (bound + slack) / 1_000_000));
        }
    }

    private static long wait(Steered steered, int falls) {
        CheckSettings check = steered.app().health().check();
        long hold = steered.app().failover().failback().hold().toNanos();
        long longest = Math.max(hold, FailbackSettings.LONGEST_HOLD.toNanos());
        long doubled = hold;
        for (int i = 1; i < falls && doubled < longest; i++) {
            doubled *= 2;
        }
        return (check == null ? CheckSettings.DEFAULT : check).interval().toNanos() + Math.min(doubled, longest);
    }

    /** When all that the app's workers did wrong is or was forgotten, in ns; {@link SimulatedWorker#NEVER} while something is wrong. */
    private long forgottenAt(Steered steered) {
        long at = SimulatedTime.BEGIN;
        for (Ledger.Entry each : ledger.all()) {
            if (each.app().equals(steered.app())) {
                long well = each.target().at().wellSince();
                if (well == SimulatedWorker.NEVER) {
                    return well;
                }
                at = Math.max(at, well == SimulatedTime.BEGIN ? well : well + FORGOTTEN);
            }
        }
        return at;
    }
}

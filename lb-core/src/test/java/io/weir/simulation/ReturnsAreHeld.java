package io.weir.simulation;

import io.weir.balancing.Line;
import io.weir.config.CheckSettings;
import io.weir.config.FailbackSettings;
import java.util.HashMap;
import java.util.Map;

/**
 * When the first tier's share has fallen below half, or nobody of it was well when people let it serve again, it doesn't rise before the
 * tier has been able to carry more for a check interval and the hold; with {@code failback: manual}, not before a person has said so. It may
 * rise sooner to relieve another tier, and while all together can't carry the traffic.
 */
final class ReturnsAreHeld implements Invariant {
    private static final double ROUNDING = 1e-6;
    private static final long NEVER = Long.MIN_VALUE;

    /** What is known of one plan's first tier. */
    private static final class Tracked {
        private boolean lost;
        private boolean called;
        /** People let nobody of it serve, when it was last seen. */
        private boolean empty;
        /** Since when it could carry more than it gets, in ns. */
        private long ableSince = NEVER;

        void forget() {
            lost = false;
            called = false;
            ableSince = NEVER;
        }
    }

    private final Rules rules;
    private final SimulatedTime time;
    private final Map<Steered, Tracked> all = new HashMap<>();

    ReturnsAreHeld(Rules rules, SimulatedTime time) {
        this.rules = rules;
        this.time = time;
    }

    @Override
    public void planned(PlanChange change) {
        if (!change.steered().oneComesFirst()) {
            return;
        }
        Tracked tier = all.computeIfAbsent(change.steered(), _ -> new Tracked());
        Reckoning known = change.reckoning();
        if (!known.calm() || !change.past().calm() || !known.staffed()[0]) {
            able(tier, change.share(0), known); // everybody is needed, or it isn't known who is there
            return;
        }
        double before = change.shareBefore(0);
        double share = change.share(0);
        if (share < before - ROUNDING && share < 0.5 - ROUNDING) {
            tier.forget();
            tier.empty = false;
            tier.lost = true;
        }
        Line line = change.plan().shares().getFirst();
        boolean rises = share > before + ROUNDING || line.to() > share + ROUNDING;
        if (tier.lost && rises) {
            if (!ReturnsAreRamped.relieves(change, 0)) {
                look(change, tier);
            }
            tier.lost = false;
        }
        able(tier, share, known);
    }

    @Override
    public void reckoned(Steered steered) {
        Tracked tier = all.get(steered);
        if (tier != null) {
            able(tier, steered.steering().outlook().plan().shares().getFirst().at(time.nanoTime()), steered.reckoning());
        }
    }

    private void able(Tracked tier, double share, Reckoning known) {
        if (!known.calm() || !known.staffed()[0]) {
            tier.forget();
            tier.empty = !known.staffed()[0];
            return;
        }
        tier.lost |= tier.empty && known.capacity()[0] == 0;
        tier.empty = false;
        if (known.capacity()[0] <= share + ROUNDING) {
            tier.ableSince = NEVER;
        } else if (tier.ableSince == NEVER) {
            tier.ableSince = time.nanoTime();
        }
    }

    private void look(PlanChange change, Tracked tier) {
        FailbackSettings failback = change.steered().app().failover().failback();
        if (tier.called) {
            return;
        }
        CheckSettings check = change.steered().app().health().check();
        long wait = (check == null ? CheckSettings.DEFAULT : check).interval().toNanos() + failback.hold().toNanos();
        if (failback.manual()) {
            rules.broken(this, change.steered() + ": its first tier comes back, and nobody has said so");
        } else if (tier.ableSince == NEVER || change.now() - tier.ableSince < wait - 1_000_000) {
            rules.broken(this, "%s: its first tier comes back after %d ms, interval and hold are %d ms".formatted(
                    change.steered(), tier.ableSince == NEVER ? 0 : (change.now() - tier.ableSince) / 1_000_000, wait / 1_000_000));
        }
    }

    @Override
    public void failBack(String app) {
        all.forEach((steered, tier) -> tier.called |= steered.app().name().equals(app));
    }

    @Override
    public void evacuationsChanged() {
        all.values().forEach(Tracked::forget);
    }
}

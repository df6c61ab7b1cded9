package io.weir.simulation;

import io.weir.health.Health;
import java.util.ArrayList;
import java.util.List;

/**
 * Outside panic nobody is picked who is unhealthy; and a tier in panic that is to have no share gets no request while a tier that is not in
 * panic has somebody who is ready. So nobody well and enabled is passed over for somebody who was taken out.
 *
 * <p>From the monitor's word to the plan there are a hop, the time in which the control thread gathers news, and no more.
 */
final class NobodyIllIsPicked implements Invariant {
    private final Rules rules;
    private final long lag;

    NobodyIllIsPicked(Rules rules, long lag) {
        this.rules = rules;
        this.lag = lag;
    }

    @Override
    public void picked(Pick pick) {
        Ledger.Entry worker = pick.worker();
        boolean ill = worker.announced() == Health.UNHEALTHY && pick.now() - worker.announcedAt() > lag;
        if (!ill || pick.fresh()) {
            return;
        }
        if (!pick.tier().panic()) {
            rules.broken(this, worker + " is unhealthy since " + (pick.now() - worker.announcedAt()) / 1_000_000 + " ms");
        } else if (pick.plan().shares().get(pick.place()).at(pick.now()) == 0) {
            List<String> passedOver = readyOutsidePanic(pick);
            if (!passedOver.isEmpty()) {
                rules.broken(this, worker + " is unhealthy, in a tier in panic that has no share, and " + passedOver + " are ready");
            }
        }
    }

    /** Whether anybody was tried before isn't known here, so this asks of first attempts alone. */
    private static List<String> readyOutsidePanic(Pick pick) {
        List<String> ready = new ArrayList<>();
        if (pick.exchange().attempts() == 1) {
            pick.plan().tiers().stream()
                    .filter(tier -> !tier.panic())
                    .flatMap(tier -> tier.targets().stream())
                    .filter(target -> target.weight() > 0 && target.connectable(pick.now()))
                    .forEach(target -> ready.add(target.name()));
        }
        return ready;
    }
}

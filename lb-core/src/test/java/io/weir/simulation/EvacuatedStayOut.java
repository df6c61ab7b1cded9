package io.weir.simulation;

import io.weir.failover.Evacuation;
import io.weir.health.AdminState;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Whom people have sent away is not picked, unless nobody else is enabled for the request; hard ones never. Evacuations end when they should. */
final class EvacuatedStayOut implements Invariant {
    private static final Duration LATE = Duration.ofMillis(50);

    private final Rules rules;
    private final Ledger ledger;
    private final long lag;

    EvacuatedStayOut(Rules rules, Ledger ledger, long lag) {
        this.rules = rules;
        this.ledger = ledger;
        this.lag = lag + TimeUnit.MILLISECONDS.toNanos(2);
    }

    @Override
    public void picked(Pick pick) {
        if (pick.fresh() || pick.now() - ledger.evacuationsSince() <= lag) {
            return;
        }
        for (Evacuation each : ledger.evacuations().all()) {
            if (each.until().plus(LATE).toEpochMilli() * 1_000_000 < pick.now()) {
                rules.broken(this, each + " should be over");
            }
        }
        AdminState admin = ledger.admin(pick.worker().worker());
        if (admin == AdminState.EVACUATED_HARD || (admin == AdminState.EVACUATED && anybodyElse(pick))) {
            rules.broken(this, pick.worker() + " is " + admin);
        }
    }

    private boolean anybodyElse(Pick pick) {
        return pick.steered().order().tiers().stream()
                .flatMap(tier -> tier.members().stream())
                .anyMatch(member -> member.target().weight() > 0 && ledger.admin(member.worker()) == AdminState.ENABLED);
    }
}

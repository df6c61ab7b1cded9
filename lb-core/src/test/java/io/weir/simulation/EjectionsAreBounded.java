package io.weir.simulation;

import io.weir.config.EjectionSettings;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.health.HealthTransition.Cause;
import io.weir.health.WorkerReport;
import java.util.List;

/** Answers take out no more of a pool than its settings allow, and never the last worker that is available. */
final class EjectionsAreBounded implements Invariant {
    private final Rules rules;
    private final Ledger ledger;

    EjectionsAreBounded(Rules rules, Ledger ledger) {
        this.rules = rules;
        this.ledger = ledger;
    }

    @Override
    public void announced(HealthTransition transition, Ledger.Entry worker) {
        boolean ejection = transition.cause() == Cause.FAILURES || transition.cause() == Cause.SUCCESS_RATE;
        if (!ejection || transition.to() != Health.UNHEALTHY) {
            return;
        }
        if (worker.app().health().ejection() == null) {
            rules.broken(this, worker + " is ejected, and ejection is off");
        } else if (ledger.pool(worker.worker()).stream().noneMatch(each -> each.announced().available())) {
            rules.broken(this, worker + " was the last of its pool");
        }
    }

    @Override
    public void described(List<WorkerReport> pool, Ledger.Entry one) {
        EjectionSettings limits = one.app().health().ejection();
        long ejected = pool.stream().filter(WorkerReport::ejected).count();
        long most = limits == null || limits.most() == 0 ? 0 : Math.max(1, (long) (limits.most() * pool.size()));
        if (ejected > most) {
            rules.broken(this, "%d of %d of %s in %s are ejected, %d may be"
                    .formatted(ejected, pool.size(), one.app().name(), one.worker().region(), most));
        }
    }
}

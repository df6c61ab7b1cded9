package io.weir.simulation;

import io.weir.config.EjectionSettings;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.health.HealthTransition.Cause;
import io.weir.health.WorkerReport;
import io.weir.topology.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Answers take out no more of a pool than its settings allow, nor of those of it that get requests, and never the last of these that is
 * available.
 */
final class EjectionsAreBounded implements Invariant {
    private final Rules rules;
    private final Ledger ledger;
    /** By the worker that was ejected last: who of its pool got requests then, itself among them. */
    private final Map<Worker, Set<Worker>> served = new HashMap<>();

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
            return;
        }
        List<Ledger.Entry> serving = serving(worker.worker());
        if (serving.stream().noneMatch(each -> each.announced().available())) {
            rules.broken(this, worker + " was the last of its pool that got requests");
        }
        if (serving.contains(worker)) {
            served.put(worker.worker(), serving.stream().map(Ledger.Entry::worker).collect(Collectors.toSet()));
        }
    }

    /** Those of the pool that get requests while they are well, or if there are none, those who may be called back. */
    private List<Ledger.Entry> serving(Worker worker) {
        List<Ledger.Entry> enabled = those(worker, AdminState.ENABLED);
        return enabled.isEmpty() ? those(worker, AdminState.EVACUATED) : enabled;
    }

    private List<Ledger.Entry> those(Worker worker, AdminState said) {
        return ledger.pool(worker).stream().filter(each -> each.weight() > 0 && ledger.admin(each.worker()) == said).toList();
    }

    @Override
    public void described(List<WorkerReport> pool, Ledger.Entry one) {
        holds(pool, one, "");
        Set<Worker> serving = served.remove(one.worker());
        if (serving != null) {
            holds(pool.stream().filter(each -> serving.contains(each.worker())).toList(), one, " that get requests");
        }
    }

    private void holds(List<WorkerReport> those, Ledger.Entry one, String which) {
        EjectionSettings limits = one.app().health().ejection();
        long ejected = those.stream().filter(WorkerReport::ejected).count();
        long most = limits == null || limits.most() == 0 ? 0 : Math.max(1, (long) (limits.most() * those.size()));
        if (ejected > most) {
            rules.broken(this, "%d of %d of %s in %s%s are ejected, %d may be"
                    .formatted(ejected, those.size(), one.app().name(), one.worker().region(), which, most));
        }
    }
}

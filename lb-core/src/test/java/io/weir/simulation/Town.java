package io.weir.simulation;

import io.weir.config.AppSettings;
import io.weir.config.PoolSettings;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
import io.weir.failover.Scope;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** All workers of a world, and what befalls them. */
final class Town {
    /** Who is told of workers. */
    interface Watcher {
        /** The control plane has found it silent. */
        void foundSilent(SimulatedWorker worker);

        /** The control plane has found it to refuse connections. */
        void foundRefusing(SimulatedWorker worker);

        /** Its connections break. */
        void died(SimulatedWorker worker);
    }

    private static final long NEAR = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long FAR = TimeUnit.MILLISECONDS.toNanos(80);

    private final SimulatedThread fate;
    private final Map<WorkerAddress, SimulatedWorker> byAddress = new LinkedHashMap<>();
    private final Map<WorkerAddress, List<Worker>> names = new LinkedHashMap<>();

    /**
     * @param fate what comes over workers with time comes on this thread
     */
    Town(Settings settings, SimulatedTime time, SimulatedThread fate, RandomGenerator random, Watcher watcher) {
        this.fate = fate;
        Map<String, Long> distances = new LinkedHashMap<>();
        settings.regions().keySet().forEach(region -> distances.put(
                region, region.equals(settings.here().region()) ? random.nextLong(NEAR, 5 * NEAR) : random.nextLong(5 * NEAR, FAR)));
        for (AppSettings app : settings.apps().values()) {
            for (PoolSettings pool : app.pools().values()) {
                for (WorkerSettings each : pool.workers()) {
                    Worker worker = new Worker(app.name(), pool.region(), each.zone(), each.address());
                    names.computeIfAbsent(each.address(), _ -> new ArrayList<>()).add(worker);
                    byAddress.computeIfAbsent(each.address(), address -> new SimulatedWorker(
                            address, time, Objects.requireNonNull(distances.get(pool.region())), watcher));
                }
            }
        }
    }

    SimulatedWorker at(WorkerAddress address) {
        return Objects.requireNonNull(byAddress.get(address));
    }

    void befall(Scope scope, Fault fault) {
        in(scope).forEach(worker -> {
            worker.befall(fault);
            if (fault.kind() == Fault.Kind.FLAPPING) {
                flap(worker, TimeUnit.MILLISECONDS.toNanos(fault.amount()));
            }
        });
    }

    private void flap(SimulatedWorker worker, long turn) {
        if (worker.flaps()) {
            worker.turn();
            fate.after(turn, () -> flap(worker, turn));
        }
    }

    void heal(Scope scope) {
        in(scope).forEach(SimulatedWorker::heal);
    }

    void healAll() {
        byAddress.values().forEach(SimulatedWorker::heal);
    }

    private List<SimulatedWorker> in(Scope scope) {
        return byAddress.entrySet().stream()
                .filter(each -> Objects.requireNonNull(names.get(each.getKey())).stream().anyMatch(scope::covers))
                .map(Map.Entry::getValue)
                .toList();
    }
}

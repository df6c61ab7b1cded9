package io.weir.config;

import io.weir.topology.WorkerAddress;
import java.util.HashSet;
import java.util.List;

/**
 * The workers of one app in one region.
 *
 * @param workers at least one, no address twice, and not all of weight 0
 */
public record PoolSettings(String region, List<WorkerSettings> workers) {

    public PoolSettings {
        workers = List.copyOf(workers);
        if (workers.isEmpty()) {
            throw new IllegalArgumentException("the pool of " + region + " has no workers");
        }
        var addresses = new HashSet<WorkerAddress>();
        for (WorkerSettings worker : workers) {
            if (!addresses.add(worker.address())) {
                throw new IllegalArgumentException("the pool of " + region + " has " + worker.address() + " twice");
            }
        }
        if (workers.stream().allMatch(worker -> worker.weight() == 0)) {
            throw new IllegalArgumentException("every worker of the pool of " + region + " has weight 0");
        }
    }
}

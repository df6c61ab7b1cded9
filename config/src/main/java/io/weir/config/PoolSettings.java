package io.weir.config;

import io.weir.topology.WorkerAddress;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one app in one region, or the load balancer there that has them.
 *
 * @param workers at least one, no address twice, and not all of weight 0; none if there is a gateway. Of a pool whose workers are found,
 *     those that have been: a config has none of them, and all may be of weight 0
 * @param gateway where requests are handed over; null: workers are reached directly
 * @param gatewayTls how connections to the gateway are secured; null: they aren't, or there is none
 * @param discovery where its workers are found; null: they are listed
 */
public record PoolSettings(
        String region,
        List<WorkerSettings> workers,
        @Nullable WorkerAddress gateway,
        @Nullable UpstreamTls gatewayTls,
        @Nullable DiscoverySettings discovery) {

    public PoolSettings {
        workers = List.copyOf(workers);
        if (gateway != null && !workers.isEmpty()) {
            throw new IllegalArgumentException("the pool of " + region + " has workers and a gateway");
        }
        if (gateway != null && discovery != null) {
            throw new IllegalArgumentException("the pool of " + region + " has a gateway and discovers workers");
        }
        boolean listed = gateway == null && discovery == null;
        if (listed && workers.isEmpty()) {
            throw new IllegalArgumentException("the pool of " + region + " has no workers");
        }
        if (workers.size() > 1) {
            var addresses = new HashSet<WorkerAddress>();
            for (WorkerSettings worker : workers) {
                if (!addresses.add(worker.address())) {
                    throw new IllegalArgumentException("the pool of " + region + " has " + worker.address() + " twice");
                }
            }
        }
        if (listed && workers.stream().allMatch(worker -> worker.weight() == 0)) {
            throw new IllegalArgumentException("every worker of the pool of " + region + " has weight 0");
        }
    }

    /** Workers that are reached directly. */
    public PoolSettings(String region, List<WorkerSettings> workers) {
        this(region, workers, null, null, null);
    }

    /** A region that is reached through its own load balancer. */
    public static PoolSettings behind(String region, WorkerAddress gateway) {
        return new PoolSettings(region, List.of(), gateway, null, null);
    }

    /** A pool whose workers are to be found; there is none as yet. */
    public static PoolSettings discovered(String region, DiscoverySettings discovery) {
        return new PoolSettings(region, List.of(), null, null, discovery);
    }

    /** The same with the workers that have been found, instead of those before. */
    public PoolSettings with(List<WorkerSettings> found) {
        return new PoolSettings(region, found, gateway, gatewayTls, discovery);
    }
}

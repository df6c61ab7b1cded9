package io.weir.config;

import io.weir.topology.DnsName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deployed application.
 *
 * @param name a lower-case DNS label, as it stands in the app's domains
 * @param pools by region, in the file's order; at least one
 * @param balance how a worker is picked
 * @param affinity how clients come back to their worker; null: they don't
 * @param host what its workers get as {@code Host}
 * @param health how it is found out whether its workers are well
 * @param failover where its traffic goes when workers are lost
 */
public record AppSettings(
        String name,
        Map<String, PoolSettings> pools,
        AppTimeouts timeouts,
        UpstreamSettings upstream,
        BalanceSettings balance,
        @Nullable AffinitySettings affinity,
        SentHost host,
        HealthSettings health,
        FailoverSettings failover) {

    static final SentHost DEFAULT_HOST = SentHost.CLIENT;

    public AppSettings {
        if (!DnsName.isLabel(name)) {
            throw new IllegalArgumentException("an app's name must be a lower-case DNS label, is \"" + name + '"');
        }
        pools = InOrder.copyOf(pools);
        if (pools.isEmpty()) {
            throw new IllegalArgumentException("app " + name + " has no pools");
        }
        pools.forEach(
                (region, pool) -> {
                    if (!region.equals(pool.region())) {
                        throw new IllegalArgumentException("the pool of " + pool.region() + " stands under " + region);
                    }
                });
    }

    /** Whether its pool in that region is reached through the load balancer there. */
    public boolean isBehindGateway(String region) {
        PoolSettings pool = pools.get(region);
        return pool != null && pool.gateway() != null;
    }

    /** The same with other pools. */
    public AppSettings with(Map<String, PoolSettings> others) {
        return new AppSettings(name, others, timeouts, upstream, balance, affinity, host, health, failover);
    }

    /** An app with every setting but its pools left out. */
    public static AppSettings defaults(String name, Map<String, PoolSettings> pools) {
        return new AppSettings(
                name,
                pools,
                AppTimeouts.DEFAULTS,
                UpstreamSettings.DEFAULTS,
                BalanceSettings.DEFAULT,
                null,
                DEFAULT_HOST,
                HealthSettings.DEFAULTS,
                FailoverSettings.DEFAULTS);
    }
}

package io.weir.config;

import io.weir.topology.Here;
import io.weir.topology.Region;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole config. One that came from {@link ConfigReader} is consistent: every region, zone and app that is named exists.
 *
 * @param domains apps answer at {@code <app>.<region>.<domain>} and {@code <app>.<domain>}; at least one
 * @param here where this process runs
 * @param regions by name, in the file's order; at least one
 * @param listeners at least one
 * @param apps by name, in the file's order; may be empty
 * @param mappings in the order in which they are tried
 * @param forwarding whose word about the client is believed, and what workers are told
 * @param gateways who may hand requests over
 * @param admin where the operator's API listens, or null
 */
public record Settings(
        List<String> domains,
        Here here,
        Map<String, Region> regions,
        List<ListenerSettings> listeners,
        Map<String, AppSettings> apps,
        List<MappingSettings> mappings,
        ForwardingSettings forwarding,
        GatewaySettings gateways,
        AccessLogSettings accessLog,
        MetricsSettings metrics,
        @Nullable AdminSettings admin,
        RuntimeSettings runtime,
        LimitSettings limits,
        ReloadSettings reload) {

    public Settings {
        domains = List.copyOf(domains);
        regions = InOrder.copyOf(regions);
        listeners = List.copyOf(listeners);
        apps = ByName.of(apps);
        mappings = List.copyOf(mappings);
        if (domains.isEmpty() || regions.isEmpty() || listeners.isEmpty()) {
            throw new IllegalArgumentException("at least one domain, one region and one listener are needed");
        }
    }

    /** The same, with some of its apps as they are there. */
    public Settings with(Map<String, AppSettings> some) {
        return some.isEmpty() ? this : withApps(byName().with(some));
    }

    /** {@link #apps} as what they are. */
    public ByName<AppSettings> byName() {
        return ByName.of(apps);
    }

    /** The same, but for what a process keeps from its start on; see {@link UntilRestart}. */
    Settings keeping(Settings now) {
        AdminSettings kept = now.admin;
        return new Settings(
                domains,
                here,
                regions,
                listeners,
                apps,
                mappings,
                forwarding,
                new GatewaySettings(gateways.trusted(), now.gateways.instance()),
                accessLog,
                now.metrics,
                kept == null || admin == null ? kept : new AdminSettings(kept.bind(), kept.socket(), admin.token()),
                new RuntimeSettings(now.runtime.eventLoops(), now.runtime.transport(), runtime.drain(), now.runtime.state()),
                limits,
                reload);
    }

    private Settings withApps(Map<String, AppSettings> others) {
        return new Settings(
                domains, here, regions, listeners, others, mappings, forwarding, gateways, accessLog, metrics, admin, runtime, limits, reload);
    }
}

package io.weir.config;

import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code apps}. */
final class AppReader {

    private final Places places;
    private final Map<String, AppSettings> before;

    /** @param before from an earlier reading of the same config: what is equal stays the same object */
    AppReader(Places places, Map<String, AppSettings> before) {
        this.places = places;
        this.before = before;
    }

    @Nullable Map<String, AppSettings> apps(Value value) {
        return value.apps(this::app, before);
    }

    @Nullable AppSettings app(Value name, Value value) {
        AppSettings known = value.known();
        if (known != null) {
            return known;
        }
        AppSettings read = newApp(name, value);
        AppSettings earlier = read == null ? null : before.get(read.name());
        return earlier != null && earlier.equals(read) ? earlier : read;
    }

    private @Nullable AppSettings newApp(Value name, Value value) {
        String label = Scalars.label(name);
        return value.fields(fields -> {
            Map<String, PoolSettings> pools = fields.required("pools", list -> list.nonEmptyNamed("pool", this::pool));
            AppTimeouts timeouts = fields.optional("timeouts", AppReader::timeouts, AppTimeouts.DEFAULTS);
            UpstreamSettings upstream = fields.optional("upstream", AppReader::upstream, UpstreamSettings.DEFAULTS);
            HealthSettings health = HealthReader.health(fields, upstream.tls()).with(upstream.proxyProtocol());
            BalanceSettings balance = fields.optional("balance", BalanceReader::balance, BalanceSettings.DEFAULT);
            AffinitySettings affinity = fields.optional("affinity", BalanceReader::affinity);
            SentHost host = fields.optional("host", Scalars.oneOf(SentHost.class), AppSettings.DEFAULT_HOST);
            FailoverSettings failover =
                    new FailoverReader(places, label == null ? "the app" : label, fields.names("pools"), pools, health).failover(fields);
            return label == null || pools == null
                    ? null
                    : new AppSettings(label, pools, timeouts, upstream, balance, affinity, host, health, failover);
        });
    }

    private @Nullable PoolSettings pool(Value name, Value value) {
        String region = places.defined(name);
        return value.fields(fields -> {
            var addresses = new FirstUse<WorkerAddress>();
            List<WorkerSettings> workers = fields.optional(
                    "workers", list -> list.nonEmptyList("worker", worker -> worker(region, addresses, worker)));
            PoolSettings gateway = fields.optional("gateway", place -> gateway(region, fields.value("workers") != null, place));
            DiscoverySettings discovery = fields.optional("discover", place -> discovery(region, fields, place));
            fields.needOneOf(
                    "list its workers, name the load balancer of that region, gateway: {address: \"10.0.0.1:8080\"}, or say where its workers are found",
                    "workers",
                    "gateway",
                    "discover");
            if (region == null) {
                return null;
            }
            if (discovery != null) {
                return PoolSettings.discovered(region, discovery);
            }
            if (workers == null) {
                return gateway;
            }
            if (workers.stream().allMatch(worker -> worker.weight() == 0)) {
                value.report("every worker has weight 0", "give at least one a weight of 1 to 256, or remove the pool");
                return null;
            }
            return new PoolSettings(region, workers);
        });
    }

    private @Nullable DiscoverySettings discovery(@Nullable String region, Fields pool, Value value) {
        DiscoverySettings discovery = new DiscoveryReader(places, region).discovery(value);
        if (pool.value("workers") != null) {
            value.report("stands beside workers: they are listed or found", "remove one of the two");
            return null;
        }
        if (pool.value("gateway") != null) {
            value.report("stands beside gateway: requests go to the one or to the workers that are found", "remove one of the two");
            return null;
        }
        return discovery;
    }

    private @Nullable PoolSettings gateway(@Nullable String region, boolean besideWorkers, Value value) {
        PoolSettings gateway = value.fields(fields -> {
            WorkerAddress address = fields.required("address", Scalars::workerAddress);
            UpstreamTls tls = fields.optional("tls", TlsReader::upstream);
            return address == null || region == null ? null : new PoolSettings(region, List.of(), address, tls, null);
        });
        if (besideWorkers) {
            value.report("stands beside workers: requests go to the one or to the others", "remove one of the two");
            return null;
        }
        if (region != null && places.isHere(region)) {
            value.report(region + " is where this process runs: it is the load balancer of that region itself", "list the workers");
            return null;
        }
        return gateway;
    }

    private @Nullable WorkerSettings worker(@Nullable String region, FirstUse<WorkerAddress> addresses, Value value) {
        return value.fields(fields -> {
            WorkerAddress address = fields.required("address", place -> {
                WorkerAddress read = Scalars.workerAddress(place);
                return read != null && addresses.check(read, place) ? read : null;
            });
            String zone = fields.required("zone", place -> places.zoneIn(region, place));
            int weight = fields.optional("weight", Scalars.number(WorkerSettings.WEIGHT), WorkerSettings.DEFAULT_WEIGHT);
            return address == null || zone == null ? null : new WorkerSettings(address, zone, weight);
        });
    }

    private static @Nullable AppTimeouts timeouts(Value value) {
        return value.fields(fields -> {
            Reading<Duration> timeout = Scalars.duration(Timeouts.BOUNDS);
            AppTimeouts defaults = AppTimeouts.DEFAULTS;
            return new AppTimeouts(
                    fields.optional("connect", timeout, defaults.connect()),
                    fields.optional("response", timeout, defaults.response()),
                    fields.optional("idle", timeout, defaults.idle()),
                    fields.optional("websocket", timeout, defaults.websocket()),
                    fields.optional("attempt", Scalars.orOff(timeout, null)),
                    fields.optional("total", Scalars.orOff(timeout, null)));
        });
    }

    private static @Nullable UpstreamSettings upstream(Value value) {
        return value.fields(fields -> {
            UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
            boolean http2 = "http2".equals(fields.optional("protocol", Scalars.word(List.of("http1", "http2")), "http1"));
            Value proxyProtocol = fields.value("proxy-protocol");
            if (http2 && proxyProtocol != null) {
                proxyProtocol.report("stands beside protocol: http2, whose connections carry the requests of many clients", "remove one of the two");
            }
            return new UpstreamSettings(
                    fields.optional("connections", Scalars.number(UpstreamSettings.CONNECTIONS), defaults.connections()),
                    fields.optional("queue", Scalars.number(UpstreamSettings.QUEUE), defaults.queue()),
                    fields.optional(
                            "idle-connections", Scalars.number(UpstreamSettings.IDLE_CONNECTIONS), defaults.idleConnections()),
                    fields.optional("idle", Scalars.duration(Timeouts.BOUNDS), defaults.idle()),
                    http2,
                    fields.optional("tls", TlsReader::upstream),
                    fields.optional("proxy-protocol", Scalars.oneOf(ProxyVersion.class)));
        });
    }
}

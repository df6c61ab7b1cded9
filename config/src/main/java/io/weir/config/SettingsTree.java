package io.weir.config;

import io.weir.topology.Cidr;
import io.weir.topology.Region;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings as a config that says them, with every default: the inverse of the readers. Maps with keys of the config, lists, strings and
 * whole numbers, in the order of {@code docs/config.md}; secrets are {@link Secret#REDACTED}.
 */
public final class SettingsTree {

    private static final String OFF = Scalars.OFF;

    private SettingsTree() {}

    /** The whole. Apps are written out as they are come to, so that a hundred thousand are never there at once. */
    public static Map<String, Object> of(Settings settings) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("domains", settings.domains());
        tree.put("here", mapping("region", settings.here().region(), "zone", settings.here().zone()));
        tree.put("regions", each(settings.regions(), SettingsTree::region));
        tree.put("listeners", settings.listeners().stream().map(SettingsTree::listener).toList());
        if (settings.admin() != null) {
            tree.put("admin", admin(settings.admin()));
        }
        tree.put("apps", each(settings.apps(), SettingsTree::app));
        tree.put("mappings", settings.mappings().stream().map(SettingsTree::mapping).toList());
        ForwardingSettings forwarding = settings.forwarding();
        tree.put("trusted-proxies", blocks(forwarding.trustedProxies()));
        tree.put("forwarded", word(forwarding.forwarded()));
        tree.put("via", onOrOff(forwarding.via()));
        tree.put("trusted-gateways", blocks(settings.gateways().trusted()));
        if (settings.gateways().instance() != null) {
            tree.put("instance", settings.gateways().instance());
        }
        tree.put("access-log", accessLog(settings.accessLog()));
        tree.put("metrics", settings.metrics().on() ? mapping("apps", settings.metrics().apps()) : OFF);
        tree.put("runtime", runtime(settings.runtime()));
        tree.put("limits", limits(settings.limits()));
        tree.put("reload", reload(settings.reload()));
        return tree;
    }

    private static Map<String, Object> region(Region region) {
        return mapping("jurisdiction", region.jurisdiction(), "zones", region.zones(), "domain", region.domain());
    }

    static Map<String, Object> listener(ListenerSettings listener) {
        ListenerTimeouts timeouts = listener.timeouts();
        return mapping(
                "bind", listener.bind().toString(),
                "plain-http", listener.tls() == null && listener.tcp() == null ? word(listener.plainHttp()) : null,
                "strict-region", onOrOff(listener.strictRegion()),
                "timeouts",
                        mapping("head", print(timeouts.head()), "body", print(timeouts.body()), "idle", print(timeouts.idle())),
                "http2", mapping("max-streams", listener.http2().maxStreams(), "max-age", orOff(listener.http2().maxAge())),
                "tls", listener.tls() == null ? null : tls(listener.tls()),
                "tcp", listener.tcp() == null ? null : listener.tcp().host() == null ? ListenerReader.BY_SERVER_NAME : literal(listener.tcp().host()),
                "proxy-protocol", listener.proxyProtocol() == null ? null : proxyProtocol(listener.proxyProtocol()),
                "allow", listener.allow().isEmpty() ? null : blocks(listener.allow()));
    }

    private static Map<String, Object> proxyProtocol(ProxyProtocolSettings settings) {
        return mapping("accept", word(settings.accept()), "from", blocks(settings.from()));
    }

    private static List<String> blocks(List<Cidr> blocks) {
        return blocks.stream().map(Cidr::toString).toList();
    }

    private static Map<String, Object> tls(TlsSettings tls) {
        HstsSettings hsts = tls.hsts();
        return mapping(
                "certificates", tls.certificates().stream().map(SettingsTree::certificate).toList(),
                "ciphers", word(tls.ciphers()),
                "client-auth", clientAuth(tls.clientAuth()),
                "hosts", tls.hosts().isEmpty() ? null : each(tls.hosts(), host -> mapping("client-auth", clientAuth(host))),
                "hsts", hsts == null ? OFF : mapping("max-age", print(hsts.maxAge()), "subdomains", onOrOff(hsts.subdomains())));
    }

    private static Map<String, Object> clientAuth(ClientAuthSettings auth) {
        return mapping(
                "mode", word(auth.mode()),
                "ca", auth.ca() == null ? null : literal(auth.ca().toString()),
                "crl", auth.crl() == null ? null : literal(auth.crl().toString()),
                "forward", auth.mode() == ClientAuthSettings.Mode.OFF ? null : onOrOff(auth.forward()));
    }

    private static Map<String, Object> certificate(CertificateSettings certificate) {
        return mapping(
                "cert", literal(certificate.cert().toString()),
                "key", literal(certificate.key().toString()),
                "ocsp", certificate.ocsp() == null ? null : literal(certificate.ocsp().toString()));
    }

    private static Map<String, Object> admin(AdminSettings admin) {
        return mapping(
                "bind", admin.bind() == null ? null : admin.bind().toString(),
                "socket", admin.socket() == null ? null : literal(admin.socket().toString()),
                "token", admin.token() == null ? null : admin.token().toString());
    }

    private static Map<String, Object> accessLog(AccessLogSettings log) {
        Map<String, Object> tree = mapping("format", word(log.format()), "path", literal(log.path()));
        if (!log.requestHeaders().isEmpty()) {
            tree.put("request-headers", log.requestHeaders());
        }
        if (!log.responseHeaders().isEmpty()) {
            tree.put("response-headers", log.responseHeaders());
        }
        return tree;
    }

    /** One app, as it stands under its name. */
    public static Map<String, Object> app(AppSettings app) {
        AppTimeouts timeouts = app.timeouts();
        UpstreamSettings upstream = app.upstream();
        HealthSettings health = app.health();
        FailoverSettings failover = app.failover();
        return mapping(
                "pools", each(app.pools(), SettingsTree::pool),
                "balance", balance(app.balance()),
                "affinity", app.affinity() == null ? null : mapping("cookie", app.affinity().cookie()),
                "host", word(app.host()),
                "timeouts",
                        mapping(
                                "connect", print(timeouts.connect()),
                                "response", print(timeouts.response()),
                                "idle", print(timeouts.idle()),
                                "websocket", print(timeouts.websocket()),
                                "attempt", orOff(timeouts.attempt()),
                                "total", orOff(timeouts.total())),
                "upstream",
                        mapping(
                                "connections", upstream.connections(),
                                "queue", upstream.queue(),
                                "idle-connections", upstream.idleConnections(),
                                "idle", print(upstream.idle()),
                                "protocol", upstream.http2() ? "http2" : "http1",
                                "tls", upstream.tls() == null ? null : tls(upstream.tls()),
                                "proxy-protocol", upstream.proxyProtocol() == null ? null : word(upstream.proxyProtocol())),
                "check", health.check() == null ? OFF : check(health.check(), upstream.tls() != null),
                "ejection", health.ejection() == null ? OFF : ejection(health.ejection()),
                "slow-start", orOff(health.slowStart()),
                "zones", failover.zones() == ZoneChoice.SPREAD ? "spread" : "prefer-local",
                "panic", Shares.print(failover.panic()),
                "failover", takeover(failover),
                "global", failover.global().isEmpty() ? "active-passive" : mapping("active-active", failover.global()),
                "objective", failover.rto() == null ? null : mapping("rto", print(failover.rto())));
    }

    private static Map<String, Object> tls(UpstreamTls tls) {
        CertificateSettings own = tls.own();
        return mapping(
                "verify", onOrOff(tls.verify()),
                "ca", tls.ca() == null ? null : literal(tls.ca().toString()),
                "server-name", tls.serverName(),
                "cert", own == null ? null : literal(own.cert().toString()),
                "key", own == null ? null : literal(own.key().toString()),
                "ciphers", word(tls.ciphers()));
    }

    private static Map<String, Object> check(CheckSettings check, boolean upstreamTls) {
        Map<String, Object> tree = kind(check.kind());
        tree.putAll(mapping(
                "port", check.port(),
                "over-tls", upstreamTls ? onOrOff(check.tls() != null) : null,
                "interval", print(check.interval()),
                "timeout", print(check.timeout()),
                "rise", check.rise(),
                "fall", check.fall()));
        return tree;
    }

    private static Map<String, Object> kind(CheckSettings.Kind kind) {
        return switch (kind) {
            case CheckSettings.Http(String path, String method, String host, var statuses, String body) ->
                    mapping(
                            "http",
                            mapping(
                                    "path", literal(path),
                                    "method", method,
                                    "host", host,
                                    "status", statuses.stream().map(CheckSettings.StatusRange::toString).toList(),
                                    "body", literal(body)));
            case CheckSettings.Tcp() -> mapping("tcp", Map.of());
            case CheckSettings.Tls(String serverName) -> mapping("tls", mapping("server-name", serverName));
            case CheckSettings.Pools() -> throw new IllegalArgumentException("no config asks a gateway for its pools");
            case CheckSettings.Grpc(String service) -> mapping("grpc", mapping("service", service.isEmpty() ? null : literal(service)));
        };
    }

    private static Map<String, Object> ejection(EjectionSettings ejection) {
        return mapping(
                "failures", ejection.failures(),
                "most", Shares.print(ejection.most()),
                "time", print(ejection.time()),
                "server-errors", onOrOff(ejection.serverErrors()));
    }

    private static Map<String, Object> takeover(FailoverSettings failover) {
        FailbackSettings failback = failover.failback();
        return mapping(
                "to", failover.to(),
                "residency", failover.residency() == null ? null : List.copyOf(new TreeSet<>(failover.residency())),
                "failback",
                        failback.manual()
                                ? "manual"
                                : mapping("hold", print(failback.hold()), "ramp", print(failback.ramp())));
    }

    /** Of a pool whose workers are found, where; who they are is no config. */
    static Map<String, Object> pool(PoolSettings pool) {
        if (pool.discovery() != null) {
            return mapping("discover", discovery(pool.discovery()));
        }
        return pool.gateway() == null
                ? mapping("workers", pool.workers().stream().map(SettingsTree::worker).toList())
                : mapping(
                        "gateway",
                        mapping("address", pool.gateway().toString(), "tls", pool.gatewayTls() == null ? null : tls(pool.gatewayTls())));
    }

    private static Map<String, Object> discovery(DiscoverySettings discovery) {
        DiscoverySettings.Dns dns = discovery.dns();
        return mapping(
                "dns",
                        mapping(
                                "name", dns.name(),
                                "port", dns.type() == DiscoverySettings.RecordType.SRV ? null : dns.port(),
                                "type", dns.type().name(),
                                "ttl", mapping("floor", print(dns.floor()), "ceiling", print(dns.ceiling()))),
                "zone", discovery.zone(),
                "zones", discovery.zones().isEmpty() ? null : blocksOf(discovery.zones()));
    }

    private static Map<String, Object> blocksOf(Map<String, List<Cidr>> zones) {
        var tree = new LinkedHashMap<String, Object>();
        zones.forEach((zone, blocks) -> tree.put(zone, blocks(blocks)));
        return tree;
    }

    private static Map<String, Object> worker(WorkerSettings worker) {
        return mapping("address", worker.address().toString(), "zone", worker.zone(), "weight", worker.weight());
    }

    private static Object balance(BalanceSettings balance) {
        return switch (balance) {
            case BalanceSettings.RoundRobin() -> "round-robin";
            case BalanceSettings.LeastRequest() -> "least-request";
            case BalanceSettings.PeakEwma() -> "peak-ewma";
            case BalanceSettings.Hash(HashKey on) -> mapping("hash", mapping("on", key(on)));
        };
    }

    private static Object key(HashKey key) {
        return switch (key) {
            case HashKey.ClientAddress() -> "client-address";
            case HashKey.Path() -> "path";
            case HashKey.Header(String name) -> mapping("header", name);
            case HashKey.Cookie(String name) -> mapping("cookie", name);
        };
    }

    private static Map<String, Object> mapping(MappingSettings mapping) {
        Map<String, Object> tree = mapping("host", literal(mapping.host()), "path", literal(mapping.path()));
        tree.putAll(switch (mapping.goal()) {
            case MappingSettings.ToApp(String name, String region, String rewrite, boolean mend) ->
                    mapping("app", literal(name), "region", region, "rewrite", literal(rewrite), "mend", rewrite == null ? null : onOrOff(mend));
            case MappingSettings.Redirect(String to, int status) -> mapping("redirect", mapping("to", literal(to), "status", status));
            case MappingSettings.Respond(int status) -> mapping("respond", status);
        });
        return tree;
    }

    private static Map<String, Object> runtime(RuntimeSettings runtime) {
        return mapping(
                "event-loops", runtime.eventLoops() == RuntimeSettings.AUTO_EVENT_LOOPS ? "auto" : (Object) runtime.eventLoops(),
                "transport", word(runtime.transport()),
                "drain", print(runtime.drain()),
                "state", runtime.state() == null ? null : literal(runtime.state().toString()));
    }

    private static Map<String, Object> limits(LimitSettings limits) {
        return mapping(
                "connections", limits.connections(),
                "request-line", print(limits.requestLine()),
                "head", print(limits.head()),
                "fields", limits.fields(),
                "response-head", print(limits.responseHead()),
                "body", limits.body() == LimitSettings.NO_BODY_LIMIT ? OFF : print(limits.body()));
    }

    private static Map<String, Object> reload(ReloadSettings reload) {
        return mapping(
                "on-change", onOrOff(reload.onChange()),
                "max-removed-workers", reload.maxRemovedWorkers() == ReloadSettings.ANY_WORKERS ? OFF : Shares.print(reload.maxRemovedWorkers()),
                "watch", orOff(reload.watch()),
                "roll-back-if", reload.rollBackIf() == null ? OFF : reload.rollBackIf().toString());
    }

    /** Of keys and values in turn; a null is left out. */
    private static Map<String, Object> mapping(@Nullable Object... keysAndValues) {
        var mapping = new LinkedHashMap<String, Object>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object value = keysAndValues[i + 1];
            if (value != null) {
                mapping.put(String.valueOf(keysAndValues[i]), value);
            }
        }
        return mapping;
    }

    /** The same names, each with what is made of its setting when it is asked for. */
    private static <T> Map<String, Object> each(Map<String, T> settings, Function<T, Map<String, Object>> tree) {
        return new AbstractMap<>() {
            @Override
            public Set<Entry<String, Object>> entrySet() {
                return new AbstractSet<>() {
                    @Override
                    public Iterator<Entry<String, Object>> iterator() {
                        return settings.entrySet().stream()
                                .<Entry<String, Object>>map(entry -> Map.entry(entry.getKey(), tree.apply(entry.getValue())))
                                .iterator();
                    }

                    @Override
                    public int size() {
                        return settings.size();
                    }
                };
            }
        };
    }

    /** What begins a reference is written so that it stands for itself. */
    private static @Nullable String literal(@Nullable String text) {
        return text == null ? null : text.replace(Expansion.OPEN, "$" + Expansion.OPEN);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String onOrOff(boolean on) {
        return on ? "on" : OFF;
    }

    private static String orOff(@Nullable Duration duration) {
        return duration == null ? OFF : print(duration);
    }

    private static String print(Duration duration) {
        return Durations.print(duration);
    }

    private static String print(long bytes) {
        return Sizes.print(bytes);
    }
}

package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.BindAddress;
import io.weir.topology.Cidr;
import io.weir.topology.Here;
import io.weir.topology.Region;
import io.weir.topology.WorkerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key, with another value than its default, reaches its setting. */
class SettingsKeysTest {

    static final String EVERY_KEY = """
            domains: [cloudhub.example, Apps.Example]
            here: {region: us-e1, zone: us-e1a}
            regions:
              us-e1: {jurisdiction: US, zones: [us-e1a]}
              ca-c1: {jurisdiction: CA, zones: [ca-c1a, ca-c1b], domain: ca.example}
            listeners:
              - {bind: "127.0.0.1:8080", plain-http: redirect, timeouts: {head: 1s, body: 2s, idle: 3s}, strict-region: on, allow: [10.0.0.0/8, "::1"]}
              - {bind: "[::1]:8081"}
              - bind: "127.0.0.1:8443"
                proxy-protocol: {accept: optional, from: [10.0.0.7, "2001:db8::/32"]}
                http2: {max-streams: 1000, max-age: 1h}
                tls:
                  certificates: [{cert: /tls/a.pem, key: /tls/a.key, ocsp: /tls/a.ocsp}, {cert: /tls/both.pem, key: /tls/both.pem}]
                  ciphers: modern
                  client-auth: {mode: optional, ca: /tls/ca.pem, crl: /tls/crl.pem, forward: on}
                  hosts: {Admin.example: {client-auth: {mode: required, ca: /tls/ca.pem}}, "*.free.example": {client-auth: {mode: off}}}
                  hsts: {max-age: 24h, subdomains: on}
              - {bind: "127.0.0.1:8444", tcp: sni}
              - {bind: "127.0.0.1:8445", tcp: Orders.cloudhub.example}
            apps:
              stock:
                pools:
                  us-e1: {workers: [{address: "[::1]:9101", zone: us-e1a, weight: 0}, {address: "stock:9102", zone: us-e1a, weight: 256}]}
                  ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1b, weight: 3}]}
                balance: round-robin
                check:
                  http: {path: "/health?deep", method: OPTIONS, host: Health.example, status: [200-204, 301], body: ok}
                  port: 8082
                  over-tls: on
                  interval: 3s
                  timeout: 1s
                  rise: 4
                  fall: 5
                ejection: {failures: 6, most: 25%, time: 7s, server-errors: on}
                slow-start: 1m
                zones: prefer-local
                panic: 0%
                failover: {to: [ca-c1, us-e1], residency: [US, CA], failback: {hold: 2m, ramp: 3s}}
                global: {active-active: {us-e1: 70, ca-c1: 0}}
                objective: {rto: 10s}
                timeouts: {connect: 1ms, response: 2m, idle: 24h, websocket: 1h, attempt: 4s, total: 5s}
                upstream:
                  connections: 6
                  queue: 7
                  idle-connections: 8
                  idle: 9s
                  protocol: http1
                  proxy-protocol: v2
                  tls: {verify: on, ca: /tls/ca.pem, server-name: Stock.example, cert: /tls/a.pem, key: /tls/a.key, ciphers: modern}
              orders:
                pools: {us-e1: {workers: [{address: "[::1]:9101", zone: us-e1a}]}, ca-c1: {gateway: {address: "10.0.0.1:8080", tls: {verify: off}}}}
                timeouts: {attempt: off, total: off}
                upstream: {protocol: http2}
                balance: {hash: {on: {header: X-User}}}
                affinity: {cookie: back}
                host: worker
                check: off
                ejection: off
                slow-start: off
                failover: {failback: manual}
                global: active-passive
              found:
                pools:
                  us-e1: {discover: {dns: {name: Found.internal., port: 8080, type: A, ttl: {floor: 1s, ceiling: 1h}}, zone: us-e1a}}
                  ca-c1:
                    discover:
                      dns: {name: _http._tcp.found.internal, type: SRV}
                      zone: ca-c1b
                      zones: {ca-c1a: [10.1.0.0/16, "2001:db8::/32"], ca-c1b: [10.1.2.0/24]}
            mappings:
              - {host: API.example.com, path: /, app: orders}
              - {host: "{app}.Example.com", path: "/v{version}/x/", app: "{app}-{version}", region: ca-c1, rewrite: "/{version}/", mend: off}
              - {host: "*.example.com", path: /old/, redirect: "https://new.example.com/{rest}"}
              - {host: "*.example.com", path: /older, redirect: {to: "/{host}", status: 302}}
              - {host: "*.example.com", respond: 410}
              - {app: stock}
            trusted-proxies: [10.0.0.0/8, "::1", "2001:db8::/32"]
            forwarded: rfc7239
            via: off
            trusted-gateways: [10.0.0.0/24]
            instance: lb-1.us-e1
            access-log: {format: json, path: /var/log/weir.log, request-headers: [User-Agent, x-tenant], response-headers: [Content-Type]}
            metrics: {apps: 7}
            admin: {bind: "127.0.0.1:9901", socket: /run/weir/admin.sock, token: a-token-of-24-characters}
            runtime: {event-loops: 3, transport: epoll, drain: 0s, state: /var/lib/weir}
            limits: {connections: 11, request-line: 1KiB, head: 2KiB, fields: 12, response-head: 4096, body: 1MiB}
            reload: {on-change: off, max-removed-workers: 30%, watch: 45s, roll-back-if: errors>2.5%}
            """;

    private static final UpstreamTls STOCK_TLS = new UpstreamTls(
            true, Path.of("/tls/ca.pem"), "stock.example", new CertificateSettings(Path.of("/tls/a.pem"), Path.of("/tls/a.key"), null), CipherSet.MODERN);

    private final Settings settings = Configs.read(EVERY_KEY);

    @Test
    void domains() {
        assertThat(settings.domains()).containsExactly("cloudhub.example", "apps.example");
    }

    @Test
    void here() {
        assertThat(settings.here()).isEqualTo(new Here("us-e1", "us-e1a"));
    }

    @Test
    void regionsInTheOrderOfTheFile() {
        assertThat(settings.regions()).containsExactly(
                Map.entry("us-e1", new Region("us-e1", "US", List.of("us-e1a"), null)),
                Map.entry("ca-c1", new Region("ca-c1", "CA", List.of("ca-c1a", "ca-c1b"), "ca.example")));
    }

    @Test
    void listeners() {
        var timeouts = new ListenerTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
        var tls = new TlsSettings(
                List.of(
                        new CertificateSettings(Path.of("/tls/a.pem"), Path.of("/tls/a.key"), Path.of("/tls/a.ocsp")),
                        new CertificateSettings(Path.of("/tls/both.pem"), Path.of("/tls/both.pem"), null)),
                CipherSet.MODERN,
                new ClientAuthSettings(ClientAuthSettings.Mode.OPTIONAL, Path.of("/tls/ca.pem"), Path.of("/tls/crl.pem"), true),
                Map.of(
                        "admin.example", new ClientAuthSettings(ClientAuthSettings.Mode.REQUIRED, Path.of("/tls/ca.pem"), null, false),
                        "*.free.example", ClientAuthSettings.OFF),
                new HstsSettings(Duration.ofDays(1), true));

        var proxy = new ProxyProtocolSettings(ProxyProtocolSettings.Accept.OPTIONAL, List.of(Cidr.parse("10.0.0.7"), Cidr.parse("2001:db8::/32")));

        assertThat(settings.listeners()).containsExactly(
                new ListenerSettings(
                        BindAddress.parse("127.0.0.1:8080"),
                        PlainHttp.REDIRECT,
                        timeouts,
                        true,
                        Http2ListenerSettings.DEFAULTS,
                        null,
                        null,
                        null,
                        List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1"))),
                ListenerSettings.defaults(BindAddress.parse("[::1]:8081")),
                new ListenerSettings(
                        BindAddress.parse("127.0.0.1:8443"), PlainHttp.SERVE, ListenerTimeouts.DEFAULTS, false, new Http2ListenerSettings(1000, Duration.ofHours(1)), tls, null, proxy, List.of()),
                new ListenerSettings(
                        BindAddress.parse("127.0.0.1:8444"),
                        PlainHttp.SERVE,
                        ListenerTimeouts.DEFAULTS,
                        false,
                        Http2ListenerSettings.DEFAULTS,
                        null,
                        new TcpSettings(null),
                        null,
                        List.of()),
                new ListenerSettings(
                        BindAddress.parse("127.0.0.1:8445"),
                        PlainHttp.SERVE,
                        ListenerTimeouts.DEFAULTS,
                        false,
                        Http2ListenerSettings.DEFAULTS,
                        null,
                        new TcpSettings("orders.cloudhub.example"),
                        null,
                        List.of()));
    }

    @Test
    void appsAndPoolsInTheOrderOfTheFile() {
        var first = new WorkerSettings(WorkerAddress.parse("[::1]:9101"), "us-e1a", 0);
        var second = new WorkerSettings(WorkerAddress.parse("stock:9102"), "us-e1a", 256);
        var third = new WorkerSettings(WorkerAddress.parse("127.0.0.1:9001"), "ca-c1b", 3);

        assertThat(settings.apps().keySet()).containsExactly("stock", "orders", "found");
        assertThat(app("stock").pools()).containsExactly(
                Map.entry("us-e1", new PoolSettings("us-e1", List.of(first, second))),
                Map.entry("ca-c1", new PoolSettings("ca-c1", List.of(third))));
    }

    @Test
    void poolsWhoseWorkersAreFound() {
        var addresses = new DiscoverySettings.Dns(
                "found.internal", 8080, DiscoverySettings.RecordType.A, Duration.ofSeconds(1), Duration.ofHours(1));
        var services = new DiscoverySettings.Dns(
                "_http._tcp.found.internal", 0, DiscoverySettings.RecordType.SRV, Duration.ofSeconds(5), Duration.ofMinutes(5));
        var zones = Map.of(
                "ca-c1a", List.of(Cidr.parse("10.1.0.0/16"), Cidr.parse("2001:db8::/32")),
                "ca-c1b", List.of(Cidr.parse("10.1.2.0/24")));

        assertThat(app("found").pools()).containsExactly(
                Map.entry("us-e1", PoolSettings.discovered("us-e1", new DiscoverySettings(addresses, "us-e1a", Map.of()))),
                Map.entry("ca-c1", PoolSettings.discovered("ca-c1", new DiscoverySettings(services, "ca-c1b", zones))));
    }

    @Test
    void timeoutsAndUpstreamOfAnApp() {
        assertThat(app("stock").timeouts()).isEqualTo(new AppTimeouts(
                Duration.ofMillis(1), Duration.ofMinutes(2), Duration.ofHours(24), Duration.ofHours(1), Duration.ofSeconds(4), Duration.ofSeconds(5)));
        assertThat(app("stock").upstream()).isEqualTo(new UpstreamSettings(6, 7, 8, Duration.ofSeconds(9), false, STOCK_TLS, ProxyVersion.V2));
        assertThat(app("orders").upstream().http2()).isTrue();
        assertThat(app("orders").timeouts()).isEqualTo(AppTimeouts.DEFAULTS);
        assertThat(app("orders").balance()).isEqualTo(new BalanceSettings.Hash(new HashKey.Header("x-user")));
        assertThat(app("orders").affinity()).isEqualTo(new AffinitySettings("back"));
        assertThat(app("orders").host()).isEqualTo(SentHost.WORKER);
    }

    @Test
    void healthOfAnApp() {
        var statuses = List.of(new CheckSettings.StatusRange(200, 204), new CheckSettings.StatusRange(301, 301));
        var http = new CheckSettings.Http("/health?deep", "OPTIONS", "health.example", statuses, "ok");

        assertThat(app("stock").health()).isEqualTo(new HealthSettings(
                new CheckSettings(http, 8082, Duration.ofSeconds(3), Duration.ofSeconds(1), 4, 5, STOCK_TLS, null),
                new EjectionSettings(6, 0.25, Duration.ofSeconds(7), true),
                Duration.ofMinutes(1)));
        assertThat(app("orders").health()).isEqualTo(new HealthSettings(null, null, null));
    }

    @ParameterizedTest
    @MethodSource("checks")
    void everyKindOfCheck(String check, CheckSettings.Kind kind) {
        Settings checked = Configs.read(Configs.LEAST + Configs.ORDERS + "    check: " + check + "\n");

        assertThat(Objects.requireNonNull(app(checked, "orders").health().check()).kind()).isEqualTo(kind);
    }

    static List<Arguments> checks() {
        List<CheckSettings.StatusRange> good = List.of(new CheckSettings.StatusRange(200, 299));
        return List.of(
                Arguments.of("tcp", new CheckSettings.Tcp()),
                Arguments.of("{tcp: {}}", new CheckSettings.Tcp()),
                Arguments.of("tls", new CheckSettings.Tls(null)),
                Arguments.of("{tls: {server-name: a.example}}", new CheckSettings.Tls("a.example")),
                Arguments.of("grpc", new CheckSettings.Grpc("")),
                Arguments.of("{grpc: {service: shop.v1.Orders}}", new CheckSettings.Grpc("shop.v1.Orders")),
                Arguments.of("{http: {path: /}}", new CheckSettings.Http("/", "GET", null, good, null)));
    }

    @Test
    void failoverOfAnApp() {
        assertThat(app("stock").failover()).isEqualTo(new FailoverSettings(
                List.of("ca-c1", "us-e1"),
                Set.of("CA", "US"),
                new FailbackSettings(false, Duration.ofMinutes(2), Duration.ofSeconds(3)),
                ZoneChoice.PREFER_LOCAL,
                0,
                Map.of("us-e1", 70, "ca-c1", 0),
                Duration.ofSeconds(10)));
        assertThat(app("stock").failover().global().keySet()).containsExactly("us-e1", "ca-c1");
        assertThat(app("orders").failover().failback().manual()).isTrue();
    }

    @Test
    void mappings() {
        assertThat(settings.mappings()).containsExactly(
                MappingSettings.toApp("api.example.com", "/", "orders"),
                new MappingSettings(
                        "{app}.example.com", "/v{version}/x/", new MappingSettings.ToApp("{app}-{version}", "ca-c1", "/{version}/", false)),
                new MappingSettings("*.example.com", "/old/", new MappingSettings.Redirect("https://new.example.com/{rest}", 308)),
                new MappingSettings("*.example.com", "/older", new MappingSettings.Redirect("/{host}", 302)),
                new MappingSettings("*.example.com", "/", new MappingSettings.Respond(410)),
                MappingSettings.toApp(null, "/", "stock"));
    }

    @Test
    void forwarding() {
        assertThat(settings.forwarding()).isEqualTo(new ForwardingSettings(
                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1"), Cidr.parse("2001:db8::/32")), ForwardedField.RFC7239, false));
    }

    @Test
    void gateways() {
        assertThat(settings.gateways()).isEqualTo(new GatewaySettings(List.of(Cidr.parse("10.0.0.0/24")), "lb-1.us-e1"));
        UpstreamTls unverified = new UpstreamTls(false, null, null, null, CipherSet.INTERMEDIATE);
        assertThat(app("orders").pools().get("ca-c1"))
                .isEqualTo(new PoolSettings("ca-c1", List.of(), WorkerAddress.parse("10.0.0.1:8080"), unverified, null));
    }

    @Test
    void accessLogAndMetrics() {
        assertThat(settings.accessLog()).isEqualTo(new AccessLogSettings(
                AccessLogFormat.JSON, "/var/log/weir.log", List.of("user-agent", "x-tenant"), List.of("content-type")));
        assertThat(settings.metrics()).isEqualTo(new MetricsSettings(true, 7));
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatOfTheAccessLog(AccessLogFormat format) {
        String text = Configs.LEAST + "access-log: {format: " + format.name().toLowerCase(Locale.ROOT) + "}\n";

        assertThat(Configs.read(text).accessLog()).isEqualTo(new AccessLogSettings(format, "-", List.of(), List.of()));
    }

    @Test
    void noMetrics() {
        assertThat(Configs.read(Configs.LEAST + "metrics: off\n").metrics()).isEqualTo(MetricsSettings.NONE);
    }

    @Test
    void adminAndRuntime() {
        assertThat(settings.admin()).isEqualTo(new AdminSettings(
                BindAddress.parse("127.0.0.1:9901"), Path.of("/run/weir/admin.sock"), new Secret("a-token-of-24-characters")));
        assertThat(settings.runtime()).isEqualTo(new RuntimeSettings(3, Transport.EPOLL, Duration.ZERO, Path.of("/var/lib/weir")));
    }

    @Test
    void limits() {
        assertThat(settings.limits()).isEqualTo(new LimitSettings(11, 1024, 2048, 12, 4096, 1024 * 1024));
    }

    @Test
    void reload() {
        assertThat(settings.reload()).isEqualTo(new ReloadSettings(false, 0.3, Duration.ofSeconds(45), new ErrorCondition(0.025)));
    }

    @Test
    void wordsForDefaults() {
        Settings words = Configs.read(Configs.LEAST + "runtime: {event-loops: auto, transport: auto}\nlimits: {body: off}\nreload: {on-change: on, max-removed-workers: off, watch: off, roll-back-if: off}\nforwarded: off\nvia: on\n");

        assertThat(words).isEqualTo(Configs.read(Configs.LEAST));
    }

    @ParameterizedTest
    @EnumSource
    void everyTransport(Transport transport) {
        String text = Configs.LEAST + "runtime: {transport: " + transport.name().toLowerCase(Locale.ROOT) + "}\n";

        assertThat(Configs.read(text).runtime().transport()).isEqualTo(transport);
    }

    @Test
    void anAliasStandsForTheValueThatItNames() {
        Settings aliased = Configs.read(Configs.LEAST + """
                apps:
                  orders: &app
                    pools: {ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}]}}
                  stock: *app
                """);

        assertThat(aliased.apps().keySet()).containsExactly("orders", "stock");
        assertThat(aliased.apps().values()).extracting(AppSettings::pools).containsOnly(app(aliased, "orders").pools());
    }

    @Test
    void aConfigMayBeJson() {
        String json = """
                {"domains": ["cloudhub.example"], "here": {"region": "ca-c1", "zone": "ca-c1a"},
                "regions": {"ca-c1": {"jurisdiction": "CA", "zones": ["ca-c1a", "ca-c1b"]}, "us-e1": {"jurisdiction": "US", "zones": ["us-e1a"]}},
                "listeners": [{"bind": ":8080"}], "runtime": {"drain": "30s"}}
                """;

        assertThat(Configs.read(json)).isEqualTo(Configs.read(Configs.LEAST));
    }

    private AppSettings app(String name) {
        return app(settings, name);
    }

    private static AppSettings app(Settings settings, String name) {
        return Objects.requireNonNull(settings.apps().get(name));
    }
}

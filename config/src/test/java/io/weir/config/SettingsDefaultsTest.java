package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.BindAddress;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for a key that is left out. */
class SettingsDefaultsTest {

    private final Settings settings = Configs.read(Configs.LEAST + Configs.ORDERS + "mappings: [{app: orders}]\n");

    @Test
    void regionsUseTheDomainsOfTheConfig() {
        assertThat(settings.regions().values()).extracting("domain").containsOnlyNulls();
    }

    @Test
    void listener() {
        ListenerSettings listener = settings.listeners().getFirst();

        assertThat(listener).isEqualTo(ListenerSettings.defaults(BindAddress.parse(":8080")));
        assertThat(listener.strictRegion()).isFalse();
        assertThat(listener.allow()).isEmpty();
        assertThat(listener.proxyProtocol()).isNull();
        assertThat(listener.http2()).isEqualTo(new Http2ListenerSettings(100, null));
        assertThat(listener.plainHttp()).isEqualTo(PlainHttp.SERVE);
        assertThat(listener.timeouts())
                .isEqualTo(new ListenerTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(310)));
    }

    @Test
    void tls() {
        String text = Configs.LEAST.replace("\":8080\"", "\":8443\", tls: {certificates: [{cert: a.pem, key: a.key}], hsts: HSTS}");

        TlsSettings off = Objects.requireNonNull(Configs.read(text.replace("HSTS", "off")).listeners().getFirst().tls());
        TlsSettings on = Objects.requireNonNull(Configs.read(text.replace("HSTS", "{}")).listeners().getFirst().tls());

        assertThat(off).isEqualTo(TlsSettings.defaults(off.certificates()));
        assertThat(off.clientAuth()).isEqualTo(ClientAuthSettings.OFF);
        assertThat(off.ciphers()).isEqualTo(CipherSet.INTERMEDIATE);
        assertThat(on.hsts()).isEqualTo(new HstsSettings(Duration.ofDays(365), false));
    }

    @Test
    void app() {
        AppSettings orders = Objects.requireNonNull(settings.apps().get("orders"));
        var worker = new WorkerSettings(WorkerAddress.parse("127.0.0.1:9001"), "ca-c1a", 1);

        assertThat(orders).isEqualTo(AppSettings.defaults("orders", Map.of("ca-c1", new PoolSettings("ca-c1", List.of(worker)))));
        assertThat(orders.timeouts())
                .isEqualTo(new AppTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ofSeconds(300), null, null));
        assertThat(orders.balance()).isEqualTo(new BalanceSettings.RoundRobin());
        assertThat(orders.affinity()).isNull();
        assertThat(orders.host()).isEqualTo(SentHost.CLIENT);
        assertThat(orders.upstream()).isEqualTo(new UpstreamSettings(1000, 64, 100, Duration.ofSeconds(60)));
    }

    @Test
    void healthAndFailover() {
        AppSettings orders = Objects.requireNonNull(settings.apps().get("orders"));

        assertThat(orders.health()).isEqualTo(new HealthSettings(
                new CheckSettings(new CheckSettings.Tcp(), null, Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 3),
                new EjectionSettings(5, 0.5, Duration.ofSeconds(10), false),
                Duration.ofSeconds(30)));
        assertThat(orders.failover()).isEqualTo(new FailoverSettings(
                List.of(),
                null,
                new FailbackSettings(false, Duration.ofMinutes(1), Duration.ofSeconds(30)),
                ZoneChoice.SPREAD,
                0.5,
                Map.of(),
                null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "check: {tcp: {}}                     | check: {tcp: {}, interval: 5s, timeout: 2s, rise: 2, fall: 3}",
        "check: {tcp: {}, interval: 1s}       | check: {tcp: {}, interval: 1s, timeout: 1s}",
        "check: {http: {path: /}}             | check: {http: {path: /, method: GET, status: [200-299]}}",
        "ejection: {}                         | ejection: {failures: 5, most: 50%, time: 10s, server-errors: off}",
        "failover: {}                         | failover: {to: [], failback: {hold: 1m, ramp: 30s}}",
        "failover: {failback: {}}             | slow-start: 30s",
        "panic: 50%                           | zones: spread",
    })
    void whatIsLeftOutOfAPartOfAnApp(String least, String whole) {
        assertThat(orders(least)).isEqualTo(orders(whole));
    }

    private static AppSettings orders(String line) {
        return Objects.requireNonNull(Configs.read(Configs.LEAST + Configs.ORDERS + "    " + line + "\n").apps().get("orders"));
    }

    @Test
    void mapping() {
        assertThat(settings.mappings()).containsExactly(new MappingSettings(null, "/", new MappingSettings.ToApp("orders", null, null, true)));
    }

    @Test
    void nothingElseIsServedUnasked() {
        Settings least = Configs.read(Configs.LEAST);

        assertThat(least.apps()).isEmpty();
        assertThat(least.mappings()).isEmpty();
        assertThat(least.admin()).isNull();
        assertThat(least.forwarding()).isEqualTo(new ForwardingSettings(List.of(), ForwardedField.OFF, true));
        assertThat(least.accessLog()).isEqualTo(AccessLogSettings.OFF);
    }

    @Test
    void accessLogAndMetrics() {
        assertThat(Configs.read(Configs.LEAST + "access-log: {}\n").accessLog())
                .isEqualTo(new AccessLogSettings(AccessLogFormat.JSON, "-", List.of(), List.of()));
        assertThat(settings.metrics()).isEqualTo(new MetricsSettings(true, 1000));
    }

    @Test
    void runtime() {
        assertThat(settings.runtime()).isEqualTo(new RuntimeSettings(0, Transport.AUTO, Duration.ofSeconds(30), null));
    }

    @Test
    void limits() {
        assertThat(settings.limits()).isEqualTo(new LimitSettings(8000, 8 * 1024, 32 * 1024, 100, 64 * 1024, -1));
    }

    @Test
    void reload() {
        assertThat(settings.reload()).isEqualTo(new ReloadSettings(true, 1, null, null));
        assertThat(settings.reload()).isEqualTo(ReloadSettings.DEFAULTS);
    }

    @Test
    void anEmptyGroupIsAGroupOfDefaults() {
        Settings empty = Configs.read(Configs.LEAST + "runtime: {}\nlimits: {}\nreload: {}\nmetrics: {}\ntrusted-proxies: []\nmappings: []\napps: {}\n");

        assertThat(empty).isEqualTo(Configs.read(Configs.LEAST));
    }
}

package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The page that people copy from. */
class ReferencePageTest {

    private static final Path PAGE = Path.of("..", "docs", "config.md");

    @Test
    void itsExampleIsRead() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf("```yaml\n") + "```yaml\n".length();

        Settings example = Configs.read(page.substring(from, page.indexOf("```", from)));

        assertThat(example.apps()).containsOnlyKeys("orders");
        assertThat(example.listeners()).extracting(ListenerSettings::timeouts).containsOnly(ListenerTimeouts.DEFAULTS);
    }

    @Test
    void itsDefaultsAreThoseOfTheCode() throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `")).toList();
        UpstreamSettings upstream = UpstreamSettings.DEFAULTS;
        LimitSettings limits = LimitSettings.DEFAULTS;

        assertDefault(rows, "timeouts.head", Durations.print(ListenerTimeouts.DEFAULTS.head()));
        assertDefault(rows, "http2.max-streams", String.valueOf(Http2ListenerSettings.DEFAULTS.maxStreams()));
        assertDefault(rows, "timeouts.connect", Durations.print(AppTimeouts.DEFAULTS.connect()));
        assertDefault(rows, "upstream.connections", String.valueOf(upstream.connections()));
        assertDefault(rows, "upstream.queue", String.valueOf(upstream.queue()));
        assertDefault(rows, "upstream.idle-connections", String.valueOf(upstream.idleConnections()));
        assertDefault(rows, "…discover.dns.ttl.floor", Durations.print(DiscoverySettings.Dns.DEFAULT_FLOOR));
        assertDefault(rows, "…discover.dns.ttl.ceiling", Durations.print(DiscoverySettings.Dns.DEFAULT_CEILING));
        assertDefault(rows, "check.interval", Durations.print(CheckSettings.DEFAULT.interval()));
        assertDefault(rows, "check.rise", String.valueOf(CheckSettings.DEFAULT.rise()));
        assertDefault(rows, "check.fall", String.valueOf(CheckSettings.DEFAULT.fall()));
        assertDefault(rows, "ejection.failures", String.valueOf(EjectionSettings.DEFAULTS.failures()));
        assertDefault(rows, "ejection.most", Shares.print(EjectionSettings.DEFAULTS.most()));
        assertDefault(rows, "ejection.time", Durations.print(EjectionSettings.DEFAULTS.time()));
        assertDefault(rows, "slow-start", Durations.print(Objects.requireNonNull(HealthSettings.DEFAULTS.slowStart())));
        assertDefault(rows, "panic", Shares.print(FailoverSettings.DEFAULT_PANIC));
        assertDefault(rows, "failover.failback.hold", Durations.print(FailbackSettings.DEFAULTS.hold()));
        assertDefault(rows, "failover.failback.ramp", Durations.print(FailbackSettings.DEFAULTS.ramp()));
        assertDefault(rows, "runtime.drain", Durations.print(RuntimeSettings.DEFAULTS.drain()));
        assertDefault(rows, "metrics.apps", String.valueOf(MetricsSettings.DEFAULTS.apps()));
        assertDefault(rows, "access-log.format", "json");
        assertDefault(rows, "limits.connections", String.valueOf(limits.connections()));
        assertDefault(rows, "limits.request-line", Sizes.print(limits.requestLine()));
        assertDefault(rows, "limits.head", Sizes.print(limits.head()));
        assertDefault(rows, "limits.fields", String.valueOf(limits.fields()));
        assertDefault(rows, "limits.response-head", Sizes.print(limits.responseHead()));
    }

    private static void assertDefault(List<String> rows, String key, String value) {
        assertThat(rows).filteredOn(row -> row.startsWith("| `" + key + "` |")).singleElement().asString().contains("| `" + value + "` |");
    }
}

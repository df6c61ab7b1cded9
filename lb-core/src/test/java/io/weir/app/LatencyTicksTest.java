package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Latency;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.control.LatencySums;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatencyTicksTest {
    private static final long MS = 1_000_000;
    private static final Duration FOREVER = Duration.ofSeconds(20);

    private final VirtualControl control = new VirtualControl();
    private final Latency latency = new Latency(1, 0);

    private LatencyTicks ticks() {
        return Objects.requireNonNull(LatencyTicks.of(new LatencySums(List.of(latency)), () -> control, control::now));
    }

    @Test
    void averagesAreSummedWithEveryTickAndNotBefore() {
        try (LatencyTicks _ = ticks()) {
            latency.answered(0, 10 * MS);
            control.pass(Latency.TICK - 1);
            assertThat(latency.average()).isZero();
            control.pass(1);
            assertThat(latency.average()).isEqualTo(10 * MS);
            latency.answered(0, 70 * MS);
            control.pass(Latency.TICK);
            assertThat(latency.average()).isEqualTo(70 * MS);
        }
    }

    /** Each tick is told the time: over 10 s an average that nobody adds to falls by a factor e. */
    @Test
    void theTicksTellTheTime() {
        try (LatencyTicks _ = ticks()) {
            latency.answered(0, 100 * MS);
            control.pass(Latency.TICK);
            control.pass(100 * Latency.TICK);
            assertThat((double) latency.average()).isBetween(100 * MS * Math.exp(-1) - 100, 100 * MS * Math.exp(-1) + 100);
        }
    }

    @Test
    void closeEndsTheTicks() {
        ticks().close();
        latency.answered(0, 10 * MS);
        control.pass(10 * Latency.TICK);
        assertThat(latency.average()).isZero();
        assertThat(control.isShutdown()).isTrue();
    }

    @Test
    void whereNobodyAsksForAveragesNoThreadIsMade() {
        LatencyTicks none = LatencyTicks.of(
                new LatencySums(List.of()),
                () -> {
                    throw new AssertionError("a thread was made");
                },
                control::now);
        assertThat(none).isNull();
    }

    @Test
    void aLoadBalancerHasAControlThreadForPeakEwmaAlone() throws Exception {
        Set<Thread> before = controlThreads(Set.of());
        try (LoadBalancer _ = start("round-robin")) {
            assertThat(controlThreads(before)).isEmpty();
        }
        Set<Thread> made;
        try (LoadBalancer _ = start("peak-ewma")) {
            made = controlThreads(before);
            assertThat(made).hasSize(1).allMatch(Thread::isDaemon);
        }
        for (Thread thread : made) {
            assertThat(thread.join(FOREVER)).as("ended with the load balancer").isTrue();
        }
    }

    /** Those alive beside {@code others}. The executor starts its thread with the task, so that one that ticks is among them. */
    private static Set<Thread> controlThreads(Set<Thread> others) {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> !thread.getName().equals("weir-control") || others.contains(thread));
        return threads;
    }

    private static LoadBalancer start(String balance) throws Exception {
        Settings settings = ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                runtime: { transport: nio }
                apps: { orders: { pools: { r1: { workers: [ { address: "127.0.0.1:1", zone: r1a } ] } }, balance: %s } }
                """.formatted(balance)).settings();
        return LoadBalancer.start(settings, TransportChoice.of(settings.runtime().transport()), 1);
    }
}

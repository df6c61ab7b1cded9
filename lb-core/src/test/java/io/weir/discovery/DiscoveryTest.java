package io.weir.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.topology.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class DiscoveryTest {
    private static final String LISTED = """
            domains: [cloudhub.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions:
              ca-c1: {jurisdiction: CA, zones: [ca-c1a, ca-c1b]}
              us-e1: {jurisdiction: US, zones: [us-e1a]}
            listeners: [{bind: ":8080"}]
            apps:
              listed:
                pools: {ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}]}}
            """;
    private static final String FOUND = LISTED + """
              orders:
                pools:
                  ca-c1: {discover: {dns: {name: orders.internal, port: 8080}, zones: {ca-c1a: [10.1.0.0/16], ca-c1b: [10.2.0.0/16]}}}
                  us-e1: {discover: {dns: {name: _http._tcp.orders, type: SRV}, zone: us-e1a}}
              same:
                pools:
                  ca-c1: {discover: {dns: {name: orders.internal, port: 81, ttl: {floor: 2s, ceiling: 1h}}, zone: ca-c1a}}
            """;
    private static final Service ORDERS = new Service(Service.Kind.DNS_A, "orders.internal");
    private static final Service SERVICES = new Service(Service.Kind.DNS_SRV, "_http._tcp.orders");

    @TempDir
    Path folder;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final DiscoveryEvents events = new DiscoveryEvents();
    private FakeSource source = new FakeSource();
    private Discovery discovery;

    private static final class FakeSource implements WorkerSource {
        final Sinks.Many<Snapshot> snapshots = Sinks.many().unicast().onBackpressureBuffer();
        Collection<Wanted> watched = List.of();
        boolean begun;
        boolean closed;

        @Override
        public void watch(Collection<Wanted> services) {
            watched = List.copyOf(services);
        }

        @Override
        public Flux<Snapshot> snapshots() {
            return snapshots.asFlux();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private Discovery discovery() {
        return new Discovery(
                () -> {
                    source.begun = true;
                    return source;
                },
                new LastKnownGood(folder, time, events),
                events,
                this::now);
    }

    @BeforeEach
    void open() {
        discovery = discovery();
    }

    @AfterEach
    void close() {
        discovery.close();
        assertThat(source.closed).isEqualTo(source.begun);
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.now(TimeUnit.MILLISECONDS));
    }

    private static Settings config(String text) {
        try {
            return ConfigReader.read("weir.yaml", text).settings();
        } catch (ConfigProblemsException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private void found(Service service, String... workers) {
        List<FoundWorker> found = Stream.of(workers).map(DiscoveryTest::worker).toList();
        source.snapshots.tryEmitNext(new Snapshot.Found(service, now(), found, Duration.ofSeconds(30), Snapshot.Trust.WHOLE, null)).orThrow();
    }

    private void failed(Service service) {
        source.snapshots.tryEmitNext(new Snapshot.Failed(service, now(), "SERVFAIL")).orThrow();
    }

    private static FoundWorker worker(String text) {
        String[] parts = text.split("/", -1);
        return new FoundWorker(new Place(IpAddress.parse(parts[0]), Integer.parseInt(parts[1])), Integer.parseInt(parts[2]));
    }

    private List<String> workers(String app, String region) {
        var settings = Objects.requireNonNull(discovery.fill(config(FOUND)).apps().get(app));
        return Objects.requireNonNull(settings.pools().get(region)).workers().stream()
                .map(worker -> worker.address() + " " + worker.zone() + " " + worker.weight())
                .toList();
    }

    /** A process that comes after this one. */
    private void restart() {
        discovery.close();
        source = new FakeSource();
        discovery = discovery();
        events.take();
    }

    @Test
    void aConfigThatListsAllStartsNothing() {
        Settings listed = config(LISTED);

        assertThat(discovery.watch(listed)).isCompleted();
        assertThat(discovery.fill(listed)).isSameAs(listed);
        assertThat(source.begun).isFalse();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aNameIsWatchedOnceWithTheTighterBounds() {
        var _ = discovery.watch(config(FOUND));

        assertThat(source.watched).containsExactly(
                new WorkerSource.Wanted(ORDERS, Duration.ofSeconds(2), Duration.ofMinutes(5)),
                new WorkerSource.Wanted(SERVICES, Duration.ofSeconds(5), Duration.ofMinutes(5)));
    }

    @Test
    void whatIsFoundIsFilledInWithZonesPortsAndWeights() {
        var _ = discovery.watch(config(FOUND));
        assertThat(workers("orders", "ca-c1")).isEmpty();
        found(ORDERS, "10.1.0.1/0/1", "10.2.0.1/0/1", "10.3.0.1/0/1");
        found(SERVICES, "10.9.0.1/9090/7");

        assertThat(workers("orders", "ca-c1")).containsExactly("10.1.0.1:8080 ca-c1a 1", "10.2.0.1:8080 ca-c1b 1");
        assertThat(workers("orders", "us-e1")).containsExactly("10.9.0.1:9090 us-e1a 7");
        assertThat(workers("same", "ca-c1")).containsExactly("10.1.0.1:81 ca-c1a 1", "10.2.0.1:81 ca-c1a 1", "10.3.0.1:81 ca-c1a 1");
        assertThat(discovery.fill(config(FOUND)).apps().get("orders")).isSameAs(discovery.fill(config(FOUND)).apps().get("orders"));
        assertThat(discovery.fill(config(FOUND)).apps().get("listed")).isEqualTo(config(FOUND).apps().get("listed"));
        assertThat(events.take()).containsExactly("changed", "without zone orders ca-c1: 1");
        found(ORDERS, "10.1.0.1/0/1", "10.2.0.1/0/1");
        assertThat(workers("orders", "ca-c1")).hasSize(2);
        assertThat(events.take()).containsExactly("changed", "without zone orders ca-c1: 0");
    }

    @Test
    void aChangeIsToldOnceUntilItIsTaken() {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1");
        found(ORDERS, "10.1.0.1/0/1", "10.1.0.2/0/1");
        assertThat(events.take()).containsExactly("changed");
        discovery.fill(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1", "10.1.0.2/0/1");
        assertThat(events.take()).isEmpty();
        found(ORDERS, "10.1.0.1/0/1", "10.1.0.2/0/5");

        assertThat(events.take()).containsExactly("changed");
    }

    @Test
    void theFirstAnswersAreAwaitedAndAFailureIsOne() {
        CompletableFuture<Void> first = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1");
        assertThat(first).isNotDone();
        failed(SERVICES);

        assertThat(first).isCompleted();
        assertThat(discovery.watch(config(FOUND))).isCompleted();
    }

    @Test
    void whoIsNotWantedAnyMoreIsNotAwaited() {
        CompletableFuture<Void> first = discovery.watch(config(FOUND));
        var _ = discovery.watch(config(LISTED));

        assertThat(first).isCompleted();
        found(ORDERS, "10.1.0.1/0/1");
        assertThat(workers("orders", "ca-c1")).isEmpty();
        assertThat(events.take()).isEmpty();
    }

    @Test
    void aSourceThatFailsKeepsTheLastGoodAnswerAndItsAgeIsKnown() {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1");
        events.take();
        time.advanceTimeBy(Duration.ofSeconds(42));
        failed(ORDERS);
        failed(ORDERS);

        assertThat(workers("orders", "ca-c1")).containsExactly("10.1.0.1:8080 ca-c1a 1");
        assertThat(events.take()).containsExactly("unanswered dns-a orders.internal: SERVFAIL, PT42S");
        assertThat(discovery.standings()).containsExactly(
                new Discovery.Standing(ORDERS, 1, 42, true, false), new Discovery.Standing(SERVICES, 0, -1, false, false));
        found(ORDERS, "10.1.0.1/0/1");
        assertThat(events.take()).containsExactly("answered dns-a orders.internal");
    }

    @Test
    void aLossOfMostIsDoubtedAloud() {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1", "10.1.0.2/0/1", "10.1.0.3/0/1");
        workers("orders", "ca-c1");
        events.take();
        found(ORDERS, "10.1.0.1/0/1");
        assertThat(events.take()).containsExactly("doubted dns-a orders.internal: 2 of 3");
        assertThat(discovery.standings().getFirst().doubted()).isTrue();
        for (int i = 0; i < 3; i++) {
            time.advanceTimeBy(Duration.ofSeconds(30));
            found(ORDERS, "10.1.0.1/0/1");
        }

        assertThat(events.take()).containsExactly("changed", "undoubted dns-a orders.internal: 1");
        assertThat(workers("orders", "ca-c1")).hasSize(1);
    }

    @Test
    void aRestartServesWhatWasKnownAndSaysHowOldItIs() {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1", "10.1.0.2/0/1");
        time.advanceTimeBy(Discovery.KEPT_WITHIN);
        restart();
        time.advanceTimeBy(Duration.ofHours(7));

        CompletableFuture<Void> first = discovery.watch(config(FOUND));

        assertThat(first).isNotDone();
        assertThat(workers("orders", "ca-c1")).containsExactly("10.1.0.1:8080 ca-c1a 1", "10.1.0.2:8080 ca-c1a 1");
        assertThat(events.take()).containsExactly("recalled 1, PT7H1S");
        failed(ORDERS);
        failed(SERVICES);
        assertThat(first).isCompleted();
        assertThat(workers("orders", "ca-c1")).hasSize(2);
        assertThat(events.take()).containsExactly(
                "unanswered dns-a orders.internal: SERVFAIL, PT7H1S", "unanswered dns-srv _http._tcp.orders: SERVFAIL, null");
        assertThat(discovery.standings().getFirst().age()).isEqualTo(7 * 3600 + 1);
        found(ORDERS, "10.1.0.9/0/1"); // too old to hold anything against it
        assertThat(workers("orders", "ca-c1")).containsExactly("10.1.0.9:8080 ca-c1a 1");
    }

    @Test
    void theAgeIsKeptThoughTheWorkersStayTheSame() {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1");
        time.advanceTimeBy(Duration.ofMinutes(10));
        found(ORDERS, "10.1.0.1/0/1");
        time.advanceTimeBy(Discovery.AGE_KEPT_WITHIN);
        restart();
        var _ = discovery.watch(config(FOUND));

        assertThat(events.take()).containsExactly("recalled 1, PT1M");
    }

    @Test
    void whatIsNotWrittenYetIsWrittenAtTheEnd() {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1");
        restart();
        var _ = discovery.watch(config(FOUND));

        assertThat(workers("orders", "ca-c1")).hasSize(1);
    }

    @Test
    void aBrokenFileIsSaidAndTheSourceIsAskedAsEver() throws IOException {
        var _ = discovery.watch(config(FOUND));
        found(ORDERS, "10.1.0.1/0/1");
        restart();
        Files.writeString(folder.resolve(LastKnownGood.NAME), "x", StandardOpenOption.APPEND);
        var _ = discovery.watch(config(FOUND));

        assertThat(workers("orders", "ca-c1")).isEmpty();
        assertThat(events.take()).singleElement().asString().startsWith("not read discovered.broken-");
        found(ORDERS, "10.1.0.1/0/1");
        assertThat(workers("orders", "ca-c1")).hasSize(1);
    }

    @Test
    void tenThousandPoolsAreOneChange() {
        StringBuilder text = new StringBuilder(LISTED);
        for (int i = 0; i < 10_000; i++) {
            text.append("  a").append(i).append(": {pools: {ca-c1: {discover: {dns: {name: n").append(i).append(".internal, port: 80}, zone: ca-c1a}}}}\n");
        }
        Settings config = config(text.toString());
        CompletableFuture<Void> first = discovery.watch(config);
        for (int i = 0; i < 10_000; i++) {
            found(new Service(Service.Kind.DNS_A, "n" + i + ".internal"), "10.1.0.1/0/1", "10.1.0.2/0/1", "10.1.0.3/0/1");
        }

        assertThat(first).isCompleted();
        assertThat(events.take()).containsExactly("changed");
        time.advanceTimeBy(Discovery.KEPT_WITHIN);
        restart();
        var _ = discovery.watch(config);
        assertThat(discovery.standings()).hasSize(10_000).allMatch(standing -> standing.workers() == 3);
    }

    /** The whole of it, from a DNS server to settings, with all that can go wrong in between. */
    @Test
    void fromTheDnsToTheConfig() throws Exception {
        try (ScriptedDns dns = new ScriptedDns()) {
            dns.on("A orders.internal", reply -> reply.address("orders.internal.", 1, "10.1.0.1").address("orders.internal.", 1, "10.2.0.1"))
                    .on("SRV _http._tcp.orders", reply -> reply.service("_http._tcp.orders.", 60, 0, 300, 9090, "t.internal"))
                    .on("A t.internal", reply -> reply.address("t.internal.", 60, "10.9.0.1"))
                    .on("AAAA t.internal", reply -> reply.address("t.internal.", 60, "2001:db8::9"));
            LastKnownGood kept = new LastKnownGood(folder.resolve("real"), events);
            Discovery real = new Discovery(() -> DnsSource.of(List.of(dns.address()), Duration.ofSeconds(2)), kept, events, Instant::now);
            discovery.close();
            discovery = real;
            source.begun = false;
            source.closed = false;

            real.watch(config(FOUND)).get(20, TimeUnit.SECONDS);

            assertThat(workers("orders", "ca-c1")).containsExactly("10.1.0.1:8080 ca-c1a 1", "10.2.0.1:8080 ca-c1b 1");
            assertThat(workers("orders", "us-e1")).containsExactly("10.9.0.1:9090 us-e1a 256", "[2001:db8::9]:9090 us-e1a 256");
            assertThat(dns.asked).filteredOn(question -> question.equals("udp A orders.internal")).hasSize(1);
        }
    }
}

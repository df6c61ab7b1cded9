package io.weir.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

class DnsSourceTest {
    private static final Duration FLOOR = Duration.ofSeconds(5);
    private static final Duration CEILING = Duration.ofMinutes(5);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final FakeDnsClient dns = new FakeDnsClient();
    private final List<Snapshot> heard = new ArrayList<>();
    private boolean ended;
    private final DnsSource source = new DnsSource(dns, time, new Random(1) {
        @Override
        public double nextDouble() {
            return 0;
        }
    }, () -> ended = true);

    @BeforeEach
    void listen() {
        var _ = source.snapshots().subscribe(heard::add);
    }

    @AfterEach
    void close() {
        source.close();
        time.advanceTime();
        assertThat(ended).isTrue();
        assertThat(dns.closed).isTrue();
    }

    private static WorkerSource.Wanted addressesOf(String name) {
        return new WorkerSource.Wanted(new Service(Service.Kind.DNS_A, name), FLOOR, CEILING);
    }

    private static WorkerSource.Wanted servicesOf(String name) {
        return new WorkerSource.Wanted(new Service(Service.Kind.DNS_SRV, name), FLOOR, CEILING);
    }

    private void watch(WorkerSource.Wanted... wanted) {
        source.watch(List.of(wanted));
        time.advanceTime();
    }

    /** What was heard since, all of it found. */
    private Snapshot.Found found() {
        assertThat(heard).hasSize(1);
        return (Snapshot.Found) heard.removeFirst();
    }

    private String failed() {
        assertThat(heard).hasSize(1);
        return ((Snapshot.Failed) heard.removeFirst()).why();
    }

    private static List<String> shown(Snapshot.Found found) {
        return found.workers().stream()
                .map(worker -> worker.place().address() + "/" + worker.place().port() + "/" + worker.weight())
                .toList();
    }

    @Test
    void addressesOfBothFamiliesAreFoundInTheirOrder() {
        dns.a("a.internal", 60, "10.0.0.2", "10.0.0.1", "10.0.0.2").aaaa("a.internal", 30, "2001:db8::1");
        watch(addressesOf("a.internal"));

        Snapshot.Found found = found();
        assertThat(shown(found)).containsExactly("10.0.0.1/0/1", "10.0.0.2/0/1", "2001:db8::1/0/1");
        assertThat(found.trust()).isEqualTo(Snapshot.Trust.WHOLE);
        assertThat(found.valid()).isEqualTo(Duration.ofSeconds(30));
        assertThat(found.note()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "5, 5", "60, 60", "300, 300", "86400, 300", "4294967295, 300"})
    void itIsAskedForAgainWhenTheAnswersTimeIsOverWithinTheBounds(long ttl, int seconds) {
        dns.a("a.internal", (int) Math.min(ttl, Integer.MAX_VALUE), "10.0.0.1");
        watch(addressesOf("a.internal"));
        assertThat(found().valid()).isEqualTo(Duration.ofSeconds(seconds));
        time.advanceTimeBy(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(heard).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));

        found();
    }

    @Test
    void failuresAreTriedAgainLaterAndLater() {
        dns.fails("a.internal", DnsClient.Family.values());
        watch(addressesOf("a.internal"));
        assertThat(failed()).isEqualTo("SERVFAIL");
        for (int seconds : List.of(5, 10, 20, 40, 80, 160, 300, 300)) {
            time.advanceTimeBy(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(heard).isEmpty();
            time.advanceTimeBy(Duration.ofMillis(1));
            failed();
        }
        dns.a("a.internal", 60, "10.0.0.1").aaaa("a.internal", 60, "::1");
        time.advanceTimeBy(Duration.ofMinutes(5));
        found();
        dns.fails("a.internal", DnsClient.Family.values());
        time.advanceTimeBy(Duration.ofMinutes(1));
        failed();
        time.advanceTimeBy(Duration.ofSeconds(5));

        failed();
    }

    @Test
    void anEmptyAnswerIsNone() {
        watch(addressesOf("a.internal"));

        assertThat(failed()).isEqualTo("NXDOMAIN");
    }

    @Test
    void oneFamilyWithoutAnAnswerIsAPartAndNotTheWhole() {
        dns.a("a.internal", 60, "10.0.0.1").fails("a.internal", DnsClient.Family.IPV6);
        watch(addressesOf("a.internal"));

        Snapshot.Found found = found();
        assertThat(found.trust()).isEqualTo(Snapshot.Trust.PARTIAL);
        assertThat(found.note()).isEqualTo("SERVFAIL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "169.254.169.254", "::", "ff02::1", "fe80::1"})
    void addressesThatMakeNoSenseAreLeftOut(String address) {
        dns.a("a.internal", 60, address);
        dns.a("b.internal", 60, address, "10.0.0.1");
        watch(addressesOf("a.internal"));
        assertThat(failed()).isEqualTo(address + " is no address that a worker can have");
        watch(addressesOf("b.internal"));

        Snapshot.Found found = found();
        assertThat(shown(found)).containsExactly("10.0.0.1/0/1");
        assertThat(found.note()).contains(address);
    }

    @Test
    void moreThanAThousandAreTooMany() {
        List<String> many = new ArrayList<>(IntStream.range(0, 1500).mapToObj(i -> "10.1." + i / 250 + "." + i % 250).toList());
        Collections.shuffle(many, new Random(2));
        dns.a("a.internal", 60, many.toArray(String[]::new));
        watch(addressesOf("a.internal"));

        Snapshot.Found found = found();
        assertThat(found.workers()).hasSize(DnsSource.MOST_WORKERS).startsWith(new FoundWorker(new Place(IpAddress.parse("10.1.0.0"), 0), 1));
        assertThat(found.workers().getLast().place().address()).isEqualTo(IpAddress.parse("10.1.3.249"));
        assertThat(found.note()).isEqualTo("1500 workers are too many, 1000 of them are used");
    }

    @Test
    void servicesBringPortsAndWeightsAndTheLowestPriorityAloneCounts() {
        dns.srv("_http._tcp.s", 60, new DnsClient.Srv(20, 9, 80, "c.internal"), new DnsClient.Srv(10, 3, 8081, "b.internal"), new DnsClient.Srv(10, 0, 8080, "a.internal"));
        dns.a("a.internal", 20, "10.0.0.1").a("b.internal", 60, "10.0.0.2", "10.0.0.3").a("c.internal", 60, "10.0.0.4");
        watch(servicesOf("_http._tcp.s"));

        Snapshot.Found found = found();
        assertThat(shown(found)).containsExactly("10.0.0.1/8080/0", "10.0.0.2/8081/3", "10.0.0.3/8081/3");
        assertThat(found.valid()).isEqualTo(Duration.ofSeconds(20));
        assertThat(dns.asked).doesNotContain("c.internal");
    }

    @ParameterizedTest
    @CsvSource({"0 0, 1 1", "1 256, 1 256", "100 1000, 26 256", "1 65535, 1 256", "0 65535, 0 256", "300 300, 256 256"})
    void weightsBecomeOurs(String given, String ours) {
        List<DnsClient.Srv> records =
                Stream.of(given.split(" ")).map(weight -> new DnsClient.Srv(1, Integer.parseInt(weight), 80, "t" + weight)).toList();

        List<DnsClient.Srv> preferred = DnsSource.preferred(records);

        List<Integer> expected = Stream.of(ours.split(" ")).map(Integer::valueOf).distinct().toList();
        assertThat(preferred.stream().map(DnsClient.Srv::weight).distinct()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aServiceThatIsSaidNotToBeThereIsNone() {
        dns.srv("s", 60, new DnsClient.Srv(0, 0, 80, ""));
        watch(servicesOf("s"));

        assertThat(failed()).isEqualTo("it says that there is no such service");
    }

    @Test
    void aTargetWithoutAnAnswerMakesAPartAndOneThatIsGoneDoesNot() {
        dns.srv("s", 60, new DnsClient.Srv(0, 1, 80, "a.internal"), new DnsClient.Srv(0, 1, 80, "b.internal"));
        dns.a("a.internal", 60, "10.0.0.1");
        watch(servicesOf("s"));
        Snapshot.Found found = found();
        assertThat(found.trust()).isEqualTo(Snapshot.Trust.WHOLE);
        assertThat(found.note()).isEqualTo("b.internal: NXDOMAIN");

        dns.fails("b.internal", DnsClient.Family.IPV4);
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(found().trust()).isEqualTo(Snapshot.Trust.PARTIAL);
    }

    @Test
    void aHundredTargetsAreAskedForAFewAtATime() {
        dns.holds = true;
        DnsClient.Srv[] records = IntStream.range(0, 100).mapToObj(i -> new DnsClient.Srv(0, 1, 80, "t" + i)).toArray(DnsClient.Srv[]::new);
        for (int i = 0; i < 100; i++) {
            dns.a("t" + i, 60, "10.0.1." + (i + 1));
        }
        dns.srv("s", 60, records);
        watch(servicesOf("s"));
        dns.release();
        int most = 0;
        while (heard.isEmpty()) {
            most = Math.max(most, dns.underWay());
            dns.release();
        }

        assertThat(most).isEqualTo(16); // 8 names, two families
        assertThat(found().workers()).hasSize(100);
    }

    @Test
    void tenThousandNamesAreAskedForSomeAtATimeAndNoneTwice() {
        dns.holds = true;
        List<WorkerSource.Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            dns.a("n" + i, 60, "10.0.0.1");
            wanted.add(addressesOf("n" + i));
        }
        watch(wanted.toArray(WorkerSource.Wanted[]::new));
        int most = 0;
        while (dns.underWay() > 0) {
            most = Math.max(most, dns.underWay());
            dns.release();
        }

        assertThat(most).isEqualTo(2 * DnsSource.AT_ONCE);
        assertThat(heard).hasSize(10_000);
        assertThat(new HashSet<>(dns.asked)).hasSize(10_000);
        assertThat(dns.asked).hasSize(10_000);
    }

    @Test
    void whatIsNotWantedAnyMoreIsNotAskedForAnyMore() {
        dns.a("a.internal", 60, "10.0.0.1").a("b.internal", 60, "10.0.0.2");
        watch(addressesOf("a.internal"), addressesOf("b.internal"));
        heard.clear();
        watch(addressesOf("b.internal"));
        assertThat(heard).isEmpty();
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(found().service().name()).isEqualTo("b.internal");
        assertThat(dns.asked).containsExactly("a.internal", "b.internal", "b.internal");
    }

    @Test
    void anAnswerThatComesAfterThatIsNotTold() {
        dns.holds = true;
        watch(addressesOf("a.internal"));
        watch();
        dns.release();

        assertThat(heard).isEmpty();
    }

    @Test
    void otherBoundsHoldAtOnce() {
        dns.a("a.internal", 3600, "10.0.0.1");
        watch(addressesOf("a.internal"));
        found();
        watch(new WorkerSource.Wanted(new Service(Service.Kind.DNS_A, "a.internal"), FLOOR, Duration.ofSeconds(10)));

        assertThat(found().valid()).isEqualTo(Duration.ofSeconds(10));
        time.advanceTimeBy(Duration.ofSeconds(10));
        found();
    }

    @Test
    void aQuestionThatGetsLostIsAskedAgain() {
        dns.holds = true;
        dns.a("a.internal", 60, "10.0.0.1");
        watch(addressesOf("a.internal"));
        time.advanceTimeBy(DnsSource.LOST);
        assertThat(failed()).isEqualTo("it got lost");
        dns.release(); // too late
        assertThat(heard).isEmpty();
        dns.holds = false;
        time.advanceTimeBy(FLOOR);

        found();
    }
}

package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.topology.Cidr;
import io.weir.topology.IpAddress;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools whose workers are found. */
class DiscoveryProblemsTest {

    private static final String POOL = LEAST + "apps: {orders: {pools: {ca-c1: ";
    private static final String DNS = "dns: {name: orders.internal, port: 8080}";

    @Test
    void leftOutIsTypeAAndBelievedForFiveSecondsToFiveMinutes() {
        assertThat(discovery(DNS + ", zone: ca-c1b")).isEqualTo(new DiscoverySettings(
                new DiscoverySettings.Dns("orders.internal", 8080, DiscoverySettings.RecordType.A, Duration.ofSeconds(5), Duration.ofMinutes(5)),
                "ca-c1b",
                Map.of()));
    }

    @Test
    void workersAreListedOrFound() {
        assertProblems(
                POOL + "{workers: [{address: \"127.0.0.1:1\", zone: ca-c1a}], discover: {" + DNS + ", zone: ca-c1a}}}}}\n",
                "7:94: apps.orders.pools.ca-c1.discover: stands beside workers: they are listed or found; remove one of the two");
    }

    @Test
    void aGatewayHasNoWorkersToFind() {
        assertProblems(
                LEAST + ORDERS + "      us-e1: {gateway: {address: \"10.0.0.1:80\"}, discover: {" + DNS + ", zone: us-e1a}}\n",
                "11:60: apps.orders.pools.us-e1.discover: stands beside gateway: requests go to the one or to the workers that are found; remove one of the two");
    }

    @Test
    void itIsSaidWhereAndInWhichZone() {
        assertProblems(
                POOL + "{discover: {}}}}}\n",
                "7:43: apps.orders.pools.ca-c1.discover: has neither zone nor zones; say in which zone the workers are, zone: NAME,"
                        + " or which addresses are in which, zones: {NAME: [10.1.0.0/16]}",
                "7:43: apps.orders.pools.ca-c1.discover.dns: is missing");
    }

    @Test
    void zonesAreOfTheRegion() {
        assertProblems(
                POOL + "{discover: {" + DNS + ", zone: us-e1a, zones: {ca-c1c: [10.0.0.0/8]}}}}}}\n",
                "7:92: apps.orders.pools.ca-c1.discover.zone: us-e1a is a zone of us-e1, not of ca-c1; zones of ca-c1: ca-c1a, ca-c1b",
                "7:108: apps.orders.pools.ca-c1.discover.zones.ca-c1c: region ca-c1 has no zone ca-c1c; did you mean ca-c1a?");
    }

    @Test
    void aBlockIsOfOneZone() {
        assertProblems(
                POOL + "{discover: {" + DNS + ", zones: {ca-c1a: [10.0.0.0/8, 10.0.0.7], ca-c1b: [10.0.0.0/8]}}}}}}\n",
                "7:135: apps.orders.pools.ca-c1.discover.zones.ca-c1b[0]: 10.0.0.0/8 is given twice; the first is in line 7");
    }

    @Test
    void aZoneHasAListOfBlocks() {
        assertProblems(
                POOL + "{discover: {" + DNS + ", zones: {ca-c1a: 10.0.0.0/8, ca-c1b: []}}}}}}\n",
                "7:102: apps.orders.pools.ca-c1.discover.zones.ca-c1a: must be a list, is a single value; write […]",
                "7:122: apps.orders.pools.ca-c1.discover.zones.ca-c1b: is empty; at least one block of addresses is needed");
    }

    @Test
    void addressesNeedAPortAndServicesBringTheirs() {
        assertProblems(
                POOL + "{discover: {dns: {name: orders.internal}, zone: ca-c1a}}}}}\n",
                "7:49: apps.orders.pools.ca-c1.discover.dns.port: is missing");
        assertProblems(
                POOL + "{discover: {dns: {name: orders.internal, type: SRV, port: 80}, zone: ca-c1a}}}}}\n",
                "7:90: apps.orders.pools.ca-c1.discover.dns.port: stands beside type: SRV, whose answers say the port; remove one of the two");
    }

    @Test
    void aMisspeltPortIsOneProblem() {
        assertProblems(
                POOL + "{discover: {dns: {name: orders.internal, prot: 80}, zone: ca-c1a}}}}}\n",
                "7:73: apps.orders.pools.ca-c1.discover.dns.prot: unknown key; did you mean port?");
    }

    @Test
    void nameTypeAndTimesAreWhatTheyMustBe() {
        assertProblems(
                POOL + "{discover: {dns: {name: \"a b\", port: 0, type: AAAA, ttl: {floor: 10m}}, zone: ca-c1a}}}}}\n",
                "7:56: apps.orders.pools.ca-c1.discover.dns.name: must be a name in the DNS, is \"a b\";"
                        + " as in orders.internal, or _http._tcp.orders.internal with type: SRV",
                "7:69: apps.orders.pools.ca-c1.discover.dns.port: must be between 1 and 65535, is 0",
                "7:78: apps.orders.pools.ca-c1.discover.dns.type: cannot be \"AAAA\"; write one of A, SRV",
                "7:89: apps.orders.pools.ca-c1.discover.dns.ttl: has a floor of 10m above its ceiling of 5m; lower the floor or raise the ceiling");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_", "_.a", "a_b.c", "__http._tcp.a", "a..b", "10.0.0.1", "a.b..", "-a.b"})
    void isNoName(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> DiscoverySettings.Dns.defaults(name, 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "orders.internal", "_http._tcp.orders.internal", "x._tcp.y"})
    void isAName(String name) {
        assertThat(DiscoverySettings.Dns.defaults(name, 80).name()).isEqualTo(name);
    }

    @Test
    void aFailoverToARegionWhoseWorkersAreFoundMayHappen() {
        Settings settings = Configs.read(
                LEAST + ORDERS + "      us-e1: {discover: {" + DNS + ", zone: us-e1a}}\n    failover: {to: [us-e1, ca-c1]}\n");

        assertThat(Objects.requireNonNull(settings.apps().get("orders")).failover().to()).containsExactly("us-e1", "ca-c1");
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.1, ca-c1a", "10.1.2.1, ca-c1b", "10.1.2.3, ca-c1a", "10.9.0.1, ", "2001:db8::1, ca-c1b", "::ffff:10.1.2.1, ca-c1b"})
    void theSmallestBlockSaysTheZone(String address, String zone) {
        DiscoverySettings discovery = discovery(
                DNS + ", zones: {ca-c1a: [10.1.0.0/16, 10.1.2.3], ca-c1b: [10.1.2.0/24, \"2001:db8::/32\"]}");

        assertThat(discovery.zoneOf(IpAddress.parse(address))).isEqualTo(zone);
    }

    @Test
    void theZoneIsThatOfAllThatIsInNoBlock() {
        var discovery = new DiscoverySettings(
                DiscoverySettings.Dns.defaults("a.internal", 80), "ca-c1b", Map.of("ca-c1a", List.of(Cidr.parse("0.0.0.0/0"))));

        assertThat(discovery.zoneOf(IpAddress.parse("10.0.0.1"))).isEqualTo("ca-c1a");
        assertThat(discovery.zoneOf(IpAddress.parse("::1"))).isEqualTo("ca-c1b");
    }

    @Test
    void whatIsFoundIsNoConfig() {
        Settings settings = Configs.read(POOL + "{discover: {" + DNS + ", zone: ca-c1a}}}}}\n");
        AppSettings app = Objects.requireNonNull(settings.apps().get("orders"));
        PoolSettings pool = Objects.requireNonNull(app.pools().get("ca-c1"));
        var worker = new WorkerSettings(new WorkerAddress("10.0.0.1", 8080), "ca-c1a", 0);

        Settings filled = settings.with(Map.of("orders", app.with(Map.of("ca-c1", pool.with(List.of(worker))))));

        assertThat(Configs.read(JsonText.of(SettingsTree.of(filled)))).isEqualTo(settings).isNotEqualTo(filled);
    }

    private static DiscoverySettings discovery(String keys) {
        AppSettings app = Objects.requireNonNull(Configs.read(POOL + "{discover: {" + keys + "}}}}}\n").apps().get("orders"));
        return Objects.requireNonNull(Objects.requireNonNull(app.pools().get("ca-c1")).discovery());
    }
}

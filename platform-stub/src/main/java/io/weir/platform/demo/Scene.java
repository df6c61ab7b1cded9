package io.weir.platform.demo;

import io.weir.topology.BindAddress;
import io.weir.topology.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who runs where in the demo. Two regions of two zones; each zone is a /24 of the loopback network, so that it can be cut off as a whole:
 *
 * <pre>
 * ca-c1   ca-c1a 127.1.1.0/24   orders stock
 *         ca-c1b 127.1.2.0/24   orders stock hello
 * us-e1   us-e1a 127.2.1.0/24   orders stock
 *         us-e1b 127.2.2.0/24   orders       hello
 * </pre>
 *
 * <p>The load balancers are at 127.0.0.1, at the first ports; their admin ports follow, and the one port that all workers have, each at its own
 * address; then the load balancers' ports for https.
 *
 * @param regions in order; each has one balancer, at the same place in {@code balancers}
 */
record Scene(List<Region> regions, List<Balancer> balancers, List<Worker> workers) {
    /** Browsers and curl take every name under localhost for this machine (RFC 6761). */
    static final String DOMAIN = "cloudhub.localhost";

    /** The host of the mappings. */
    static final String MAPPED_HOST = "api.localhost";

    /** How many ports are used, from the first one on. */
    static final int PORTS = 7;

    static final List<String> APPS = List.of("orders", "stock", "hello");

    /** The app whose data may not leave the first region's jurisdiction. */
    static final String RESIDENT = "stock";

    private static final String LOOPBACK = "127.0.0.1";
    private static final List<Region> REGIONS = List.of(
            new Region("ca-c1", "CA", List.of("ca-c1a", "ca-c1b"), null), new Region("us-e1", "US", List.of("us-e1a", "us-e1b"), null));
    /** App and zone. */
    private static final List<List<String>> PLACES = List.of(
            List.of("orders", "ca-c1a"),
            List.of("orders", "ca-c1b"),
            List.of("orders", "us-e1a"),
            List.of("orders", "us-e1b"),
            List.of("stock", "ca-c1a"),
            List.of("stock", "ca-c1b"),
            List.of("stock", "us-e1a"),
            List.of("hello", "ca-c1b"),
            List.of("hello", "us-e1b"));

    /**
     * A load balancer. It runs in the first zone of its region.
     *
     * @param secure where it speaks TLS
     */
    record Balancer(Region region, BindAddress address, BindAddress secure, BindAddress admin) {
        String name() {
            return "balancer-" + region.name();
        }

        String zone() {
            return region.zones().getFirst();
        }

        String configName() {
            return region.name() + ".yaml";
        }

        String certificateName() {
            return region.name() + "-cert.pem";
        }

        String keyName() {
            return region.name() + "-key.pem";
        }

        String accessLogName() {
            return region.name() + "-access.log";
        }
    }

    /** A worker, the only one of its app in its zone. */
    record Worker(String app, String region, String zone, BindAddress address) {
        String name() {
            return app + "-" + zone;
        }
    }

    /** The scene on the ports from {@code first} on. */
    static Scene at(int first) {
        int admins = first + REGIONS.size();
        int workers = admins + REGIONS.size();
        int secure = workers + 1;
        List<Balancer> balancers = new ArrayList<>();
        for (int i = 0; i < REGIONS.size(); i++) {
            balancers.add(new Balancer(REGIONS.get(i), here(first + i), here(secure + i), here(admins + i)));
        }
        return new Scene(REGIONS, balancers, workers(workers));
    }

    private static BindAddress here(int port) {
        return new BindAddress(LOOPBACK, port);
    }

    private static List<Worker> workers(int port) {
        List<Worker> workers = new ArrayList<>();
        Map<String, Integer> inZone = new HashMap<>();
        for (List<String> place : PLACES) {
            String zone = place.get(1);
            int number = inZone.merge(zone, 1, Integer::sum);
            Region region = REGIONS.stream().filter(r -> r.zones().contains(zone)).findFirst().orElseThrow();
            String network = "127." + (1 + REGIONS.indexOf(region)) + "." + (1 + region.zones().indexOf(zone)) + ".";
            workers.add(new Worker(place.get(0), region.name(), zone, new BindAddress(network + number, port)));
        }
        return workers;
    }

    /** Whether the app's data may be sent to that region. */
    boolean admits(String app, Region region) {
        return !app.equals(RESIDENT) || region.jurisdiction().equals(regions.getFirst().jurisdiction());
    }

    List<Worker> pool(String app, Region region) {
        return workers.stream().filter(w -> w.app().equals(app) && w.region().equals(region.name())).toList();
    }

    /** Every address that the scene listens at. */
    List<BindAddress> addresses() {
        return Stream.concat(balancers.stream().flatMap(b -> Stream.of(b.address(), b.secure(), b.admin())), workers.stream().map(Worker::address))
                .toList();
    }

    /** The names that a load balancer proves to be, as certificates write them. */
    List<String> certifiedHosts() {
        Stream<String> apps = regions.stream().map(region -> host("*", region));
        return Stream.of(Stream.of(DOMAIN), apps, Stream.of("*." + DOMAIN, MAPPED_HOST, "localhost")).flatMap(hosts -> hosts).toList();
    }

    static String host(String app, Region region) {
        return app + "." + region.name() + "." + DOMAIN;
    }
}

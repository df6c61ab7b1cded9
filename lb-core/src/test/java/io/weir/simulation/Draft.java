package io.weir.simulation;

import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A scenario that chance makes up: a config that the real reader takes, and a script for it. */
final class Draft {
    static final List<String> REGIONS = List.of("ca-c1", "us-e1", "eu-w1");
    private static final List<String> JURISDICTIONS = List.of("CA", "US", "EU");
    private static final List<String> BALANCES =
            List.of("round-robin", "least-request", "peak-ewma", "{ hash: { on: path } }", "least-request");
    private static final List<String> APPS = List.of("orders", "billing", "search");

    private final long seed;
    private final SplittableRandom random;
    /** Of each region. */
    private final Map<String, List<String>> zones = new LinkedHashMap<>();
    /** Addresses, in the config's order; some in several pools. */
    private final List<String> workers = new ArrayList<>();
    private final List<String> apps = new ArrayList<>();
    private final List<String> pools = new ArrayList<>();

    Draft(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    Scenario scenario() {
        while (true) {
            zones.clear();
            workers.clear();
            apps.clear();
            pools.clear();
            String config = config();
            try {
                var _ = ConfigReader.read("draft", config);
                return new Scenario(seed, config, new Mishaps(random, zones, workers, pools, apps).script());
            } catch (ConfigProblemsException _) {
                // what can never happen is refused: once more
            }
        }
    }

    private String config() {
        int regions = 1 + random.nextInt(REGIONS.size());
        StringBuilder text = new StringBuilder("domains: [sim.example]\n");
        StringBuilder places = new StringBuilder("regions:\n");
        for (int i = 0; i < regions; i++) {
            List<String> its = new ArrayList<>();
            for (int zone = random.nextInt(3); zone >= 0; zone--) {
                its.add(REGIONS.get(i) + (char) ('a' + its.size()));
            }
            zones.put(REGIONS.get(i), its);
            places.append("  %s: { jurisdiction: %s, zones: %s }%n".formatted(REGIONS.get(i), JURISDICTIONS.get(i), its));
        }
        String here = REGIONS.get(random.nextInt(regions));
        text.append("here: { region: %s, zone: %s }%n".formatted(here, one(zones.getOrDefault(here, List.of()))));
        text.append("listeners: [ { bind: \"127.0.0.1:0\" } ]\n").append(places).append("apps:\n");
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            app(text, APPS.get(i), i);
        }
        return text.toString().replace("\r", "");
    }

    private void app(StringBuilder text, String app, int number) {
        apps.add(app);
        text.append("  ").append(app).append(":\n    pools:\n");
        List<String> served = some(List.copyOf(zones.keySet()), 0.8);
        for (String region : served) {
            pools.add(app + "/" + region);
            text.append("      ").append(region).append(":\n        workers:\n");
            pool(text, region, number);
        }
        List<String> jurisdictions = new ArrayList<>();
        served.forEach(region -> jurisdictions.add(JURISDICTIONS.get(REGIONS.indexOf(region))));
        text.append("    balance: ").append(one(BALANCES)).append('\n');
        text.append("    timeouts: { connect: %s, response: %s, idle: 2s, attempt: %s, total: %s }%n".formatted(
                one(List.of("300ms", "1s", "2s")),
                one(List.of("500ms", "1s", "2s")),
                chance(15) ? "400ms" : "off",
                chance(15) ? "1500ms" : "off"));
        health(text);
        failover(text, served, jurisdictions);
    }

    private void pool(StringBuilder text, String region, int number) {
        List<String> its = zones.getOrDefault(region, List.of());
        int size = 1 + random.nextInt(5);
        String drained = chance(8) ? one(its) : ""; // people gave its workers weight 0
        for (int i = 0; i < size; i++) {
            String zone = its.get(i % its.size());
            int port = 9000 + i + (random.nextInt(8) == 0 ? 0 : 100 * number);
            String address = "10.%d.%d.1:%d".formatted(REGIONS.indexOf(region) + 1, its.indexOf(zone) + 1, port);
            if (!workers.contains(address)) {
                workers.add(address);
            }
            int weight = zone.equals(drained) ? 0 : chance(80) ? 1 : random.nextInt(5);
            text.append("          - { address: \"%s\", zone: %s, weight: %d }%n".formatted(address, zone, weight));
        }
    }

    private void health(StringBuilder text) {
        if (chance(12)) {
            text.append("    check: off\n");
        } else {
            String kind = one(List.of("tcp: {}", "http: { path: /health }", "grpc: {}", "http: { path: /health }", "tls: {}"));
            String interval = one(List.of("500ms", "1s", "2s", "5s"));
            String timeout = one(List.of("200ms", "500ms", interval));
            text.append("    check: { %s, interval: %s, timeout: %s, rise: %d, fall: %d }%n".formatted(
                    kind, interval, interval.equals("5s") ? "2s" : timeout, 1 + random.nextInt(3), 1 + random.nextInt(3)));
        }
        if (chance(12)) {
            text.append("    ejection: off\n");
        } else {
            text.append("    ejection: { failures: %d, most: %s, time: %s, server-errors: %s }%n".formatted(
                    2 + random.nextInt(5),
                    one(List.of("50%", "50%", "30%", "100%", "0%")),
                    one(List.of("1s", "3s", "10s")),
                    one(List.of("on", "off"))));
        }
        text.append("    slow-start: ").append(one(List.of("off", "1s", "5s", "30s"))).append('\n');
    }

    private void failover(StringBuilder text, List<String> served, List<String> jurisdictions) {
        text.append("    zones: ").append(chance(35) ? "prefer-local" : "spread").append('\n');
        text.append("    panic: ").append(one(List.of("50%", "50%", "50%", "0%", "20%", "80%"))).append('\n');
        List<String> residency = chance(30) ? some(jurisdictions, 0.6) : jurisdictions;
        List<String> admitted = served.stream().filter(region -> residency.contains(JURISDICTIONS.get(REGIONS.indexOf(region)))).toList();
        List<String> to = admitted.size() > 1 || !served.equals(admitted) ? some(admitted, 0.8) : List.of();
        String hold = one(List.of("1s", "3s", "10s", "20s"));
        String failback = chance(10) ? "manual" : "{ hold: %s, ramp: %s }".formatted(hold, one(List.of("1s", "5s", "10s", "0s")));
        text.append("    failover: { failback: ").append(failback);
        if (!to.isEmpty()) {
            text.append(", to: ").append(to);
        }
        if (!residency.equals(jurisdictions)) {
            text.append(", residency: ").append(residency);
        }
        text.append(" }\n");
        if (admitted.size() > 1 && chance(40)) {
            text.append("    global: { active-active: { ");
            List<String> weights = new ArrayList<>();
            admitted.forEach(region -> weights.add(region + ": " + (1 + random.nextInt(3))));
            text.append(String.join(", ", weights)).append(" } }\n");
        }
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** At least one; each of the others with that probability, in another order now and then. */
    private List<String> some(List<String> of, double probability) {
        List<String> taken = new ArrayList<>();
        of.forEach(each -> {
            if (random.nextDouble() < probability) {
                taken.add(random.nextBoolean() ? taken.size() : 0, each);
            }
        });
        return taken.isEmpty() ? List.of(one(of)) : taken;
    }
}

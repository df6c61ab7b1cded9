package io.weir.explain;

import io.weir.balancing.Latency;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Tables;
import io.weir.failover.ErrorRates;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.health.WorkerReport;
import io.weir.http.HeadWriter;
import io.weir.routing.AffinityCookie;
import io.weir.routing.App;
import io.weir.routing.RoutingTable;
import io.weir.topology.Worker;
import io.weir.upstream.WorkerTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A load balancer at one moment of a random life, from a seed: regions, zones, pools and policies; workers that are lost, heal, warm up and
 * are sent away, with the plans that came of it one after the other; and loads, latencies and rests of targets that traffic would use.
 */
final class RandomWorld implements Subject {
    private static final List<String> JURISDICTIONS = List.of("AA", "BB", "CC");
    private static final List<String> BALANCES = List.of(
            "round-robin", "round-robin", "least-request", "peak-ewma", "{ hash: { on: client-address } }", "{ hash: { on: { header: x-user } } }");
    private static final List<String> HOSTS = List.of(
            "orders.example", "orders.example", "orders.r1.example", "orders.r2.example", "orders.r3.example", "shop.test", "orders.shop.test", "orders.test", "nobody.example");

    private static final long SECOND = 1_000_000_000L;

    /** A target that traffic would use, without a worker. */
    static final class LiveTarget extends WorkerTarget {
        private boolean resting;

        LiveTarget(Worker worker, int weight, @Nullable Latency latency) {
            super(worker, weight, false, latency, null);
        }

        @Override
        public boolean connectable(long now) {
            return !resting;
        }
    }

    final List<LiveTarget> targets = new ArrayList<>();
    long now = 1_000 * SECOND;
    private final SplittableRandom random;
    private final Settings settings;
    private final Tables.Built built;
    private final Map<String, AppControl> apps;
    private Map<Member, MemberState> states = new HashMap<>();

    RandomWorld(long seed) {
        random = new SplittableRandom(seed);
        settings = read();
        Tables tables = new Tables((app, worker, weight, latency) -> target(worker, weight, latency), 1);
        built = tables.build(settings, now);
        apps = built.apps().stream().collect(Collectors.toMap(app -> app.settings().name(), app -> app));
        for (int turns = random.nextInt(4); turns >= 0; turns--) {
            live();
            now += random.nextLong(random.nextBoolean() ? SECOND : 100 * SECOND);
        }
        for (LiveTarget target : targets) {
            target.resting = random.nextInt(6) == 0;
            for (int load = random.nextInt(5); load > 0; load--) {
                target.begin();
            }
            target.answered(0, random.nextLong(50_000_000));
        }
        tables.latencySums().tick(now);
    }

    private LiveTarget target(Worker worker, int weight, @Nullable Latency latency) {
        LiveTarget target = new LiveTarget(worker, weight, latency);
        targets.add(target);
        return target;
    }

    // ---- its config

    private Settings read() {
        while (true) {
            try {
                return ConfigReader.read("random", text()).settings();
            } catch (ConfigProblemsException e) {
                if (!e.problems().stream().allMatch(problem -> String.valueOf(problem.path()).startsWith("apps.orders"))) {
                    throw new AssertionError("the config is wrong", e); // else a failover that can never happen: another try
                }
            }
        }
    }

    private String text() {
        int regions = 1 + random.nextInt(3);
        StringBuilder text = new StringBuilder("domains: [example]\nhere: { region: r1, zone: r1a }\nlisteners: [ { bind: \":8080\" } ]\nregions:\n");
        for (int r = 1; r <= regions; r++) {
            text.append("  r%d: { jurisdiction: %s, zones: [r%da, r%db] }\n".formatted(r, JURISDICTIONS.get(random.nextInt(3)), r, r));
        }
        text.append("apps:\n  orders:\n    pools:\n");
        List<String> pools = new ArrayList<>();
        for (int r = regions; r >= 1; r--) {
            if (random.nextInt(4) > 0 || (r == 1 && pools.isEmpty())) {
                pools.add("r" + r);
                text.append("      r%d: { workers: [ %s ] }\n".formatted(r, workers(r)));
            }
        }
        text.append("    balance: ").append(any(BALANCES)).append('\n');
        text.append(random.nextInt(3) == 0 ? "    affinity: { cookie: back }\n" : "");
        text.append("    zones: ").append(random.nextBoolean() ? "spread" : "prefer-local").append('\n');
        text.append("    panic: ").append(any(List.of("0%", "50%", "90%"))).append('\n');
        text.append(pools.size() > 1 && random.nextInt(4) == 0
                ? "    global: { active-active: { %s: %d, %s: 3 } }\n".formatted(pools.getFirst(), 1 + random.nextInt(5), pools.getLast())
                : "");
        text.append("    failover: { to: [%s], failback: { hold: 5s, ramp: %ds }%s }\n".formatted(
                String.join(", ", pools.subList(0, random.nextInt(pools.size() + 1))), random.nextInt(30), random.nextInt(3) == 0 ? ", residency: [AA]" : ""));
        return text.append("mappings:\n  - { host: shop.test, path: \"/{p}\", app: \"{p}\", rewrite: /z }\n  - { host: \"{app}.shop.test\", app: \"{app}\" }\n").toString();
    }

    private String workers(int region) {
        List<String> workers = new ArrayList<>();
        for (int i = 0, n = 1 + random.nextInt(5); i < n; i++) {
            workers.add("{ address: \"127.0.%d.%d:80\", zone: r%d%s, weight: %d }".formatted(region, i + 1, region, random.nextBoolean() ? "a" : "b", i == 0 ? 1 : random.nextInt(4)));
        }
        return String.join(", ", workers);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    // ---- its life

    private void live() {
        int kind = random.nextInt(5);
        String lostZone = any(List.of("r1a", "r1b", "r2a", "r3b"));
        Map<Member, MemberState> next = new HashMap<>();
        for (AppControl app : built.apps()) {
            for (Member member : app.members()) {
                Health health = switch (kind) {
                    case 0 -> Health.HEALTHY;
                    case 1 -> member.worker().zone().equals(lostZone) ? Health.UNHEALTHY : Health.HEALTHY;
                    case 2 -> member.worker().region().equals("r1") ? Health.UNHEALTHY : Health.PROBATION;
                    default -> any(List.of(Health.values()));
                };
                AdminState admin = random.nextInt(8) == 0 ? any(List.of(AdminState.values())) : AdminState.ENABLED;
                long warmSince = health.available() && random.nextInt(4) == 0 ? now - random.nextLong(40 * SECOND) : MemberState.NOT_WARMING;
                next.put(member, new MemberState(member, health, admin, warmSince));
            }
        }
        states = next;
        built.apps().forEach(app -> app.steerings().forEach(steering -> steering.replan(now, this::state, ErrorRates.UNKNOWN)));
    }

    private MemberState state(Member member) {
        return Objects.requireNonNull(states.get(member));
    }

    // ---- who asks it

    /** A request to it. */
    Question question() {
        List<String> fields = new ArrayList<>();
        if (random.nextBoolean()) {
            fields.add("X-User: u" + random.nextInt(100));
        }
        if (random.nextInt(3) > 0) {
            fields.add("Cookie: a=b; back=" + (random.nextInt(8) == 0 ? "nonsense" : mark(any(targets))));
        }
        String from = "203.0.113." + random.nextInt(256);
        return Question.of("GET", "http://" + any(HOSTS) + ":8080" + any(List.of("/", "/orders/x", "/y?z")), fields, from, random.nextLong());
    }

    private static String mark(LiveTarget target) {
        HeadWriter out = new HeadWriter();
        new AffinityCookie("back", target.worker().app()).write(target, out);
        String line = out.toString();
        return line.substring(line.indexOf('=') + 1, line.indexOf(';'));
    }

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public RoutingTable table() {
        return built.table();
    }

    @Override
    public List<Door> doors() {
        return List.of(Door.of(settings.listeners().getFirst(), settings.listeners().getFirst().bind(), settings.here().region()));
    }

    @Override
    public AppNow now(App app, App.RegionPlan plan) {
        AppControl known = Objects.requireNonNull(apps.get(app.name()));
        return AppNow.of(known, plan, known.members().stream().map(this::state).toList(), now);
    }

    @Override
    public Map<Worker, WorkerReport> reports(Collection<Worker> workers) {
        return Map.of();
    }
}

package io.weir.failover;

import io.weir.balancing.Balance;
import io.weir.balancing.StandInTarget;
import io.weir.config.AppSettings;
import io.weir.config.CheckSettings;
import io.weir.config.DiscoverySettings;
import io.weir.config.FailbackSettings;
import io.weir.config.FailoverSettings;
import io.weir.config.HealthSettings;
import io.weir.config.PoolSettings;
import io.weir.config.WorkerSettings;
import io.weir.config.ZoneChoice;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.topology.Here;
import io.weir.topology.Region;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An app's workers in made-up regions, each in the state that a test gives it. Zones are {@code <region>a} and {@code <region>b} by turns. */
final class Fleet {
    static final Here HERE = new Here("ca", "caa");

    private static final DiscoverySettings FOUND_LATER =
            new DiscoverySettings(DiscoverySettings.Dns.defaults("orders.internal", 80), "any", Map.of());

    private final Map<String, Region> regions = new LinkedHashMap<>();
    private final Map<String, PoolSettings> pools = new LinkedHashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final Map<Member, MemberState> states = new HashMap<>();

    List<String> to = List.of();
    @Nullable Set<String> residency;
    FailbackSettings failback = FailbackSettings.DEFAULTS;
    ZoneChoice zones = ZoneChoice.SPREAD;
    double panic = FailoverSettings.DEFAULT_PANIC;
    Map<String, Integer> global = Map.of();
    @Nullable CheckSettings check = CheckSettings.DEFAULT;
    @Nullable Duration slowStart;

    /** A region with that many healthy workers of weight 1, in a jurisdiction that is named like it. */
    Fleet with(String region, int workers) {
        int[] weights = new int[workers];
        Arrays.fill(weights, 1);
        return weighted(region, weights);
    }

    Fleet weighted(String region, int... weights) {
        regions.put(region, new Region(region, jurisdiction(region), List.of(region + "a", region + "b"), null));
        List<WorkerSettings> workers = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            String zone = region + (i % 2 == 0 ? "a" : "b");
            int number = members.size();
            WorkerAddress address = new WorkerAddress("10.0." + number / 250 + '.' + (1 + number % 250), 80);
            workers.add(new WorkerSettings(address, zone, weights[i]));
            Member member = new Member(
                    new StandInTarget(region + i, zone, weights[i]), new Worker("orders", region, zone, address));
            members.add(member);
            states.put(member, new MemberState(member, Health.HEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING));
        }
        pools.put(region, workers.isEmpty() ? PoolSettings.discovered(region, FOUND_LATER) : new PoolSettings(region, workers));
        return this;
    }

    static String jurisdiction(String region) {
        return region.substring(0, 2).toUpperCase(Locale.ROOT);
    }

    Fleet failingOverTo(String... regionsInOrder) {
        to = List.of(regionsInOrder);
        return this;
    }

    List<Member> members() {
        return members;
    }

    List<Member> of(String region) {
        return members.stream().filter(member -> member.worker().region().equals(region)).toList();
    }

    MemberState state(Member member) {
        MemberState state = states.get(member);
        if (state == null) {
            throw new IllegalArgumentException("no member of this fleet: " + member);
        }
        return state;
    }

    void put(MemberState state) {
        states.put(state.member(), state);
    }

    /** The first {@code count} of a region are of that health, those behind them are healthy. */
    void health(String region, int count, Health health) {
        List<Member> pool = of(region);
        for (int i = 0; i < pool.size(); i++) {
            MemberState before = state(pool.get(i));
            put(new MemberState(before.member(), i < count ? health : Health.HEALTHY, before.admin(), before.warmSince()));
        }
    }

    void lose(String region, int count) {
        health(region, count, Health.UNHEALTHY);
    }

    void admin(AdminState admin, Predicate<Member> which) {
        members.stream().filter(which).forEach(member -> put(new MemberState(member, state(member).health(), admin, state(member).warmSince())));
    }

    void warm(String region, int count, long since) {
        of(region).subList(0, count).forEach(member -> put(new MemberState(member, Health.HEALTHY, state(member).admin(), since)));
    }

    AppSettings app() {
        AppSettings plain = AppSettings.defaults("orders", pools);
        return new AppSettings(
                plain.name(), plain.pools(), plain.timeouts(), plain.upstream(), plain.balance(), plain.affinity(), plain.host(),
                new HealthSettings(check, null, slowStart),
                new FailoverSettings(to, residency, failback, zones, panic, global, null));
    }

    TierOrder orders() {
        return new TierOrder(app(), HERE, regions, members);
    }

    Order order(String region) {
        return TierOrder.of(app(), region, HERE, regions, members);
    }

    Order globalOrder() {
        return TierOrder.of(app(), null, HERE, regions, members);
    }

    FailoverPlanner planner(Order order) {
        return new FailoverPlanner(app(), Balance.ROUND_ROBIN, order);
    }

    /** Shares by tier's name, in whole percents. */
    static Map<String, Long> percents(Outlook outlook, long now) {
        Map<String, Long> percents = new TreeMap<>();
        outlook.tiers().forEach(tier -> percents.put(tier.name(), Math.round(100 * tier.share().at(now))));
        return percents;
    }
}

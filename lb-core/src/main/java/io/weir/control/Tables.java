package io.weir.control;

import io.weir.balancing.Balance;
import io.weir.balancing.Latency;
import io.weir.balancing.RetryBudget;
import io.weir.config.AffinitySettings;
import io.weir.config.AppSettings;
import io.weir.config.AppTimeouts;
import io.weir.config.BalanceSettings;
import io.weir.config.FailoverSettings;
import io.weir.config.HashKey;
import io.weir.config.MappingSettings;
import io.weir.config.PoolSettings;
import io.weir.config.SentHost;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
import io.weir.failover.ErrorRates;
import io.weir.failover.Evacuations;
import io.weir.failover.FailoverPlanner;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.Outlook;
import io.weir.failover.TierOrder;
import io.weir.health.Health;
import io.weir.http.HandOver;
import io.weir.http.MendedPaths;
import io.weir.http.OriginalPath;
import io.weir.http.Step;
import io.weir.routing.AffinityCookie;
import io.weir.routing.App;
import io.weir.routing.RequestKey;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.routing.Rule;
import io.weir.topology.Template;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes routing tables of settings. */
public final class Tables {
    private static final Step.@Nullable Chain REWRITTEN = Step.Chain.of(new OriginalPath());
    private static final Step.@Nullable Chain REWRITTEN_AND_MENDED = Step.Chain.of(new OriginalPath(), new MendedPaths());

    private final Targets targets;
    private final int loops;
    private final List<Latency> latencies = new ArrayList<>();
    private final SharedTimeouts timeouts = new SharedTimeouts();

    /** For that many event loops. */
    public Tables(Targets targets, int loops) {
        this.targets = targets;
        this.loops = loops;
    }

    /**
     * What a config becomes.
     *
     * @param table for requests
     * @param apps for the control thread, in the config's order
     */
    public record Built(RoutingTable table, List<AppControl> apps) {}

    /** The table for {@code settings}, at {@code now} ns, with plans as they are while nothing is known of any worker. */
    public Built build(Settings settings, long now) {
        return build(settings, now, Evacuations.NONE);
    }

    /** The same amid evacuations: so no request is sent where people have sent the traffic away from. */
    public Built build(Settings settings, long now, Evacuations evacuations) {
        Map<String, Route> homes = new HashMap<>();
        Map<String, Route> byHost = new HashMap<>();
        Map<String, Route> own = new HashMap<>();
        List<AppControl> apps = new ArrayList<>();
        for (AppSettings appSettings : settings.apps().values()) {
            AppBuild build = new AppBuild(appSettings, settings, now, evacuations);
            App app = build.app();
            apps.add(build.control(app));
            Route home = build.home(app);
            homes.put(app.name(), home);
            build.ownPlans.forEach((region, plan) -> own.put(HandOver.poolKey(region, app.name()), new Route(app, region, plan, null)));
            for (AppDomain domain : AppDomain.of(app.name(), settings)) {
                String region = domain.region();
                byHost.put(domain.host(), region == null ? home : build.named(app, region, home));
            }
        }
        List<String> domains = new ArrayList<>(settings.domains());
        settings.regions().values().forEach(region -> domains.addAll(AppDomain.above(region, settings)));
        List<Rule> rules = settings.mappings().stream().map(Tables::rule).toList();
        return new Built(new RoutingTable(byHost, domains.stream().distinct().toList(), homes, rules, own), apps);
    }

    private static Rule rule(MappingSettings mapping) {
        return new Rule(mapping.host(), mapping.path(), switch (mapping.goal()) {
            case MappingSettings.ToApp to -> toApp(to);
            case MappingSettings.Redirect redirect -> new Rule.Redirect(redirect.status(), Template.parse(redirect.to()));
            case MappingSettings.Respond respond -> new Rule.Respond(respond.status());
        });
    }

    private static Rule.ToApp toApp(MappingSettings.ToApp to) {
        String rewrite = to.rewrite();
        if (rewrite == null) {
            return new Rule.ToApp(Template.parse(to.name()), to.region(), null, null);
        }
        return new Rule.ToApp(Template.parse(to.name()), to.region(), Template.parse(rewrite), to.mend() ? REWRITTEN_AND_MENDED : REWRITTEN);
    }

    /** The averages that the apps of its tables ask for. */
    public LatencySums latencySums() {
        return new LatencySums(latencies);
    }

    /** One app on its way from settings to plans. */
    private final class AppBuild {
        private final AppSettings settings;
        private final List<Member> members = new ArrayList<>();
        private final Map<String, App.RegionPlan> plans = new LinkedHashMap<>();
        private final List<Steering> steerings = new ArrayList<>();
        /** By region; none if nobody hands requests over to us. */
        private final Map<String, App.RegionPlan> ownPlans = new HashMap<>();

        private final List<Steering> own = new ArrayList<>();
        private final String home;
        private final App.RegionPlan homePlan;
        private final long now;
        private final Evacuations evacuations;

        AppBuild(AppSettings settings, Settings all, long now, Evacuations evacuations) {
            this.settings = settings;
            this.now = now;
            this.evacuations = evacuations;
            Balance balance = balance(settings.balance());
            settings.pools().forEach((_, pool) -> {
                for (WorkerSettings each : pool.workers()) {
                    add(new Worker(settings.name(), pool.region(), each.zone(), each.address()), each.weight(), balance);
                }
                if (pool.gateway() != null) { // stands for its region's zones
                    add(new Worker(settings.name(), pool.region(), pool.region(), pool.gateway()), WorkerSettings.DEFAULT_WEIGHT, balance);
                }
            });
            TierOrder orders = new TierOrder(settings, all.here(), all.regions(), members);
            settings.pools().forEach((region, _) -> plans.put(region, steered(region, new FailoverPlanner(settings, balance, orders.named(region)), steerings)));
            if (!all.gateways().trusted().isEmpty()) {
                AppSettings believing = believing(settings);
                for (PoolSettings pool : settings.pools().values()) {
                    if (pool.gateway() == null) {
                        String region = pool.region();
                        ownPlans.put(region, steered(region, new FailoverPlanner(believing, balance, orders.own(region)), own));
                    }
                }
            }
            home = orders.home();
            homePlan = settings.failover().global().isEmpty()
                    ? Objects.requireNonNull(plans.get(home))
                    : steered(Steering.GLOBAL, new FailoverPlanner(settings, balance, orders.global()), steerings);
        }

        private void add(Worker worker, int weight, Balance balance) {
            Latency latency = balance == Balance.PEAK_EWMA ? latency(now) : null;
            members.add(new Member(targets.of(settings, worker, weight, latency), worker));
        }

        private App.RegionPlan steered(String asked, FailoverPlanner planner, List<Steering> among) {
            Outlook outlook = planner.plan(now, this::unknown, ErrorRates.UNKNOWN);
            App.RegionPlan plan = new App.RegionPlan(outlook.plan(), planner.order().residencyStopped());
            among.add(new Steering(asked, planner, plan, outlook));
            return plan;
        }

        private MemberState unknown(Member member) {
            return new MemberState(member, Health.UNPROVEN, evacuations.of(member.worker()), MemberState.NOT_WARMING);
        }

        App app() {
            RetryBudget[] budgets = new RetryBudget[loops];
            for (int i = 0; i < loops; i++) {
                budgets[i] = new RetryBudget(loops, now);
            }
            AffinitySettings affinity = settings.affinity();
            return new App(
                    settings.name(),
                    timeouts.of(settings.timeouts()),
                    plans,
                    budgets,
                    settings.balance() instanceof BalanceSettings.Hash hash ? key(hash.on()) : null,
                    affinity == null ? null : new AffinityCookie(affinity.cookie(), settings.name()),
                    settings.host() == SentHost.WORKER);
        }

        AppControl control(App app) {
            return new AppControl(settings, app, members, steerings, own);
        }

        /** Where a host that names no region leads. */
        Route home(App app) {
            return new Route(app, home, homePlan, null);
        }

        /** Where one leads that names a region: mostly where the other does. */
        Route named(App app, String region, Route whereHome) {
            App.RegionPlan plan = app.in(region);
            return region.equals(home) && plan == homePlan ? whereHome : new Route(app, region, plan, null);
        }
    }

    /**
     * An app whose health is always believed: who hands a request over has other regions, and panics by himself. A pool of which nobody is
     * well says so, and the request goes elsewhere.
     */
    private static AppSettings believing(AppSettings app) {
        FailoverSettings failover = app.failover();
        return new AppSettings(
                app.name(),
                app.pools(),
                app.timeouts(),
                app.upstream(),
                app.balance(),
                app.affinity(),
                app.host(),
                app.health(),
                new FailoverSettings(
                        failover.to(), failover.residency(), failover.failback(), failover.zones(), 0, failover.global(), failover.rto()));
    }

    private Latency latency(long now) {
        Latency latency = new Latency(loops, now);
        latencies.add(latency);
        return latency;
    }

    private static Balance balance(BalanceSettings settings) {
        return switch (settings) {
            case BalanceSettings.RoundRobin() -> Balance.ROUND_ROBIN;
            case BalanceSettings.LeastRequest() -> Balance.LEAST_REQUEST;
            case BalanceSettings.PeakEwma() -> Balance.PEAK_EWMA;
            case BalanceSettings.Hash(HashKey on) -> Balance.HASH;
        };
    }

    private static RequestKey key(HashKey on) {
        return switch (on) {
            case HashKey.ClientAddress() -> RequestKey.clientAddress();
            case HashKey.Path() -> RequestKey.path();
            case HashKey.Header(String name) -> RequestKey.header(name);
            case HashKey.Cookie(String name) -> RequestKey.cookie(name);
        };
    }

    /** Time-outs as requests want them; those that are alike are one object. */
    private static final class SharedTimeouts {
        private final Map<AppTimeouts, App.Timeouts> known = new HashMap<>();

        App.Timeouts of(AppTimeouts settings) {
            return known.computeIfAbsent(settings, t -> new App.Timeouts(
                    t.connect().toNanos(), t.response().toNanos(), t.idle().toNanos(), t.websocket().toNanos(), nanosOrOff(t.attempt()), nanosOrOff(t.total())));
        }

        private static long nanosOrOff(@Nullable Duration duration) {
            return duration == null ? App.Timeouts.OFF : duration.toNanos();
        }
    }
}

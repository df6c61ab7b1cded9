package io.weir.control;

import io.weir.balancing.Balance;
import io.weir.balancing.Latency;
import io.weir.balancing.RetryBudget;
import io.weir.balancing.Target;
import io.weir.config.AffinitySettings;
import io.weir.config.AppSettings;
import io.weir.config.AppTimeouts;
import io.weir.config.BalanceSettings;
import io.weir.config.ByName;
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
import java.util.Optional;
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
     * @param byName the apps, for the control thread, in the config's order
     */
    public record Built(Settings settings, RoutingTable table, ByName<AppControl> byName) {
        /** In the config's order. */
        public List<AppControl> apps() {
            return List.copyOf(byName.values());
        }
    }

    /**
     * What a config becomes after another one.
     *
     * @param changes the apps that aren't what they were; all others are the very same objects
     */
    public record Rebuilt(Built built, List<AppChange> changes) {}

    /** The table for {@code settings}, at {@code now} ns, with plans as they are while nothing is known of any worker. */
    public Built build(Settings settings, long now) {
        return build(settings, now, Evacuations.NONE);
    }

    /** The same amid evacuations: so no request is sent where people have sent the traffic away from. */
    public Built build(Settings settings, long now, Evacuations evacuations) {
        Routes routes = new Routes(settings);
        ByName<AppControl> apps = settings.byName().map(each -> routes.add(new AppBuild(each, settings, null, now, evacuations)));
        return new Built(settings, routes.table(), apps);
    }

    /**
     * What {@code settings} become where {@code before} is in force. Apps that are as they were, in surroundings that are so, stay the same
     * objects, and the table is changed only where it differs. Those that are changed keep the targets of workers that stay.
     */
    public Rebuilt rebuild(Built before, Settings settings, long now, Evacuations evacuations) {
        boolean sameSurroundings = surroundings(before.settings).equals(surroundings(settings));
        List<AppChange> changes = new ArrayList<>();
        Map<String, AppControl> others = new LinkedHashMap<>();
        Routes routes = new Routes(settings);
        List<ByName.Change<AppSettings>> changed = ByName.changes(before.settings.apps(), settings.apps());
        if (!sameSurroundings) {
            settings.apps().forEach((name, app) -> others.put(name, routes.add(new AppBuild(app, settings, before.byName.get(name), now, evacuations))));
            others.forEach((name, next) -> changes.add(new AppChange(before.byName.get(name), next)));
        }
        for (ByName.Change<AppSettings> change : changed) {
            AppControl known = before.byName.get(change.name());
            if (change.after() == null) {
                changes.add(new AppChange(known, null));
            } else if (sameSurroundings) {
                AppControl next = routes.add(new AppBuild(change.after(), settings, known, now, evacuations));
                others.put(change.name(), next);
                changes.add(new AppChange(known, next));
            }
        }
        ByName<AppControl> apps = before.byName.with(others, settings.byName());
        RoutingTable table;
        if (domains(before.settings).equals(domains(settings)) && before.settings.regions().equals(settings.regions())) {
            table = changes.isEmpty() && before.settings.mappings().equals(settings.mappings()) ? before.table : routes.changed(before, changes);
        } else {
            apps.values().forEach(routes::add);
            table = routes.table();
        }
        return new Rebuilt(new Built(settings, table, apps), changes);
    }

    /** What of a config, beside an app's own settings, its plans come of. */
    private static List<Object> surroundings(Settings settings) {
        return List.of(settings.here(), settings.regions(), settings.gateways().trusted().isEmpty());
    }

    private static List<String> domains(Settings settings) {
        List<String> domains = new ArrayList<>(settings.domains());
        settings.regions().values().forEach(region -> domains.addAll(AppDomain.above(region, settings)));
        return domains.stream().distinct().toList();
    }

    /** The routes to apps, on their way to a table. */
    private static final class Routes {
        private final Settings settings;
        private final Map<String, Route> homes = new HashMap<>();
        private final Map<String, Route> byHost = new HashMap<>();
        private final Map<String, Route> own = new HashMap<>();

        Routes(Settings settings) {
            this.settings = settings;
        }

        AppControl add(AppBuild build) {
            App app = build.app();
            build.ownPlans.forEach((region, plan) -> own.put(HandOver.poolKey(region, app.name()), new Route(app, region, plan, null)));
            add(app, new Route(app, build.home, build.homePlan, null));
            return build.control(app);
        }

        /** One that stays, and whose hosts are others. */
        void add(AppControl known) {
            if (!homes.containsKey(known.settings().name())) {
                known.own().forEach(steering -> own.put(
                        HandOver.poolKey(steering.asked(), known.settings().name()), new Route(known.app(), steering.asked(), steering.regionPlan(), null)));
                add(known.app(), known.home());
            }
        }

        private void add(App app, Route home) {
            homes.put(app.name(), home);
            for (AppDomain domain : AppDomain.of(app.name(), settings)) {
                String region = domain.region();
                byHost.put(domain.host(), region == null ? home : named(app, region, home));
            }
        }

        /** Where a host leads that names a region: mostly where the other does. */
        private static Route named(App app, String region, Route home) {
            App.RegionPlan plan = app.in(region);
            return region.equals(home.region()) && plan == home.plan() ? home : new Route(app, region, plan, null);
        }

        RoutingTable table() {
            return new RoutingTable(byHost, domains(settings), homes, rules(settings), own);
        }

        /** The table before, with these. */
        RoutingTable changed(Built before, List<AppChange> changes) {
            Map<String, Optional<Route>> hostsNow = new HashMap<>();
            Map<String, Optional<Route>> homesNow = new HashMap<>();
            Map<String, Optional<Route>> ownNow = new HashMap<>();
            for (AppChange change : changes) {
                AppControl known = change.before();
                if (known != null) {
                    String name = known.settings().name();
                    homesNow.put(name, Optional.empty());
                    AppDomain.of(name, before.settings).forEach(domain -> hostsNow.put(domain.host(), Optional.empty()));
                    known.own().forEach(steering -> ownNow.put(HandOver.poolKey(steering.asked(), name), Optional.empty()));
                }
            }
            byHost.forEach((host, route) -> hostsNow.put(host, Optional.of(route)));
            homes.forEach((app, route) -> homesNow.put(app, Optional.of(route)));
            own.forEach((key, route) -> ownNow.put(key, Optional.of(route)));
            return before.table.with(hostsNow, homesNow, ownNow, rules(settings));
        }
    }

    private static List<Rule> rules(Settings settings) {
        return settings.mappings().stream().map(Tables::rule).toList();
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

    /** Those that the apps of that table ask for. */
    public static LatencySums latencySums(Built built) {
        List<Latency> asked = new ArrayList<>();
        for (AppControl app : built.byName.values()) {
            if (asksForLatency(app)) {
                app.members().stream().map(member -> member.target().latency()).filter(Objects::nonNull).forEach(asked::add);
            }
        }
        return new LatencySums(asked);
    }

    /** Whether a change is of an app that asks for averages, so that they have to be gathered anew. */
    public static boolean changesLatencies(List<AppChange> changes) {
        return changes.stream().anyMatch(change -> asksForLatency(change.before()) || asksForLatency(change.after()));
    }

    private static boolean asksForLatency(@Nullable AppControl app) {
        return app != null && app.settings().balance() instanceof BalanceSettings.PeakEwma;
    }

    /** One app on its way from settings to plans. */
    private final class AppBuild {
        private final AppSettings settings;
        /** What it was, or null. */
        private final @Nullable AppControl before;
        /** Its targets then; null until somebody asks. */
        private @Nullable Map<Worker, Target> known;

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

        AppBuild(AppSettings settings, Settings all, @Nullable AppControl before, long now, Evacuations evacuations) {
            this.settings = settings;
            this.before = before;
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

        private Map<Worker, Target> targetsBefore(AppControl app) {
            if (known == null) {
                Map<Worker, Target> all = new HashMap<>();
                app.members().forEach(member -> all.put(member.worker(), member.target()));
                known = all;
            }
            return known;
        }

        private void add(Worker worker, int weight, Balance balance) {
            Target known = before == null ? null : targetsBefore(before).get(worker);
            Latency latency = balance == Balance.PEAK_EWMA ? latency(known == null ? null : known.latency(), now) : null;
            members.add(new Member(targets.of(settings, worker, weight, latency, known), worker));
        }

        /** What makes the app's plan for that region until now, or null. */
        private @Nullable Steering steering(String asked) {
            return before == null ? null : before.steerings().stream().filter(it -> it.asked().equals(asked)).findFirst().orElse(null);
        }

        @SuppressWarnings("ReferenceEquality") // which of the two lists, and not what is in it
        private App.RegionPlan steered(String asked, FailoverPlanner planner, List<Steering> among) {
            Outlook outlook = planner.plan(now, this::unknown, ErrorRates.UNKNOWN);
            App.RegionPlan plan = new App.RegionPlan(outlook.plan(), planner.order().residencyStopped());
            Steering known = among == steerings ? steering(asked) : null;
            if (known != null) {
                plan.goOnFrom(known.regionPlan());
            }
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
            App app = new App(
                    settings.name(),
                    timeouts.of(settings.timeouts()),
                    plans,
                    budgets,
                    settings.balance() instanceof BalanceSettings.Hash hash ? key(hash.on()) : null,
                    affinity == null ? null : new AffinityCookie(affinity.cookie(), settings.name()),
                    settings.host() == SentHost.WORKER);
            return before == null ? app : app.inPlaceOf(before.app());
        }

        AppControl control(App app) {
            return new AppControl(settings, app, home, members, steerings, own);
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

    private Latency latency(@Nullable Latency known, long now) {
        if (known != null) {
            return known;
        }
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

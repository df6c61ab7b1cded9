package io.weir.control;

import io.weir.balancing.Balance;
import io.weir.balancing.Latency;
import io.weir.balancing.Plan;
import io.weir.balancing.RetryBudget;
import io.weir.balancing.Tier;
import io.weir.balancing.Touched;
import io.weir.config.AffinitySettings;
import io.weir.config.AppSettings;
import io.weir.config.AppTimeouts;
import io.weir.config.BalanceSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.HashKey;
import io.weir.config.MappingSettings;
import io.weir.config.PoolSettings;
import io.weir.config.SentHost;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
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
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Endpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes routing tables of settings. */
public final class Tables {
    private static final Step.@Nullable Chain REWRITTEN = Step.Chain.of(new OriginalPath());
    private static final Step.@Nullable Chain REWRITTEN_AND_MENDED = Step.Chain.of(new OriginalPath(), new MendedPaths());

    private final Endpoints endpoints;
    private final int loops;
    private final @Nullable Touched touched;
    private final List<Latency> latencies = new ArrayList<>();

    /** For that many event loops. Nobody watches the attempts at their targets. */
    public Tables(Endpoints endpoints, int loops) {
        this(endpoints, loops, null);
    }

    /** The same; the targets that attempts come to are listed in {@code touched}, if it is not null. */
    public Tables(Endpoints endpoints, int loops, @Nullable Touched touched) {
        this.endpoints = endpoints;
        this.loops = loops;
        this.touched = touched;
    }

    /** The table for {@code settings}, at {@code now} ns. */
    public RoutingTable build(Settings settings, long now) {
        Map<String, Route> homes = new HashMap<>();
        Map<String, Route> byHost = new HashMap<>();
        for (AppSettings appSettings : settings.apps().values()) {
            App app = app(appSettings, now);
            Route home = home(app, settings);
            homes.put(app.name(), home);
            for (AppDomain domain : AppDomain.of(app.name(), settings)) {
                String region = domain.region();
                byHost.put(domain.host(), region == null ? home : new Route(app, region, app.in(region), null));
            }
        }
        List<String> domains = new java.util.ArrayList<>(settings.domains());
        settings.regions().values().forEach(region -> domains.addAll(AppDomain.above(region, settings)));
        List<Rule> rules = settings.mappings().stream().map(Tables::rule).toList();
        return new RoutingTable(byHost, domains.stream().distinct().toList(), homes, rules);
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

    /** Where a host that names no region leads: here if the app lives here, else to the first of its regions. */
    private static Route home(App app, Settings settings) {
        String here = settings.here().region();
        String region = app.in(here) != null
                ? here
                : java.util.Objects.requireNonNull(settings.apps().get(app.name())).pools().keySet().iterator().next();
        return new Route(app, region, app.in(region), null);
    }

    private App app(AppSettings settings, long now) {
        Balance balance = balance(settings.balance());
        Map<String, App.RegionPlan> plans = new LinkedHashMap<>();
        for (PoolSettings pool : settings.pools().values()) {
            List<EndpointTarget> targets = pool.workers().stream()
                    .map(worker -> target(settings, pool.region(), worker, balance == Balance.PEAK_EWMA ? latency(now) : null))
                    .toList();
            plans.put(pool.region(), new App.RegionPlan(new Plan(List.of(new Tier(pool.region(), targets, balance)))));
        }
        RetryBudget[] budgets = new RetryBudget[loops];
        for (int i = 0; i < loops; i++) {
            budgets[i] = new RetryBudget(loops, now);
        }
        AffinitySettings affinity = settings.affinity();
        return new App(
                settings.name(),
                timeouts(settings.timeouts()),
                plans,
                budgets,
                settings.balance() instanceof BalanceSettings.Hash hash ? key(hash.on()) : null,
                affinity == null ? null : new AffinityCookie(affinity.cookie(), settings.name()),
                settings.host() == SentHost.WORKER);
    }

    private EndpointTarget target(AppSettings app, String region, WorkerSettings worker, @Nullable Latency latency) {
        EjectionSettings ejection = app.health().ejection();
        return new EndpointTarget(
                endpoints.at(worker.address(), app.upstream()),
                new Worker(app.name(), region, worker.zone(), worker.address()),
                worker.weight(),
                ejection != null && ejection.serverErrors(),
                latency,
                touched);
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

    private static App.Timeouts timeouts(AppTimeouts t) {
        return new App.Timeouts(
                t.connect().toNanos(), t.response().toNanos(), t.idle().toNanos(), nanosOrOff(t.attempt()), nanosOrOff(t.total()));
    }

    private static long nanosOrOff(@Nullable Duration duration) {
        return duration == null ? App.Timeouts.OFF : duration.toNanos();
    }
}

package io.weir.explain;

import io.weir.balancing.RecordedTarget;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Tables;
import io.weir.failover.ErrorRates;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.health.WorkerReport;
import io.weir.routing.App;
import io.weir.routing.RoutingTable;
import io.weir.topology.Worker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A load balancer that doesn't run, as its config describes it: nothing is under way, its clock stands at 0, its workers are as somebody says. */
public final class FromConfig implements Subject {
    private static final long NOW = 0;

    private final Settings settings;
    private final Tables.Built built;
    private final Map<String, AppControl> apps;
    private final Function<Member, MemberState> states;

    /** With all workers enabled and of that health. */
    public FromConfig(Settings settings, Health health) {
        this(settings, member -> new MemberState(member, health, AdminState.ENABLED, MemberState.NOT_WARMING));
    }

    /** With workers in these states. */
    FromConfig(Settings settings, Function<Member, MemberState> states) {
        this.settings = settings;
        this.states = states;
        this.built = new Tables(
                        (app, worker, weight, latency) -> new RecordedTarget(worker.address().toString(), worker.zone(), weight, 0, 0, true), 1)
                .build(settings, NOW);
        this.apps = built.apps().stream().collect(Collectors.toMap(app -> app.settings().name(), app -> app));
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
        return settings.listeners().stream().filter(it -> it.tcp() == null).map(it -> Door.of(it, it.bind(), settings.here().region())).toList();
    }

    @Override
    public AppNow now(App app, App.RegionPlan plan) {
        AppControl known = apps.get(app.name());
        if (known == null) {
            throw new IllegalStateException("there is no app " + app.name());
        }
        AppNow.steering(known, plan).replan(NOW, states, ErrorRates.UNKNOWN);
        return AppNow.of(known, plan, known.members().stream().map(states).toList(), NOW);
    }

    @Override
    public Map<Worker, WorkerReport> reports(Collection<Worker> workers) {
        return Map.of();
    }
}

package io.weir.control;

import io.weir.config.AppSettings;
import io.weir.config.CheckSettings;
import io.weir.config.HealthSettings;
import io.weir.config.PoolSettings;
import io.weir.config.UpstreamTls;
import io.weir.failover.Evacuations;
import io.weir.failover.Exposure;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.Scope;
import io.weir.failover.Strength;
import io.weir.routing.App;
import io.weir.routing.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An app with its workers and its plans, as the control thread holds it. What it says is for any thread. */
public final class AppControl {
    /** Of the load balancers of other regions: what they answer comes from behind them, and ejects nobody. */
    private static final HealthSettings GATEWAY = new HealthSettings(CheckSettings.GATEWAY, null, null);

    private final AppSettings settings;
    private final App app;
    private final String home;
    private final List<Member> members;
    private final List<Steering> steerings;
    private final List<Steering> own;
    private final List<WorkerState> workers;
    /** Written by the control thread alone, like what follows. */
    private volatile Risks risks = Risks.NONE;

    private volatile @Nullable Measured lastMeasured;
    /** What was lost until then has been told of, in ns. Control thread only. */
    private long toldUntil = Long.MIN_VALUE;

    /** One whose global domain begins in its first pool's region. */
    public AppControl(AppSettings settings, App app, List<Member> members, List<Steering> steerings, List<Steering> own) {
        this(settings, app, settings.pools().keySet().iterator().next(), members, steerings, own);
    }

    /**
     * @param home the region that its global domain begins with
     * @param members all workers of all its pools
     * @param steerings one for each region that has a pool, and one for the global domain where it differs from that of the region where it begins
     * @param own one for each pool that other load balancers may hand requests over to, of its workers alone; nobody is told of their plans
     */
    AppControl(AppSettings settings, App app, String home, List<Member> members, List<Steering> steerings, List<Steering> own) {
        this.settings = settings;
        this.app = app;
        this.home = home;
        this.members = List.copyOf(members);
        this.steerings = List.copyOf(steerings);
        this.own = List.copyOf(own);
        this.workers = members.stream().map(member -> new WorkerState(member, this)).toList();
    }

    public AppSettings settings() {
        return settings;
    }

    public App app() {
        return app;
    }

    public List<Member> members() {
        return members;
    }

    /** Where its global domain leads. */
    Route home() {
        for (Steering steering : steerings) {
            if (steering.asked().equals(Steering.GLOBAL)) {
                return new Route(app, home, steering.regionPlan(), null);
            }
        }
        return new Route(app, home, app.in(home), null);
    }

    /** Whether one of its workers belongs to that. */
    public boolean has(Scope scope) {
        for (Member member : members) {
            if (scope.covers(member.worker())) {
                return true;
            }
        }
        return false;
    }

    public List<Steering> steerings() {
        return steerings;
    }

    /** How those of its workers are watched that are in that region. */
    public HealthSettings health(String region) {
        PoolSettings pool = settings.pools().get(region);
        if (pool == null || pool.gateway() == null) {
            return settings.health();
        }
        UpstreamTls tls = pool.gatewayTls();
        return tls == null ? GATEWAY : new HealthSettings(CheckSettings.GATEWAY.over(tls), null, null);
    }

    List<Steering> own() {
        return own;
    }

    /** In the order of its members. */
    List<WorkerState> workers() {
        return workers;
    }

    /** How its members are now, in their order. */
    public List<MemberState> states(Evacuations evacuations) {
        return workers.stream()
                .map(worker -> new MemberState(
                        worker.member(),
                        worker.health(),
                        evacuations.of(worker.member().worker()),
                        worker.warmSince(),
                        worker.share()))
                .toList();
    }

    /** What it couldn't bear to lose now, by what requests ask for. */
    public List<Exposure> exposures(Evacuations evacuations) {
        List<Exposure> exposures = new ArrayList<>();
        strengths(evacuations).forEach((asked, strength) -> exposures.addAll(strength.exposures(asked)));
        return exposures;
    }

    /** The zones and regions that it could lose, all of its plans together. */
    public Set<Scope> parts(Evacuations evacuations) {
        Set<Scope> parts = new LinkedHashSet<>();
        strengths(evacuations).forEach((_, strength) -> parts.addAll(strength.parts()));
        return parts;
    }

    private Map<String, Strength> strengths(Evacuations evacuations) {
        Map<Member, MemberState> states = new HashMap<>();
        states(evacuations).forEach(state -> states.put(state.member(), state));
        Map<String, Strength> strengths = new LinkedHashMap<>();
        steerings.forEach(steering -> strengths.put(
                steering.asked(), Strength.of(steering.planner().order(), member -> Objects.requireNonNull(states.get(member)))));
        return strengths;
    }

    /** What was found out of the one that it takes the place of is known of it. */
    void goOnFrom(AppControl before) {
        lastMeasured = before.lastMeasured;
        toldUntil = before.toldUntil;
    }

    long toldUntil() {
        return toldUntil;
    }

    void toldUntil(long now) {
        toldUntil = now;
    }

    /** How many losses it couldn't bear, as of a moment ago. */
    public Risks risks() {
        return risks;
    }

    void risks(Risks next) {
        risks = next;
    }

    /** What its last failover took, or null if none was measured yet. */
    public @Nullable Measured lastMeasured() {
        return lastMeasured;
    }

    void lastMeasured(Measured measured) {
        lastMeasured = measured;
    }

    @Override
    public String toString() {
        return settings.name();
    }
}

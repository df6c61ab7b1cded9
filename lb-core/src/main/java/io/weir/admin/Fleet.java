package io.weir.admin;

import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.config.AppSettings;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.upstream.Endpoint;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pools of a load balancer as requests find them now, in the order of the config. */
final class Fleet {
    /** The workers of one app in one region. */
    record Pool(String app, String region, List<EndpointTarget> targets) {
        int inFlight() {
            return targets.stream().mapToInt(Target::inFlight).sum();
        }

        /** Open connections to its workers, which they may have in common with other pools. */
        int connections() {
            return targets.stream().map(EndpointTarget::endpoint).distinct().mapToInt(Endpoint::connections).sum();
        }

        int queued() {
            return targets.stream().map(EndpointTarget::endpoint).distinct().mapToInt(Endpoint::queued).sum();
        }

        /** How many of its workers rest at {@code now} ns. */
        long resting(long now) {
            return targets.stream().filter(target -> rest(target, now) != null).count();
        }
    }

    static final String APP = "app";

    private final Running running;

    Fleet(Running running) {
        this.running = running;
    }

    /** All pools, or those of the one app that the request names. */
    Stream<Pool> pools(PageRequest request) throws RefusedException {
        RoutingTable table = running.table();
        return apps(request).stream().flatMap(app -> pools(app, table));
    }

    /** All apps, or the one that the request names. */
    Collection<AppSettings> apps(PageRequest request) throws RefusedException {
        var apps = running.config().settings().apps();
        String name = request.query().get(APP);
        if (name == null) {
            return apps.values();
        }
        AppSettings app = apps.get(name);
        if (app == null) {
            throw new RefusedException(404, "there is no app " + name + " among " + apps.size());
        }
        return List.of(app);
    }

    private static Stream<Pool> pools(AppSettings settings, RoutingTable table) {
        Route home = table.home(settings.name());
        return home == null ? Stream.empty() : settings.pools().keySet().stream().flatMap(region -> pool(home.app(), region).stream());
    }

    private static List<Pool> pool(App app, String region) {
        App.@Nullable RegionPlan plan = app.in(region);
        if (plan == null) {
            return List.of();
        }
        List<EndpointTarget> targets = new ArrayList<>();
        for (Tier tier : plan.plan().tiers()) {
            for (Target target : tier.targets()) {
                if (target instanceof EndpointTarget reachable) {
                    targets.add(reachable);
                }
            }
        }
        return List.of(new Pool(app.name(), region, targets));
    }

    static @Nullable Rest rest(EndpointTarget target, long now) {
        return target.endpoint().rest(now);
    }
}

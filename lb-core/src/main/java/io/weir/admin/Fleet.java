package io.weir.admin;

import io.weir.config.AppSettings;
import io.weir.control.AppControl;
import io.weir.failover.Evacuations;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.upstream.Endpoint;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Rest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pools of a load balancer as they are now, in the order of the config. */
final class Fleet {
    /** The workers of one app in one region, whether they serve or not. */
    record Pool(String app, String region, List<MemberState> members) {
        private Stream<EndpointTarget> targets() {
            return members.stream().map(Fleet::target).filter(Objects::nonNull);
        }

        private Stream<Endpoint> endpoints() {
            return targets().map(EndpointTarget::endpoint).distinct();
        }

        int inFlight() {
            int sum = 0;
            for (MemberState state : members) {
                sum += state.member().target().inFlight();
            }
            return sum;
        }

        /** Open connections to its workers, which they may have in common with other pools. */
        int connections() {
            return endpoints().mapToInt(Endpoint::connections).sum();
        }

        int queued() {
            return endpoints().mapToInt(Endpoint::queued).sum();
        }

        /** How many of its workers rest at {@code now} ns. */
        int resting(long now) {
            int count = 0;
            for (MemberState state : members) {
                EndpointTarget target = target(state);
                count += target != null && rest(target, now) != null ? 1 : 0;
            }
            return count;
        }

        /** How many of its workers are well, and not sent away. */
        int well() {
            int count = 0;
            for (MemberState state : members) {
                count += state.health().available() && state.admin() == AdminState.ENABLED ? 1 : 0;
            }
            return count;
        }
    }

    static final String APP = "app";

    private final Running running;

    Fleet(Running running) {
        this.running = running;
    }

    /** All pools, or those of the one app that the request names. */
    Stream<Pool> pools(PageRequest request) throws RefusedException {
        Evacuations evacuations = running.control().evacuations();
        return controls(request).stream().flatMap(app -> pools(app, evacuations));
    }

    /** The settings of all apps, or of the one that the request names. */
    Collection<AppSettings> apps(PageRequest request) throws RefusedException {
        return of(request, running.config().settings().apps());
    }

    /** All apps, or the one that the request names. */
    Collection<AppControl> controls(PageRequest request) throws RefusedException {
        String name = request.query().get(APP);
        if (name == null) {
            return running.control().apps();
        }
        apps(request); // refuses one that there isn't
        AppControl app = running.control().app(name);
        return app == null ? List.of() : List.of(app);
    }

    private static <T> Collection<T> of(PageRequest request, Map<String, T> apps) throws RefusedException {
        String name = request.query().get(APP);
        if (name == null) {
            return apps.values();
        }
        T app = apps.get(name);
        if (app == null) {
            throw new RefusedException(404, "there is no app " + name + " among " + apps.size());
        }
        return List.of(app);
    }

    private static Stream<Pool> pools(AppControl app, Evacuations evacuations) {
        Map<String, List<MemberState>> pools = new LinkedHashMap<>();
        app.states(evacuations).forEach(state -> pools.computeIfAbsent(state.member().worker().region(), _ -> new ArrayList<>()).add(state));
        return pools.entrySet().stream().map(pool -> new Pool(app.settings().name(), pool.getKey(), pool.getValue()));
    }

    /** A worker that can be reached; null: a stand-in. */
    static @Nullable EndpointTarget target(MemberState state) {
        return state.member().target() instanceof EndpointTarget target ? target : null;
    }

    static @Nullable Rest rest(EndpointTarget target, long now) {
        return target.endpoint().rest(now);
    }
}

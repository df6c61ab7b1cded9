package io.weir.app;

import io.weir.config.AppSettings;
import io.weir.config.ByName;
import io.weir.config.PoolSettings;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.failover.MemberState;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pools whose workers are all new ones. They keep those from before until one that is new was found well: else all requests would go to workers of
 * whom nobody knows anything, while others who are known to be well are sent home.
 *
 * @param between the settings for the time until then
 * @param fresh the new workers, by app and region
 */
record PoolRenewal(Settings between, Map<String, Set<Worker>> fresh) {
    /** What there is to wait for, or null. {@code control} is asked on its thread. */
    static @Nullable PoolRenewal of(Settings now, Settings next, Control control) {
        Map<String, AppSettings> apps = new LinkedHashMap<>();
        Map<String, Set<Worker>> fresh = new LinkedHashMap<>();
        for (ByName.Change<AppSettings> change : ByName.changes(now.apps(), next.apps())) {
            String name = change.name();
            AppSettings before = change.before();
            AppSettings app = change.after();
            AppControl known = control.app(name);
            if (before != null && app != null && known != null && app.health().check() != null) {
                List<MemberState> states = control.states(known);
                Map<String, PoolSettings> pools = new LinkedHashMap<>();
                app.pools().forEach((region, pool) -> {
                    PoolSettings was = before.pools().get(region);
                    if (was != null && isRenewed(was, pool, region, states)) {
                        pools.put(region, united(was, pool));
                        Set<Worker> workers = fresh.computeIfAbsent(name + " " + region, _ -> new HashSet<>());
                        pool.workers().forEach(each -> workers.add(new Worker(name, region, each.zone(), each.address())));
                    }
                });
                if (!pools.isEmpty()) {
                    Map<String, PoolSettings> all = new LinkedHashMap<>(app.pools());
                    all.putAll(pools);
                    apps.put(name, app.with(all));
                }
            }
        }
        return apps.isEmpty() ? null : new PoolRenewal(next.with(apps), fresh);
    }

    private static boolean isRenewed(PoolSettings was, PoolSettings is, String region, List<MemberState> states) {
        if (was.workers().isEmpty() || is.workers().isEmpty()) {
            return false;
        }
        Set<WorkerAddress> before = new HashSet<>();
        was.workers().forEach(each -> before.add(each.address()));
        return is.workers().stream().noneMatch(each -> before.contains(each.address()))
                && states.stream().anyMatch(state -> state.member().worker().region().equals(region) && state.health().available());
    }

    private static PoolSettings united(PoolSettings was, PoolSettings is) {
        List<WorkerSettings> workers = new ArrayList<>(is.workers());
        workers.addAll(was.workers());
        return new PoolSettings(is.region(), workers, null, null, is.discovery());
    }

    /** Whether each of the pools has a new worker that is well, or none of them is one of ours any more. On the control thread. */
    boolean isProven(Control control) {
        return fresh.entrySet().stream().allMatch(pool -> {
            AppControl app = control.app(pool.getKey().split(" ", -1)[0]);
            return app == null
                    || control.states(app).stream().anyMatch(state -> pool.getValue().contains(state.member().worker()) && state.health().available());
        });
    }
}

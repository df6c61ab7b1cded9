package io.weir.app;

import io.weir.balancing.Target;
import io.weir.config.AppSettings;
import io.weir.config.ListenerSettings;
import io.weir.config.PoolSettings;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
import io.weir.frontend.AtStake;
import io.weir.frontend.FrontendLoop;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.WorkerTarget;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What other settings would take away from what is there: listeners, and workers as they are reached now. By what the settings say alone, and so
 * before anything is done; it is what {@link Doors} and {@link io.weir.control.LiveTargets} would do.
 */
final class Removals {
    private static final int PATIENCE_SECONDS = 5;

    /** Where listeners are whose connections would go. */
    private final List<InetSocketAddress> leaving = new ArrayList<>();
    /** The others: a connection to a certain address at the port of both is theirs. */
    private final List<InetSocketAddress> staying = new ArrayList<>();

    private final Set<Worker> workers = new HashSet<>();

    /** A worker and how it is reached: if either is another, it is another target. */
    private record Reached(Worker worker, boolean gateway, @Nullable Object by) {}

    /** {@code addresses}: where the listeners of {@code now} are, in their order. */
    Removals(Settings now, Settings next, List<InetSocketAddress> addresses) {
        List<ListenerSettings> left = new ArrayList<>(next.listeners());
        for (int i = 0; i < Math.min(addresses.size(), now.listeners().size()); i++) {
            ListenerSettings was = now.listeners().get(i);
            ListenerSettings is = left.stream().filter(it -> it.bind().equals(was.bind())).findFirst().orElse(null);
            left.remove(is);
            (is != null && Entry.of(was, now).equals(Entry.of(is, next)) ? staying : leaving).add(addresses.get(i));
        }
        for (AppSettings was : now.apps().values()) {
            AppSettings is = next.apps().get(was.name());
            if (!was.equals(is)) {
                Set<Reached> gone = reached(was);
                if (is != null) {
                    gone.removeAll(reached(is));
                }
                gone.forEach(each -> workers.add(each.worker));
            }
        }
    }

    private static Set<Reached> reached(AppSettings app) {
        Set<Reached> all = new HashSet<>();
        for (PoolSettings pool : app.pools().values()) {
            WorkerAddress gateway = pool.gateway();
            if (gateway != null) {
                all.add(new Reached(new Worker(app.name(), pool.region(), pool.region(), gateway), true, pool.gatewayTls()));
            }
            for (WorkerSettings worker : pool.workers()) {
                all.add(new Reached(new Worker(app.name(), pool.region(), worker.zone(), worker.address()), false, app.upstream()));
            }
        }
        return all;
    }

    /** Whether a client that has come in at that address of ours has come by a listener that would go. */
    boolean takes(SocketAddress here) {
        if (leaving.isEmpty() || !(here instanceof InetSocketAddress at)) {
            return false;
        }
        return leaving.contains(at) || (!staying.contains(at) && leaving.stream().anyMatch(each -> isEvery(each, at)));
    }

    private static boolean isEvery(InetSocketAddress listener, InetSocketAddress at) {
        return listener.getAddress().isAnyLocalAddress() && listener.getPort() == at.getPort();
    }

    /** Whether that target would go. */
    boolean takes(Target target) {
        return target instanceof WorkerTarget its && workers.contains(its.worker());
    }

    /** Counts on each loop what is open there; throws an {@link IllegalStateException} if one doesn't answer. */
    AtStake atStake(List<FrontendLoop> loops) {
        if (leaving.isEmpty() && workers.isEmpty()) {
            return AtStake.NOTHING;
        }
        List<CompletableFuture<AtStake>> asked =
                loops.stream().map(loop -> CompletableFuture.supplyAsync(() -> AtStake.of(loop, this::takes, this::takes), loop.loop().executor())).toList();
        try {
            AtStake all = AtStake.NOTHING;
            for (CompletableFuture<AtStake> each : asked) {
                all = all.plus(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            return all;
        } catch (ExecutionException e) {
            throw new IllegalStateException("what is open can't be counted: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("an event loop doesn't answer; ask again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped", e);
        }
    }
}

package io.weir.health;

import io.weir.config.CheckSettings;
import io.weir.config.HealthSettings;
import io.weir.health.EndpointCheck.Asked;
import io.weir.topology.Worker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Watches workers: has them checked, takes what requests see of them, and announces each change of their health. Its methods may be called
 * from any thread; what they ask for happens on the health loop, in order, and everything behind them is confined to it.
 */
public final class HealthMonitor implements AutoCloseable {
    private final ScheduledExecutorService loop;
    private final LoopTime time;
    private final Checks checks;
    private final CheckCounts counts = new CheckCounts();
    private final Sinks.Many<HealthTransition> transitions = Sinks.many().multicast().directBestEffort();

    private final Map<PoolName, WatchedPool> pools = new HashMap<>();
    /** All of the pools. */
    private final Map<Worker, WatchedWorker> workers = new HashMap<>();
    // The same objects for all: there may be a hundred thousand pools.
    private final Function<Worker, Service> askingInService = this::service;
    private final Consumer<HealthTransition> announcing = this::announce;
    private final Map<Asked, EndpointCheck> running = new HashMap<>();
    /** Of those that are new, and of those that are suspected: neither waits for many of the others. */
    private final Pace newcomers = new Pace();

    private final Pace suspects = new Pace();
    /** What is to be known of workers that are not watched yet. */
    private final Map<Worker, HealthMemo> inherited = new HashMap<>();
    private boolean closed;

    /** Who gets requests while it is well. */
    private Function<Worker, Service> inService = _ -> Service.SERVES;

    private record PoolName(String app, String region) {}

    /**
     * A monitor that watches nobody yet.
     *
     * @param loop one thread; {@code checks} work on it
     * @param clock ns, monotonic
     */
    public HealthMonitor(ScheduledExecutorService loop, Checks checks, LongSupplier clock, RandomGenerator random) {
        this.loop = loop;
        this.checks = checks;
        this.time = new LoopTime(loop, clock, random);
    }

    /**
     * Watches the workers of one pool. Called again for the pool, it replaces its list: those that stay keep their health, also under other
     * settings.
     *
     * @param pool at least one, all of the same app and region
     */
    public void watch(List<Worker> pool, HealthSettings settings) {
        Set<Worker> workers = new LinkedHashSet<>(pool);
        Set<PoolName> names = new LinkedHashSet<>();
        workers.forEach(worker -> names.add(name(worker)));
        if (names.size() != 1) {
            throw new IllegalArgumentException("not the workers of one pool: " + names);
        }
        onLoop(() -> replace(names.iterator().next(), workers, settings));
    }

    /**
     * Tells who gets requests while it is well: whose weight is not 0, and whom people let serve. Nobody is ejected because others are left who
     * get none. It is asked on the health loop whenever that matters. Until it is told, all do.
     */
    public void inService(Function<Worker, Service> which) {
        onLoop(() -> inService = which);
    }

    /** Ends what {@link #watch} began. Nothing is announced. */
    public void forget(String app, String region) {
        onLoop(() -> {
            WatchedPool pool = pools.remove(new PoolName(app, region));
            if (pool != null) {
                pool.workers().forEach(this::drop);
            }
        });
    }

    /** What requests saw. Reports on workers that are not watched are ignored. The list must not change afterwards. */
    public void traffic(List<TrafficReport> reports) {
        onLoop(() -> {
            long now = time.now();
            for (TrafficReport report : reports) {
                WatchedWorker worker = workers.get(report.worker());
                if (worker != null) {
                    worker.pool().answered(worker, report, now);
                }
            }
        });
    }

    /**
     * Each change, in order, on the health loop, from the subscription on; first verdicts are changes too. Ends when the monitor is closed.
     * A subscriber that is slow has its own queue.
     */
    public Flux<HealthTransition> transitions() {
        return transitions.asFlux().onBackpressureBuffer();
    }

    /** How these workers are now; those that are not watched are left out. Completes on the health loop, exceptionally if there is none any more. */
    public CompletableFuture<List<WorkerReport>> describe(Collection<Worker> workers) {
        List<Worker> wanted = List.copyOf(workers);
        try {
            return CompletableFuture.supplyAsync(() -> wanted.stream().map(this::report).filter(Objects::nonNull).toList(), loop);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private @Nullable WorkerReport report(Worker worker) {
        WatchedWorker watched = workers.get(worker);
        return watched == null ? null : watched.health().report();
    }

    /** What another process has to know of all workers that have a verdict. Completes as {@link #describe}. */
    public CompletableFuture<List<HealthMemo>> memos() {
        try {
            return CompletableFuture.supplyAsync(
                    () -> workers.values().stream().map(WatchedWorker::memo).filter(Objects::nonNull).toList(), loop);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Another process knew that of workers. Those that are watched until {@link #inheritedAll} go on from there: that is announced as their first verdict. */
    public void inherit(List<HealthMemo> memos) {
        onLoop(() -> memos.forEach(memo -> inherited.put(memo.worker(), memo)));
    }

    /** All whom that may concern are watched. */
    public void inheritedAll() {
        onLoop(inherited::clear);
    }

    /** Checks that had an outcome so far. */
    public long checksMade() {
        return counts.made();
    }

    /** Checks by kind and outcome. */
    public CheckCounts counts() {
        return counts;
    }

    /** Ends all checks and the stream of changes. What uses the loop ends before it. */
    @Override
    public void close() {
        onLoop(() -> {
            List.copyOf(workers.values()).forEach(this::drop);
            pools.clear();
            closed = true;
            var _ = transitions.tryEmitComplete();
        });
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(() -> {
                if (!closed) {
                    task.run();
                }
            });
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it everything that could be asked for.
        }
    }

    private void replace(PoolName name, Set<Worker> wanted, HealthSettings settings) {
        WatchedPool pool = pools.computeIfAbsent(name, _ -> new WatchedPool(settings, askingInService, time.now()));
        Iterator<WatchedWorker> watched = pool.workers().iterator();
        while (watched.hasNext()) {
            WatchedWorker worker = watched.next();
            if (!wanted.contains(worker.worker())) {
                watched.remove();
                drop(worker);
            }
        }
        if (!pool.settings().equals(settings)) {
            pool.settings(settings);
            List.copyOf(pool.workers()).forEach(worker -> change(worker, settings));
        }
        List<WatchedWorker> fresh = new ArrayList<>();
        for (Worker worker : wanted) {
            if (!workers.containsKey(worker)) {
                var health = new WorkerHealth(worker, settings, time.now());
                var added = new WatchedWorker(worker, pool, health, time, suspects, announcing);
                workers.put(worker, added);
                pool.workers().add(added);
                fresh.add(added);
            }
        }
        for (WatchedWorker worker : fresh) {
            worker.begin(inherited.remove(worker.worker()));
            check(worker, settings.check());
        }
    }

    private void change(WatchedWorker worker, HealthSettings settings) {
        EndpointCheck old = worker.check();
        worker.announce(worker.health().change(settings, time.now()));
        if (!Objects.equals(old == null ? null : old.asked().settings(), settings.check())) {
            uncheck(worker);
            check(worker, settings.check());
        }
    }

    private void check(WatchedWorker worker, @Nullable CheckSettings settings) {
        if (settings != null) {
            Asked asked = new Asked(worker.worker().address(), settings);
            EndpointCheck check = running.computeIfAbsent(asked, key -> new EndpointCheck(key, checks, time, counts));
            worker.checkedBy(check);
            check.join(worker, newcomers);
        }
    }

    private void uncheck(WatchedWorker worker) {
        EndpointCheck check = worker.check();
        worker.checkedBy(null);
        if (check != null && check.leave(worker)) {
            running.remove(check.asked());
        }
    }

    private void drop(WatchedWorker worker) {
        workers.remove(worker.worker());
        worker.stop();
        uncheck(worker);
    }

    private Service service(Worker worker) {
        return inService.apply(worker);
    }

    private void announce(HealthTransition transition) {
        // Every subscriber takes all that comes; there being none is no failure.
        var _ = transitions.tryEmitNext(transition);
    }

    private static PoolName name(Worker worker) {
        return new PoolName(worker.app(), worker.region());
    }
}

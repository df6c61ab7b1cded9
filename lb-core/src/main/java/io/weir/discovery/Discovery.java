package io.weir.discovery;

import io.weir.config.AppSettings;
import io.weir.config.AppsThat;
import io.weir.config.DiscoverySettings;
import io.weir.config.PoolSettings;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
import io.weir.topology.WorkerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/**
 * The workers of pools that say where they are found. {@link #watch} says of which config, {@link #fill} puts them into it, and the
 * listener hears when they are others. Without such pools nothing is started. {@link #watch}, {@link #fill} and {@link #close} are for one
 * thread, the rest for any.
 */
public final class Discovery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    /** Other workers are on the disk that soon. */
    static final Duration KEPT_WITHIN = Duration.ofSeconds(1);
    /** And how old they are, if they are the same. */
    static final Duration AGE_KEPT_WITHIN = Duration.ofMinutes(1);

    private final Supplier<? extends WorkerSource> sources;
    private final LastKnownGood kept;
    private final DiscoveryListener listener;
    private final InstantSource clock;

    private final Map<Service, Known> known = new ConcurrentHashMap<>();
    private final AtomicBoolean told = new AtomicBoolean();
    private final Map<String, Integer> withoutZone = new HashMap<>();
    /** By app, when it was filled last. */
    private Map<String, Filled> filled = new HashMap<>();
    private final AppsThat finding = new AppsThat(Discovery::finds);
    private boolean recalled;
    private @Nullable WorkerSource source;
    private @Nullable Disposable hearing;

    /**
     * An app that was filled.
     *
     * @param config as it stands in the config
     * @param found for each of its pools that say where
     */
    private record Filled(AppSettings config, List<List<FoundWorker>> found, AppSettings app) {}

    /** A service that is watched. But for the first two it is touched by the source's thread alone. */
    private static final class Known {
        final CompletableFuture<Void> heard = new CompletableFuture<>();
        volatile Belief belief;
        volatile boolean failing;
        @Nullable String note;

        Known(Belief belief) {
            this.belief = belief;
        }
    }

    /**
     * How a service stands.
     *
     * @param workers that are believed in
     * @param age s since the last good answer; -1: there was none
     * @param failing whether the last answer was none
     * @param doubted whether workers are held on to that the last answer did not name
     */
    public record Standing(Service service, int workers, double age, boolean failing, boolean doubted) {}

    /**
     * One that asks {@code sources}, made when a config needs it, and keeps what it hears in {@code folder}.
     *
     * @param clock of the wall
     */
    public Discovery(Supplier<? extends WorkerSource> sources, Path folder, DiscoveryListener listener, InstantSource clock) {
        this(sources, new LastKnownGood(folder, listener), listener, clock);
    }

    Discovery(Supplier<? extends WorkerSource> sources, LastKnownGood kept, DiscoveryListener listener, InstantSource clock) {
        this.sources = sources;
        this.kept = kept;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Watches what this config asks for, and nothing else, from now on.
     *
     * @return done when each service has been answered once, or not answered; before that, new ones have the workers of a process before
     */
    public CompletableFuture<Void> watch(Settings config) {
        Map<Service, WorkerSource.Wanted> wanted = wanted(finding.of(config));
        if (wanted.isEmpty() && source == null) {
            return CompletableFuture.completedFuture(null);
        }
        known.entrySet().removeIf(entry -> {
            boolean gone = !wanted.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().heard.complete(null);
            }
            return gone;
        });
        recall(wanted);
        List<CompletableFuture<Void>> first = new ArrayList<>();
        for (Service service : wanted.keySet()) {
            CompletableFuture<Void> heard = known.computeIfAbsent(service, _ -> new Known(Belief.NOTHING)).heard;
            if (!heard.isDone()) {
                first.add(heard);
            }
        }
        if (source == null) {
            source = sources.get();
            hearing = source.snapshots().subscribe(this::hear);
        }
        source.watch(wanted.values());
        return CompletableFuture.allOf(first.toArray(CompletableFuture[]::new));
    }

    private static boolean finds(AppSettings app) {
        return app.pools().values().stream().anyMatch(pool -> pool.discovery() != null);
    }

    private static Map<Service, WorkerSource.Wanted> wanted(Collection<AppSettings> apps) {
        Map<Service, WorkerSource.Wanted> wanted = new LinkedHashMap<>();
        for (AppSettings app : apps) {
            for (PoolSettings pool : app.pools().values()) {
                if (pool.discovery() != null) {
                    DiscoverySettings.Dns dns = pool.discovery().dns();
                    var one = new WorkerSource.Wanted(Service.of(dns), dns.floor(), dns.ceiling());
                    wanted.merge(one.service(), one, Discovery::both);
                }
            }
        }
        return wanted;
    }

    /** The answers are to be young enough for either. */
    private static WorkerSource.Wanted both(WorkerSource.Wanted one, WorkerSource.Wanted other) {
        return new WorkerSource.Wanted(one.service(), least(one.floor(), other.floor()), least(one.ceiling(), other.ceiling()));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** What is new and was known to a process before; read once. */
    private void recall(Map<Service, WorkerSource.Wanted> wanted) {
        if (recalled) {
            return; // what came later was asked for by this process, which knew it better
        }
        recalled = true;
        Instant now = clock.instant();
        Duration oldest = Duration.ZERO;
        int services = 0;
        for (Map.Entry<Service, Kept> each : kept.read().entrySet()) {
            if (wanted.containsKey(each.getKey())) {
                Belief belief = Belief.of(each.getValue());
                known.put(each.getKey(), new Known(belief));
                Duration age = belief.age(now);
                oldest = age != null && age.compareTo(oldest) > 0 ? age : oldest;
                services++;
            }
        }
        if (services > 0) {
            listener.recalled(services, oldest);
        }
    }

    private void hear(Snapshot snapshot) {
        Known of = known.get(snapshot.service());
        if (of == null) {
            return; // nobody wants to know any more
        }
        try {
            switch (snapshot) {
                case Snapshot.Found found -> found(of, found);
                case Snapshot.Failed failed -> {
                    if (!of.failing) {
                        of.failing = true;
                        listener.unanswered(failed.service(), failed.why(), of.belief.age(failed.at()));
                    }
                }
            }
        } catch (RuntimeException e) { // else nothing would ever be heard again
            LOG.error("what was heard of {} was lost", snapshot.service(), e);
        }
        of.heard.complete(null);
    }

    private void found(Known of, Snapshot.Found found) {
        Service service = found.service();
        Belief before = of.belief;
        Belief now = before.heard(found);
        boolean others = !now.workers().equals(before.workers());
        of.belief = others ? now : now.with(before.workers());
        if (others || !now.doubts()) {
            kept.keep(this::good, others ? KEPT_WITHIN : AGE_KEPT_WITHIN);
        }
        if (others && told.compareAndSet(false, true)) {
            listener.changed();
        }
        if (of.failing) {
            of.failing = false;
            listener.answered(service);
        }
        if (now.doubts() && !before.doubts()) {
            listener.doubted(service, now.absences().size(), before.workers().size());
        } else if (before.doubts() && !now.doubts()) {
            listener.undoubted(service, now.workers().size());
        }
        if (!Objects.equals(of.note, found.note())) {
            of.note = found.note();
            listener.leftOut(service, of.note);
        }
    }

    private Map<Service, Kept> good() {
        Map<Service, Kept> all = new HashMap<>();
        known.forEach((service, of) -> {
            Belief belief = of.belief;
            if (!belief.workers().isEmpty() && belief.goodAt() != null) {
                all.put(service, new Kept(belief.workers(), belief.goodAt(), belief.goodFor()));
            }
        });
        return all;
    }

    /** The config with the workers that are believed in now; itself if it lists all of them. */
    public Settings fill(Settings config) {
        told.set(false); // before anything is read, so that what changes meanwhile is told
        if (source == null) {
            return config; // nothing is watched: it lists all of them
        }
        Map<String, Filled> before = filled;
        filled = new HashMap<>();
        Map<String, AppSettings> apps = new HashMap<>();
        for (AppSettings app : finding.of(config)) {
            Filled now = fill(app, before.get(app.name()));
            filled.put(app.name(), now);
            apps.put(app.name(), now.app);
        }
        return config.with(apps);
    }

    /** The same object as before if nothing about it has changed, as hardly anything has at a time. */
    private Filled fill(AppSettings app, @Nullable Filled before) {
        List<List<FoundWorker>> found = new ArrayList<>();
        for (PoolSettings pool : app.pools().values()) {
            if (pool.discovery() != null) {
                Known of = known.get(Service.of(pool.discovery().dns()));
                found.add(of == null ? List.of() : of.belief.workers());
            }
        }
        if (before != null && before.config.equals(app) && before.found.equals(found)) {
            return before;
        }
        Map<String, PoolSettings> pools = new LinkedHashMap<>(app.pools());
        Iterator<List<FoundWorker>> next = found.iterator();
        for (PoolSettings pool : app.pools().values()) {
            if (pool.discovery() != null) {
                pools.put(pool.region(), pool.with(workers(app.name(), pool.region(), pool.discovery(), next.next())));
            }
        }
        return new Filled(app, found, app.with(pools));
    }

    private List<WorkerSettings> workers(String app, String region, DiscoverySettings discovery, List<FoundWorker> found) {
        List<WorkerSettings> workers = new ArrayList<>();
        int lost = 0;
        for (FoundWorker worker : found) {
            Place place = worker.place();
            String zone = discovery.zoneOf(place.address());
            if (zone == null) {
                lost++;
            } else {
                int port = place.port() == 0 ? discovery.dns().port() : place.port();
                workers.add(new WorkerSettings(new WorkerAddress(place.address().toString(), port), zone, worker.weight()));
            }
        }
        Integer before = lost == 0 ? withoutZone.remove(region + ' ' + app) : withoutZone.put(region + ' ' + app, lost);
        if (lost != (before == null ? 0 : before)) {
            listener.withoutZone(app, region, lost);
        }
        return workers;
    }

    /** How each service stands, in their order. */
    public List<Standing> standings() {
        Instant now = clock.instant();
        List<Standing> all = new ArrayList<>();
        new TreeMap<>(known).forEach((service, of) -> {
            Belief belief = of.belief;
            Duration age = belief.age(now);
            all.add(new Standing(service, belief.workers().size(), age == null ? -1 : age.toMillis() / 1000.0, of.failing, belief.doubts()));
        });
        return all;
    }

    /** Asks no more, and keeps what is not kept yet. Waits for the disk. */
    @Override
    public void close() {
        if (hearing != null) {
            hearing.dispose();
        }
        if (source != null) {
            source.close();
        }
        kept.close();
    }
}

package io.weir.app;

import io.weir.admin.Event;
import io.weir.admin.EventFeed;
import io.weir.config.AppSettings;
import io.weir.config.PoolSettings;
import io.weir.config.Settings;
import io.weir.discovery.Discovery;
import io.weir.discovery.DiscoveryListener;
import io.weir.discovery.DnsSource;
import io.weir.discovery.Service;
import io.weir.discovery.WorkerSource;
import io.weir.telemetry.metrics.Family;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers that a config does not list but says where to find, as this process believes in them. One thread at a time. */
final class FoundWorkers implements AutoCloseable {
    /** How long a config that names other services waits for their first answers. */
    private static final Duration FIRST = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(FoundWorkers.class);

    private final Discovery discovery;

    /**
     * @param folder where answers are kept
     * @param changed is run when other workers are believed in, on a thread that may not be held up
     */
    FoundWorkers(Path folder, EventFeed events, Runnable changed) {
        this(DnsSource::ofSystem, folder, events, changed);
    }

    FoundWorkers(Supplier<? extends WorkerSource> sources, Path folder, EventFeed events, Runnable changed) {
        discovery = new Discovery(sources, folder, new Told(events, changed), InstantSource.system());
    }

    /** The config with the workers that are found for it. From now on others are told of. */
    Settings watch(Settings declared) {
        discovery.watch(declared).completeOnTimeout(null, FIRST.toMillis(), TimeUnit.MILLISECONDS).join();
        return discovery.fill(declared);
    }

    /** The same, of a config that is watched already. */
    Settings fill(Settings declared) {
        return discovery.fill(declared);
    }

    /** What {@code next} would be with the workers that {@code now} has where both say the same of where they are found. */
    static Settings asNow(Settings now, Settings next) {
        Map<String, AppSettings> apps = new LinkedHashMap<>();
        next.apps().forEach((name, app) -> {
            Map<String, PoolSettings> pools = new LinkedHashMap<>(app.pools());
            pools.replaceAll((region, pool) -> {
                AppSettings before = now.apps().get(name);
                PoolSettings was = before == null ? null : before.pools().get(region);
                return was != null && pool.discovery() != null && pool.discovery().equals(was.discovery()) ? pool.with(was.workers()) : pool;
            });
            if (!pools.equals(app.pools())) {
                apps.put(name, app.with(pools));
            }
        });
        return next.with(apps);
    }

    /** For the metrics. */
    List<Family> families() {
        List<Discovery.Standing> standings = discovery.standings();
        if (standings.isEmpty()) {
            return List.of();
        }
        Family workers = new Family("weir_discovery_workers", Family.Type.GAUGE, "Workers that are believed in, by the service that is asked for them.");
        Family age = new Family("weir_discovery_age_seconds", Family.Type.GAUGE, "Since the last good answer, in s; none before the first.");
        Family failing = new Family("weir_discovery_failing", Family.Type.GAUGE, "1 while a service gets no answer that is believed, or one that is doubted.");
        for (Discovery.Standing each : standings) {
            String service = each.service().toString();
            workers.count(each.workers(), "service", service);
            if (each.age() >= 0) {
                age.count((long) each.age(), "service", service);
            }
            failing.count(each.failing() || each.doubted() ? 1 : 0, "service", service);
        }
        return List.of(workers, age, failing);
    }

    @Override
    public void close() {
        discovery.close();
    }

    /** What becomes of it, as events and in the log. */
    private record Told(EventFeed events, Runnable whenChanged) implements DiscoveryListener {
        private void tell(String kind, Object... facts) {
            Map<String, Object> all = new LinkedHashMap<>();
            for (int i = 0; i < facts.length; i += 2) {
                all.put(String.valueOf(facts[i]), facts[i + 1]);
            }
            events.publish(new Event(kind, all));
        }

        @Override
        public void changed() {
            whenChanged.run();
        }

        @Override
        public void unanswered(Service service, String why, @Nullable Duration age) {
            LOG.warn("{} gets no answer: {}; {}", service, why, age == null ? "it has no workers" : "its workers stay, of " + age.toSeconds() + " s ago");
            tell("discovery_failing", "service", service.toString(), "cause", why);
        }

        @Override
        public void answered(Service service) {
            LOG.info("{} gets answers again", service);
            tell("discovery_back", "service", service.toString());
        }

        @Override
        public void doubted(Service service, int missing, int known) {
            LOG.warn("an answer leaves out {} of {} workers of {}: they stay until it turns out that it is so", missing, known, service);
            tell("discovery_doubted", "service", service.toString(), "missing", missing, "known", known);
        }

        @Override
        public void undoubted(Service service, int workers) {
            LOG.info("{} has {} workers, without doubt", service, workers);
            tell("discovery_undoubted", "service", service.toString(), "workers", workers);
        }

        @Override
        public void leftOut(Service service, @Nullable String what) {
            if (what != null) {
                LOG.warn("of the answer for {} some is left out: {}", service, what);
                tell("discovery_left_out", "service", service.toString(), "what", what);
            }
        }

        @Override
        public void withoutZone(String app, String region, int workers) {
            if (workers > 0) {
                LOG.warn("{} workers of {} in {} are in no zone, and get nothing: name their addresses under discover.zones, or set discover.zone", workers, app, region);
                tell("discovery_without_zone", "app", app, "region", region, "workers", workers);
            }
        }

        @Override
        public void recalled(int services, Duration oldest) {
            LOG.info("the workers of {} services are those of a process before, at most {} s old, until there are answers", services, oldest.toSeconds());
            tell("discovery_recalled", "services", services, "oldest", oldest);
        }

        @Override
        public void notRead(Path file, String why) {
            LOG.error("what was found before can't be read: {}; it was put aside as {}", why, file);
            tell("discovery_not_read", "file", file.toString(), "cause", why);
        }

        @Override
        public void notKept(Path file, String why) {
            LOG.error("what is found can't be kept in {}: {}; a restart would not know it", file, why);
            tell("discovery_not_kept", "file", file.toString(), "cause", why);
        }

        @Override
        public void keptAgain(Path file) {
            LOG.info("what is found is kept in {} again", file);
            tell("discovery_kept", "file", file.toString());
        }
    }
}

package io.weir.simulation;

import io.weir.config.AppSettings;
import io.weir.config.Settings;
import io.weir.config.WorkerSettings;
import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Member;
import io.weir.failover.Scope;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.topology.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What is true of each worker, written down beside the product: its settings, what was said about it, and who sent it away. */
final class Ledger {
    /** One worker of one app. */
    static final class Entry {
        private final AppSettings app;
        private final Member member;
        private final String jurisdiction;
        private final int weight;
        private Health announced = Health.UNPROVEN;
        private long announcedAt = SimulatedTime.BEGIN;
        private Health heard = Health.UNPROVEN;

        private Entry(AppSettings app, Member member, String jurisdiction, int weight) {
            this.app = app;
            this.member = member;
            this.jurisdiction = jurisdiction;
            this.weight = weight;
        }

        AppSettings app() {
            return app;
        }

        Worker worker() {
            return member.worker();
        }

        SimulatedTarget target() {
            return (SimulatedTarget) member.target();
        }

        /** That people gave it. */
        int weight() {
            return weight;
        }

        String jurisdiction() {
            return jurisdiction;
        }

        /** What the monitor says. */
        Health announced() {
            return announced;
        }

        /** Since when, in ns. */
        long announcedAt() {
            return announcedAt;
        }

        /** What the control thread has heard. */
        Health heard() {
            return heard;
        }

        void announce(Health health, long now) {
            announcedAt = health == announced ? announcedAt : now;
            announced = health;
        }

        void hear(Health health) {
            heard = health;
        }

        @Override
        public String toString() {
            return member.worker().app() + "'s " + target().at();
        }
    }

    private final SimulatedTime time;
    private final Map<Worker, Entry> entries = new LinkedHashMap<>();
    private Evacuations evacuations = Evacuations.NONE;
    private long evacuationsSince = SimulatedTime.BEGIN;

    Ledger(SimulatedTime time) {
        this.time = time;
    }

    void add(Settings settings, AppSettings app, Member member) {
        String jurisdiction = Objects.requireNonNull(settings.regions().get(member.worker().region())).jurisdiction();
        entries.put(member.worker(), new Entry(app, member, jurisdiction, weight(app, member.worker())));
    }

    private static int weight(AppSettings app, Worker worker) {
        return Objects.requireNonNull(app.pools().get(worker.region())).workers().stream()
                .filter(each -> each.address().equals(worker.address()) && each.zone().equals(worker.zone()))
                .mapToInt(WorkerSettings::weight)
                .findFirst()
                .orElseThrow();
    }

    Entry of(Worker worker) {
        return Objects.requireNonNull(entries.get(worker));
    }

    Iterable<Entry> all() {
        return entries.values();
    }

    /** Those of its pool, itself among them. */
    List<Entry> pool(Worker worker) {
        List<Entry> pool = new ArrayList<>();
        for (Entry each : entries.values()) {
            if (each.worker().app().equals(worker.app()) && each.worker().region().equals(worker.region())) {
                pool.add(each);
            }
        }
        return pool;
    }

    // ---- what operators said

    void evacuated(Evacuation evacuation) {
        evacuations = evacuations.with(evacuation);
        evacuationsSince = time.nanoTime();
    }

    void restored(Scope scope) {
        evacuations = evacuations.without(scope);
        evacuationsSince = time.nanoTime();
    }

    AdminState admin(Worker worker) {
        return evacuations.of(worker);
    }

    Evacuations evacuations() {
        return evacuations;
    }

    /** When they changed last, in ns. */
    long evacuationsSince() {
        return evacuationsSince;
    }
}

package io.weir.admin;

import io.weir.control.ControlListener;
import io.weir.control.Incident;
import io.weir.control.Measured;
import io.weir.control.Steering;
import io.weir.failover.Evacuation;
import io.weir.failover.Scope;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the control thread tells, as events and as lines of the process's log; storms are {@linkplain EventBrake summed up}. */
public final class ControlEvents implements ControlListener {
    private static final Logger LOG = LoggerFactory.getLogger("weir");

    /** Lines that wait while standard error takes none; more are lost. */
    private static final int LINES = 1000;

    private final EventFeed feed;
    private final EventBrake brake;
    private final Queue<Event> unlogged = new ArrayBlockingQueue<>(LINES);

    /** @param clock ns, monotonic */
    public ControlEvents(EventFeed feed, LongSupplier clock) {
        this.feed = feed;
        this.brake = new EventBrake(clock, this::tell);
    }

    private void tell(Event event) {
        feed.publish(event);
        unlogged.offer(event); // the control thread doesn't wait for whoever reads the log
    }

    /** Says what was held back, when it is time, and writes lines. Called now and then, by one thread. */
    public void check() {
        brake.check();
        for (Event event = unlogged.poll(); event != null; event = unlogged.poll()) {
            LOG.info("{}: {}", event.kind(), TextForm.text(event.facts()));
        }
    }

    /** That a new worker is well is no news. */
    @Override
    public void healthChanged(HealthTransition it) {
        if (it.from() == Health.UNPROVEN && it.to() == Health.HEALTHY) {
            return;
        }
        brake.publish("health_changed", "zone " + it.worker().zone() + " to " + word(it.to()), () -> facts(it));
    }

    private static Map<String, Object> facts(HealthTransition it) {
        Worker worker = it.worker();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("worker", worker.address().toString());
        facts.put("app", worker.app());
        facts.put("region", worker.region());
        facts.put("zone", worker.zone());
        facts.put("from", word(it.from()));
        facts.put("to", word(it.to()));
        facts.put("cause", word(it.cause()));
        facts.put("detail", it.detail());
        return facts;
    }

    @Override
    public void happened(Incident incident) {
        switch (incident) {
            case Incident.FailedOver it -> brake.publish("failover", it.lost(), () -> {
                Map<String, Object> facts = facts(it.app(), it.asked());
                facts.put("lost", it.lost());
                facts.put("share", Share.of(it.share()));
                facts.put("why", it.why());
                return facts;
            });
            case Incident.FailbackBegan it -> brake.publish("failback_began", it.tier(), () -> {
                Map<String, Object> facts = facts(it.app(), it.asked(), it.tier());
                facts.put("away", it.away());
                return facts;
            });
            case Incident.FailbackDone it -> brake.publish("failback_done", it.tier(), () -> {
                Map<String, Object> facts = facts(it.app(), it.asked(), it.tier());
                facts.put("away", it.away());
                facts.put("took", it.took());
                facts.put("failed", it.failed());
                facts.put("retried", it.retried());
                return facts;
            });
            case Incident.PanicBegan it -> brake.publish("panic_began", it.tier(), () -> {
                Map<String, Object> facts = facts(it.app(), it.asked(), it.tier());
                facts.put("available", it.available());
                facts.put("enabled", it.enabled());
                return facts;
            });
            case Incident.PanicEnded it -> brake.publish("panic_ended", it.tier(), () -> facts(it.app(), it.asked(), it.tier()));
            case Incident.FailoverMeasured(Measured it) -> brake.publish("failover_measured", it.lost(), () -> facts(it));
        }
    }

    private static Map<String, Object> facts(String app, String asked) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("app", app);
        facts.put("asked", asked(asked));
        return facts;
    }

    private static Map<String, Object> facts(String app, String asked, String tier) {
        Map<String, Object> facts = facts(app, asked);
        facts.put("tier", tier);
        return facts;
    }

    /** Its figures by their names; what is not known is left out. */
    static Map<String, Object> facts(Measured it) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("app", it.app());
        facts.put("lost", it.lost());
        facts.put("cause", it.evacuated() ? "evacuated" : "unhealthy");
        facts.put("began", it.began());
        facts.put("detected", it.detected());
        facts.put("decided", it.decided());
        putIfKnown(facts, "answered", it.answered());
        putIfKnown(facts, "moved", it.moved());
        facts.put("outcome", word(it.outcome()));
        facts.put("failed", it.failed());
        facts.put("retried", it.retried());
        if (it.objective() != null) {
            facts.put("objective", it.objective());
            facts.put("objective_met", !it.missed());
            if (it.took().compareTo(it.objective()) > 0) {
                facts.put("missed_by", it.took().minus(it.objective()));
            }
        }
        return facts;
    }

    private static void putIfKnown(Map<String, Object> facts, String name, @Nullable Duration duration) {
        if (duration != null) {
            facts.put(name, duration);
        }
    }

    @Override
    public void evacuated(Evacuation it) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("scope", it.scope().toString());
        facts.put("until", it.until());
        facts.put("hard", it.hard());
        tell(new Event("evacuated", facts));
    }

    @Override
    public void restored(Scope scope, boolean early) {
        tell(Event.of("restored", "scope", scope.toString(), "early", early));
    }

    @Override
    public void latchesRecalled(int tiers, Duration age) {
        tell(Event.of("failback_recalled", "tiers", tiers, "age_s", age.toSeconds()));
    }

    @Override
    public void latchesLost(String why) {
        tell(Event.of("failback_unkept", "cause", why));
    }

    @Override
    public void latchesKept() {
        tell(Event.of("failback_kept"));
    }

    @Override
    public void stateLost(String why) {
        tell(Event.of("state_lost", "cause", why));
    }

    @Override
    public void stateKept() {
        tell(Event.of("state_kept"));
    }

    /** What requests ask for, as the pages say it. */
    static String asked(String asked) {
        return asked.equals(Steering.GLOBAL) ? "global" : asked;
    }

    /** As the pages say it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

package io.weir.control;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.Latency;
import io.weir.balancing.StandInTarget;
import io.weir.balancing.Target;
import io.weir.balancing.Touched;
import io.weir.balancing.Traffic;
import io.weir.config.AppSettings;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.failover.Evacuation;
import io.weir.failover.MemberState;
import io.weir.failover.Scope;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A control thread in virtual time, with apps of a config, whose workers are as a test says and get the requests that it says. */
public final class ControlRig implements ControlListener {
    static final Instant BEGIN = Instant.parse("2026-11-23T12:00:00Z");
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(100);

    final List<Incident> incidents = new ArrayList<>();
    /** Whoever is told of such a one fails. */
    @Nullable Class<? extends Incident> failsAt;

    final List<HealthTransition> changes = new ArrayList<>();
    /** Of failback latches. */
    final List<String> said = new ArrayList<>();
    public final Control control;
    private final EmbeddedChannel timers = new EmbeddedChannel();
    private final Touched touched = new Touched(1, () -> {});
    private final long begin = TimeUnit.HOURS.toNanos(1);
    private long now = begin;
    private final Tables tables;
    Tables.Built built;

    /** Targets in memory, which stay as long as their workers do. */
    private record StandIns(Touched touched) implements Targets {
        @Override
        public Target of(AppSettings app, Worker worker, int weight, @Nullable Latency latency) {
            return new StandInTarget(worker.address().toString(), touched);
        }

        @Override
        public Target of(AppSettings app, Worker worker, int weight, @Nullable Latency latency, @Nullable Target known) {
            return known != null ? known : of(app, worker, weight, latency);
        }
    }

    /** As at a start: no worker has a verdict. */
    public ControlRig(String config) {
        this(config, KeptState.NONE, null);
    }

    /** The same, of one that keeps its state, and goes on from what another has told, or with null from what was kept. */
    ControlRig(String config, KeptState kept, @Nullable Latches inherited) {
        timers.freezeTime();
        try {
            var settings = ConfigReader.read("test", config).settings();
            tables = new Tables(new StandIns(touched), 1);
            control = new Control(
                    timers.eventLoop(), () -> now, () -> BEGIN.plusNanos(now - begin), kept, new TierErrors(() -> now), this, new OwnPools(1));
            built = tables.build(settings, now, control.recall(inherited));
            control.take(built.apps(), () -> {});
        } catch (ConfigProblemsException e) {
            throw new IllegalArgumentException(e);
        }
        pass(Duration.ofMillis(100));
    }

    /** Another config comes into force. Returns the apps that aren't what they were. */
    List<AppChange> become(String config) {
        try {
            Tables.Rebuilt next = tables.rebuild(built, ConfigReader.read("test", config).settings(), now, control.evacuations());
            control.replace(next.built().byName(), next.changes(), () -> built = next.built());
            return next.changes();
        } catch (ConfigProblemsException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public void latchesRecalled(int tiers, Duration age) {
        said.add("recalled " + tiers + ", " + age);
    }

    @Override
    public void latchesLost(String why) {
        said.add("lost: " + why);
    }

    @Override
    public void latchesKept() {
        said.add("kept");
    }

    @Override
    public void happened(Incident incident) {
        if (incident.getClass() == failsAt) {
            throw new IllegalStateException("a fault of a listener");
        }
        incidents.add(incident);
    }

    /** Something is asked of the control thread, which has other things to do first, for that long. */
    void holdUp(Duration time, Runnable asked) {
        asked.run();
        now += time.toNanos();
        timers.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void healthChanged(HealthTransition transition) {
        changes.add(transition);
    }

    /** Lets time pass; what event loops have counted is summed every 100 ms. */
    public void pass(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= STEP) {
            long until = now + Math.min(left, STEP);
            timers.runPendingTasks();
            while (now < until) {
                long next = timers.runScheduledPendingTasks();
                long step = next < 0 ? until - now : Math.min(until - now, Math.max(1, next));
                now += step;
                timers.advanceTimeBy(step, TimeUnit.NANOSECONDS);
            }
            touched.look(now, _ -> {});
            timers.runScheduledPendingTasks();
        }
    }

    /** The same, with requests every 100 ms at those who serve, spread over them evenly as plans say. */
    void pass(Duration time, int requestsEach, Predicate<Worker> serve) {
        for (long left = time.toNanos(); left > 0; left -= STEP) {
            requests(requestsEach, 0, serve);
            pass(Duration.ofNanos(STEP));
        }
    }

    void requests(int good, int bad, Predicate<Worker> which) {
        for (MemberState state : members(which)) {
            Traffic traffic = Objects.requireNonNull(state.member().target().traffic());
            for (int i = 0; i < good; i++) {
                state.member().target().answered(0, 0);
                traffic.good(0);
            }
            for (int i = 0; i < bad; i++) {
                traffic.bad(0, false, true, now);
            }
        }
    }

    private List<MemberState> members(Predicate<Worker> which) {
        return control.apps().stream()
                .flatMap(app -> control.states(app).stream())
                .filter(state -> which.test(state.member().worker()))
                .toList();
    }

    /** They become so, {@code since} after the first sign. */
    public void become(Health health, Duration since, Predicate<Worker> which) {
        become(health, Contact.ANSWERS, since, which);
    }

    void become(Health health, Contact contact, Duration since, Predicate<Worker> which) {
        for (MemberState state : members(which)) {
            if (state.health() != health) {
                control.healthChanged(new HealthTransition(
                        state.member().worker(),
                        state.health(),
                        health,
                        HealthTransition.Cause.CHECK,
                        "",
                        contact,
                        since.toNanos(),
                        now));
            }
        }
    }

    public void evacuate(Scope scope, Duration time) {
        control.evacuate(new Evacuation(scope, BEGIN.plusNanos(now - begin).plus(time), false));
    }

    AppControl app(String name) {
        return Objects.requireNonNull(control.app(name));
    }

    public long now() {
        return now;
    }

    Instant instant() {
        return BEGIN.plusNanos(now - begin);
    }

    <T extends Incident> List<T> told(Class<T> kind) {
        return incidents.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static Predicate<Worker> in(String regionOrZone) {
        return worker -> worker.region().equals(regionOrZone) || worker.zone().equals(regionOrZone);
    }
}

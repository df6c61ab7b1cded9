package io.weir.simulation;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.weir.balancing.Latency;
import io.weir.balancing.Target;
import io.weir.config.AppSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlListener;
import io.weir.control.InService;
import io.weir.control.Tables;
import io.weir.control.Ticks;
import io.weir.control.TierErrors;
import io.weir.control.TrafficSums;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.ExchangeLoop;
import io.weir.health.HealthMonitor;
import io.weir.health.HealthTransition;
import io.weir.loop.DeadlineWheel;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopClock;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/** The product as {@code app} puts it together, on simulated threads and without sockets. */
final class SimulatedBalancer {
    private final SimulatedTime time;
    private final SimulatedThread control;
    private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false, true);
    private final List<Loop> loops = new ArrayList<>();
    private final Settings settings;
    private final Tables.Built built;
    private final HealthMonitor monitor;
    private final Control plane;
    private final TrafficSums traffic;
    private final Ticks ticks;
    private final Sabotage sabotage;
    private final SimulatedThread health;

    /** An event loop with what it owns. */
    record Loop(SimulatedThread thread, LoopClock clock, SimulatedNetwork network, ExchangeLoop exchanges) {}

    /**
     * What it stands on.
     *
     * @param loops one for each event loop
     * @param workers that addresses lead to
     */
    record Ground(
            SimulatedTime time,
            SplittableRandom random,
            SimulatedThread control,
            SimulatedThread health,
            List<SimulatedThread> loops,
            Function<WorkerAddress, SimulatedWorker> workers) {}

    SimulatedBalancer(
            Ground ground,
            Settings settings,
            Sabotage sabotage,
            SimulatedNetwork.Tap tap,
            ControlListener listener,
            ExchangeListener exchanges) {
        this.time = ground.time;
        this.control = ground.control;
        this.health = ground.health;
        this.settings = settings;
        this.sabotage = sabotage;
        plane = new Control(control, time::nanoTime, time, null, new TierErrors(time::nanoTime), listener);
        traffic = new TrafficSums(ground.loops.size(), this::look, plane);
        Tables tables = new Tables((app, worker, weight, latency) -> target(ground, app, worker, weight, latency), ground.loops.size());
        built = tables.build(settings, time.nanoTime());
        monitor = new HealthMonitor(
                health, sabotage.checks(new SimulatedChecks(health, ground.workers)), time::nanoTime, ground.random.split());
        ticks = new Ticks(tables.latencySums(), traffic, sabotage.passesTrafficOn() ? monitor::traffic : _ -> {}, time::nanoTime);
        ground.loops.forEach(thread -> loops.add(loop(ground, thread, tap, exchanges)));
    }

    private Target target(Ground ground, AppSettings app, Worker worker, int weight, @Nullable Latency latency) {
        EjectionSettings ejection = app.health().ejection();
        boolean serverErrors = ejection != null && ejection.serverErrors();
        return new SimulatedTarget(ground.workers.apply(worker.address()), worker, weight, serverErrors, latency, traffic.touched());
    }

    private Loop loop(Ground ground, SimulatedThread thread, SimulatedNetwork.Tap tap, ExchangeListener watching) {
        LoopClock clock = new LoopClock(time::nanoTime);
        EventLoops.Loop loop = new EventLoops.Loop(loops.size(), thread, clock);
        SimulatedNetwork network = new SimulatedNetwork(thread, clock, ground.random.split(), alloc, tap, sabotage);
        ExchangeLoop exchanges = new ExchangeLoop(
                loop.index(),
                thread,
                clock,
                loop.wheel(),
                network,
                built::table,
                List.of(traffic.onLoop(loop), watching),
                ground.random.split(),
                -1);
        var _ = thread.scheduleAtFixedRate(
                () -> loop.wheel().advance(clock.refresh()), DeadlineWheel.TICK, DeadlineWheel.TICK, TimeUnit.NANOSECONDS);
        return new Loop(thread, clock, network, exchanges);
    }

    private void look() {
        control.execute(ticks::look);
    }

    /** Begins as {@code ControlPlane} does. {@code heard} is told of each change before the control thread acts on it. */
    void begin(Consumer<HealthTransition> announced, Consumer<HealthTransition> heard, BiConsumer<String, Throwable> failed) {
        control.execute(() -> {
            plane.take(built.apps(), () -> {});
            var _ = sabotage.heard(sabotage.announced(monitor.transitions()).doOnNext(announced), health)
                    .publishOn(Schedulers.fromExecutor(control))
                    .subscribe(
                            transition -> {
                                heard.accept(transition);
                                plane.healthChanged(transition);
                            },
                            e -> failed.accept("hearing of health", e));
            monitor.inService(new InService(built.apps(), plane::evacuations));
            built.apps().forEach(this::watch);
            ticks.begin(control);
        });
    }

    private void watch(AppControl app) {
        Map<String, List<Worker>> pools = new LinkedHashMap<>();
        app.members().forEach(member -> pools.computeIfAbsent(member.worker().region(), _ -> new ArrayList<>()).add(member.worker()));
        pools.values().forEach(pool -> monitor.watch(pool, app.settings().health()));
    }

    Settings settings() {
        return settings;
    }

    List<AppControl> apps() {
        return built.apps();
    }

    HealthMonitor monitor() {
        return monitor;
    }

    Control control() {
        return plane;
    }

    List<Loop> loops() {
        return loops;
    }

    UnpooledByteBufAllocator alloc() {
        return alloc;
    }

    /** Bytes in buffers. */
    long bytesHeld() {
        return alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory();
    }
}

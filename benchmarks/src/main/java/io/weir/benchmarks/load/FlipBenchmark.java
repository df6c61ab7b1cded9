package io.weir.benchmarks.load;

import io.weir.admin.ControlEvents;
import io.weir.admin.EventFeed;
import io.weir.balancing.RecordedTarget;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlListener;
import io.weir.control.Incident;
import io.weir.control.Tables;
import io.weir.failover.ErrorRates;
import io.weir.failover.Evacuation;
import io.weir.failover.Member;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long it takes from the verdict on one worker, as health hands it to the control thread, until the plan that comes of it is published,
 * among very many apps: while nothing else happens, and while a region of all of them is evacuated and restored over and over.
 *
 * <pre>
 *   benchmarks/flip APPS FLIPS
 *   benchmarks/flip 100000 2000
 * </pre>
 *
 * News are gathered for 2 ms, which are a part of it. On a machine with other work the processor time of the control thread says what it would
 * take without: no more than that and the 2 ms. Each app has two workers in each of two regions.
 */
public final class FlipBenchmark implements ControlListener {
    private static final int IN_REGION = 2;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double MILLI = 1e6;
    private static final String EVACUATED = "r1";
    private static final String FLIPPED = "r2";
    private static final Scope REGION = new Scope(Scope.Kind.REGION, EVACUATED);
    /** Between two flips, in ns, and a random part of it more. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(4);

    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("weir-control").daemon().factory());
    private final long threadId;
    private final ControlEvents events = new ControlEvents(new EventFeed(InstantSource.system()), System::nanoTime);
    private final Control control =
            new Control(thread, System::nanoTime, InstantSource.system(), null, ErrorRates.UNKNOWN, this);
    private final SplittableRandom random = new SplittableRandom(1);
    private final AtomicInteger decisions = new AtomicInteger();
    private final List<AppControl> apps;
    private final String lastApp;
    private volatile @Nullable Flip awaited;
    /** Whether the last app waits for what was decided. Control thread only, like what follows. */
    private boolean moving;
    /** How many workers of the region are to be enabled. */
    private int enabled = IN_REGION;

    /** One worker becomes something. */
    private record Flip(String app, long begun, long processor, CompletableFuture<Took> took) {}

    /** All that a flip took, and the processor time of the control thread meanwhile, in ns. */
    private record Took(long all, long processor) {}

    private FlipBenchmark(Settings settings) throws Exception {
        thread.setRemoveOnCancelPolicy(true);
        Tables tables = new Tables((_, worker, weight, _) -> new RecordedTarget(worker.address().toString(), worker.zone(), weight, 0, 0, true), 2);
        apps = tables.build(settings, System.nanoTime()).apps();
        lastApp = apps.getLast().toString();
        threadId = thread.submit(() -> Thread.currentThread().threadId()).get();
        thread.submit(() -> control.take(apps, () -> {})).get();
        for (AppControl app : apps) {
            thread.execute(() -> app.members().forEach(member -> become(member, Health.UNPROVEN, Health.HEALTHY)));
        }
        settle();
    }

    public static void main(String[] args) throws Exception {
        int apps = Integer.parseInt(args[0]);
        int flips = Integer.parseInt(args[1]);
        FlipBenchmark benchmark = new FlipBenchmark(config(apps));
        var _ = benchmark.flip(flips); // warms up
        System.out.println(text(apps + " apps, nothing else happens", benchmark.flip(flips)));
        benchmark.move(flips);
        int before = benchmark.decisions.get();
        System.out.println(text(apps + " apps, a region is evacuated and restored", benchmark.flip(flips)));
        System.out.println((benchmark.decisions.get() - before) + " times meanwhile");
    }

    private static Settings config(int apps) throws ConfigProblemsException {
        StringBuilder text = new StringBuilder("""
                domains: [d.example]
                here: {region: r1, zone: r1a}
                regions: {r1: {jurisdiction: XX, zones: [r1a, r1b]}, r2: {jurisdiction: XX, zones: [r2a, r2b]}}
                listeners: [{bind: ":8080"}]
                apps:
                """);
        for (int i = 0; i < apps; i++) {
            text.append("  a").append(i).append(": {failover: {to: [r2]}, pools: {");
            text.append("r1: {workers: [{address: \"127.0.0.1:1\", zone: r1a}, {address: \"127.0.0.1:2\", zone: r1b}]}, ");
            text.append("r2: {workers: [{address: \"127.0.0.1:3\", zone: r2a}, {address: \"127.0.0.1:4\", zone: r2b}]}}}\n");
        }
        return ConfigReader.read("flips", text.toString()).settings();
    }

    private void become(Member member, Health from, Health to) {
        Worker worker = member.worker();
        control.healthChanged(new HealthTransition(worker, from, to, HealthTransition.Cause.CHECK, "refused", Contact.REFUSES, 0, System.nanoTime()));
    }

    /** Waits until all plans are made and all risks are judged. */
    private void settle() throws Exception {
        while (!thread.getQueue().isEmpty()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        thread.submit(() -> {}).get(); // behind what it is at
    }

    /** Evacuates the region, restores it as soon as all have gone, and so on; first a few times. */
    private void move(int flips) throws Exception {
        thread.execute(this::decide);
        var _ = flip(flips); // warms up
    }

    private void decide() {
        decisions.incrementAndGet();
        moving = true;
        enabled = IN_REGION;
        if (!control.restore(REGION)) {
            enabled = 0;
            control.evacuate(new Evacuation(REGION, InstantSource.system().instant().plus(Duration.ofHours(1)), false));
        }
    }

    @Override
    public void planned(String app, String asked, Outlook before, Outlook after) {
        Flip flip = awaited;
        if (flip != null && asked.equals(FLIPPED) && app.equals(flip.app)) {
            awaited = null;
            flip.took.complete(new Took(System.nanoTime() - flip.begun, THREADS.getCurrentThreadCpuTime() - flip.processor));
        }
        events.planned(app, asked, before, after);
        if (moving && app.equals(lastApp) && asked.equals(EVACUATED) && after.tiers().getFirst().enabled() == enabled) {
            moving = false;
            thread.execute(this::decide);
        }
    }

    private List<Took> flip(int flips) throws Exception {
        List<Took> took = new ArrayList<>();
        for (int i = 0; i < flips; i++) {
            AppControl app = apps.get(random.nextInt(apps.size() - 1));
            Member member = app.members().stream().filter(it -> it.worker().region().equals(FLIPPED)).findFirst().orElseThrow();
            took.add(took(app, member, Health.HEALTHY, Health.UNHEALTHY));
            took.add(took(app, member, Health.UNHEALTHY, Health.HEALTHY));
        }
        return took;
    }

    private Took took(AppControl app, Member member, Health from, Health to) throws Exception {
        LockSupport.parkNanos(PAUSE + random.nextLong(PAUSE));
        Flip flip = new Flip(app.toString(), System.nanoTime(), THREADS.getThreadCpuTime(threadId), new CompletableFuture<>());
        awaited = flip;
        thread.execute(() -> become(member, from, to));
        return flip.took.get(1, TimeUnit.MINUTES);
    }

    private static String text(String what, List<Took> flips) {
        return what + ": " + flips.size() + " flips; " + text("all", flips, Took::all) + "; of the control thread's processor time "
                + text("", flips, Took::processor);
    }

    private static String text(String what, List<Took> flips, ToLongFunction<Took> of) {
        long[] sorted = flips.stream().mapToLong(of).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%s p50 %.2f ms, p99 %.2f ms, max %.2f ms",
                what,
                sorted[sorted.length / 2] / MILLI,
                sorted[sorted.length * 99 / 100] / MILLI,
                sorted[sorted.length - 1] / MILLI).strip();
    }

    // ---- what else is told, as it is in a load balancer

    @Override
    public void healthChanged(HealthTransition transition) {
        events.healthChanged(transition);
    }

    @Override
    public void happened(Incident incident) {
        events.happened(incident);
    }

    @Override
    public void evacuated(Evacuation evacuation) {
        events.evacuated(evacuation);
    }

    @Override
    public void restored(Scope scope, boolean early) {
        events.restored(scope, early);
    }
}

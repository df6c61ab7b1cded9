package io.weir.app;

import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.weir.control.AppChange;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlListener;
import io.weir.control.Guarded;
import io.weir.control.InService;
import io.weir.control.KeptState;
import io.weir.control.LatencySums;
import io.weir.control.Latches;
import io.weir.control.OwnPools;
import io.weir.control.Tables;
import io.weir.control.Ticks;
import io.weir.control.TierErrors;
import io.weir.control.TrafficSums;
import io.weir.failover.Evacuations;
import io.weir.health.HealthMemo;
import io.weir.health.HealthMonitor;
import io.weir.health.check.NettyChecks;
import io.weir.health.check.OutboundTls;
import io.weir.loop.ClosingLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.Worker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * What decides beside the traffic, on two threads of its own, so that a data path that is busy neither fakes an outage nor delays a
 * failover: the health loop asks workers how they are, the control thread makes the plans that come of it.
 */
final class ControlPlane implements AutoCloseable {
    private static final int LAST_SECONDS = 5;
    private static final int SOON_MILLIS = 5;
    /** More than there can be: those of this process are above all of the one before it. */
    private static final long REVISIONS_PER_MILLI = 1000;

    private final ControlThread thread;
    private final ClosingLoops healthGroup;
    private final AddressResolverGroup<?> names;
    private final HealthMonitor monitor;
    private final TrafficSums traffic;
    private final OwnPools ownPools = new OwnPools(System.currentTimeMillis() * REVISIONS_PER_MILLI);
    private final Control control;
    private final Questions questions;
    private final Disposable.Swap changes = Disposables.swap();
    /** Null until it begins. */
    private volatile @Nullable Ticks ticks;
    private volatile @Nullable InService inService;

    /**
     * @param loops event loops whose traffic is summed
     * @param kept where evacuations and failback latches are kept
     * @param outbound secures connections of checks
     */
    ControlPlane(TransportKind transport, int loops, KeptState kept, OutboundTls outbound, ControlListener listener) {
        thread = new ControlThread();
        questions = new Questions(thread);
        TransportKind checking = transport == TransportKind.IO_URING && TransportKind.EPOLL.unavailability() == null ? TransportKind.EPOLL : transport;
        healthGroup = new ClosingLoops(1, "weir-health", true, checking.handlers());
        EventLoop healthLoop = healthGroup.next();
        names = new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelType(checking.datagramChannel()));
        var checks = new NettyChecks(healthLoop, checking.socketChannel(), names, outbound, System::nanoTime);
        monitor = new HealthMonitor(healthLoop, checks, System::nanoTime, new SplittableRandom());
        control = new Control(thread, System::nanoTime, InstantSource.system(), kept, new TierErrors(System::nanoTime), listener, ownPools);
        traffic = new TrafficSums(loops, this::look, control);
    }

    TrafficSums traffic() {
        return traffic;
    }

    /** What it says is for any thread; for all else {@link #ask}. */
    Control control() {
        return control;
    }

    OwnPools ownPools() {
        return ownPools;
    }

    HealthMonitor monitor() {
        return monitor;
    }

    /** Soon, so that many workers that fail at a time make it look once and not once each. */
    private void look() {
        Ticks now = ticks;
        if (now != null) {
            try {
                var _ = thread.schedule(() -> Guarded.run(now::look), SOON_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                // It has ended, and nothing is planned any more.
            }
        }
    }

    /**
     * Begins to watch the apps' workers, of which that is known already, and to make their plans. Completes when enough is known of them to send
     * requests.
     */
    CompletableFuture<Void> begin(List<AppControl> apps, LatencySums latencies, List<HealthMemo> known) {
        Ticks begun = new Ticks(latencies, traffic, monitor::traffic, System::nanoTime);
        ticks = begun;
        CompletableFuture<Void> proven = new CompletableFuture<>();
        thread.execute(() -> {
            control.take(apps, () -> proven.complete(null));
            changes.update(monitor.transitions().publishOn(Schedulers.fromExecutor(thread)).subscribe(change -> Guarded.run(() -> control.healthChanged(change))));
            InService serving = new InService(apps, control::evacuations);
            inService = serving;
            monitor.inService(serving);
            monitor.inherit(known);
            apps.forEach(app -> {
                var _ = watch(app);
            });
            monitor.inheritedAll();
            begun.begin(thread);
        });
        return proven;
    }

    /**
     * The apps are these from now on. When it returns, their plans are in force; {@code whenPlanned} is run before anybody else hears of them, on
     * the control thread.
     */
    void replace(Tables.Rebuilt next, Runnable whenPlanned) {
        LatencySums latencies = Tables.changesLatencies(next.changes()) ? Tables.latencySums(next.built()) : null;
        ask(control -> {
            control.replace(next.built().byName(), next.changes(), whenPlanned);
            Ticks now = ticks;
            if (now != null && latencies != null) {
                now.keep(latencies);
            }
            return true;
        }).join();
        if (next.changes().isEmpty()) {
            return;
        }
        InService serving = Objects.requireNonNull(inService).with(next.changes()); // which the control thread has begun with, as it was asked above
        inService = serving;
        monitor.inService(serving);
        for (AppChange change : next.changes()) {
            Set<String> regions = change.after() == null ? Set.of() : watch(change.after());
            if (change.before() != null) {
                change.before().members().stream()
                        .map(member -> member.worker().region())
                        .distinct()
                        .filter(region -> !regions.contains(region))
                        .forEach(region -> monitor.forget(change.name(), region));
            }
        }
    }

    /** Has its workers watched; returns their regions. */
    private Set<String> watch(AppControl app) {
        Map<String, List<Worker>> pools = new LinkedHashMap<>();
        app.members().forEach(member -> pools.computeIfAbsent(member.worker().region(), _ -> new ArrayList<>()).add(member.worker()));
        pools.forEach((region, pool) -> monitor.watch(pool, app.health(region)));
        return pools.keySet();
    }

    /**
     * Evacuations that were kept, which hold from now on. Before the first table is built.
     *
     * @param inherited where tiers go on from; null: from what was kept
     */
    Evacuations recall(@Nullable Latches inherited) {
        return ask(control -> control.recall(inherited)).join();
    }

    /** This process keeps the state from now on; {@code anew}: another one did until now. */
    void keepState(boolean anew) {
        ask(control -> {
            if (anew) {
                control.recallAnew();
            }
            control.keepLatches();
            return true;
        }).join();
    }

    /** What another process would have to learn anew. */
    KnownState known() {
        return new KnownState(ask(Control::latches).join(), monitor.memos().join());
    }

    /** Another process keeps the state from now on. Done when all that was to be kept is, or can't be. */
    CompletableFuture<Void> handOver() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> {
            var _ = control.handOver().whenComplete((_, _) -> done.complete(null));
        });
        return done;
    }

    /** What the control thread says to a question. Fails with a {@link RejectedExecutionException} if there is none any more. */
    <T> CompletableFuture<T> ask(Function<Control, T> question) {
        return questions.ask(() -> question.apply(control));
    }

    @Override
    public void close() {
        changes.dispose(); // before what it hands over to ends
        monitor.close();
        names.close();
        healthGroup.shutDown(1).awaitUninterruptibly(LAST_SECONDS, TimeUnit.SECONDS);
        // Behind the health loop, which tells it of every change to the last.
        thread.shutdownNow();
        questions.close();
    }
}

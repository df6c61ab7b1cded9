package io.weir.app;

import io.weir.admin.AdminServer;
import io.weir.admin.Readiness;
import io.weir.config.ListenerSettings;
import io.weir.config.Settings;
import io.weir.control.Tables;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.Peers;
import io.weir.frontend.ClientTimeouts;
import io.weir.frontend.ConnectionLimit;
import io.weir.frontend.FrontendLoop;
import io.weir.frontend.Listener;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopWatchdog;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.LoopStalls;
import io.weir.telemetry.Telemetry;
import io.weir.topology.BindAddress;
import io.weir.upstream.Endpoints;
import io.weir.upstream.LoopConnector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A load balancer, wired: loops, endpoints, table, exchanges, listeners, admin. */
public final class LoadBalancer implements AutoCloseable {
    /** An idle connection is closed this long after a drain began: a request that was on its way meanwhile is still served. */
    private static final Duration DRAIN_GRACE = Duration.ofSeconds(1);

    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    private final EventLoops loops;
    private final Endpoints endpoints;
    private final ConnectionLimit connections;
    private final LoopStalls stalls = new LoopStalls();
    private final LoopWatchdog watchdog;
    private final Telemetry telemetry;
    private final List<FrontendLoop> frontends = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final @Nullable LatencyTicks latencyTicks;
    /** Written by the control thread alone. */
    private volatile RoutingTable table;

    private volatile Readiness readiness = Readiness.STARTING;
    private @Nullable AdminServer admin;

    private LoadBalancer(Settings settings, TransportChoice transport, int loopCount) throws CannotLogException {
        var limits = settings.limits();
        loops = new EventLoops(transport.kind(), loopCount);
        // Workers are trusted with a status line as long as their head may be.
        endpoints = new Endpoints(loops, new HeadLimits(limits.responseHead(), limits.responseHead(), limits.fields()));
        connections = new ConnectionLimit(limits.connections());
        telemetry = startTelemetry(settings);
        watchdog = LoopWatchdog.start(loops, stalls);
        Tables tables = new Tables(endpoints, loopCount);
        table = tables.build(settings, System.nanoTime());
        latencyTicks = LatencyTicks.of(tables.latencySums());
        HeadLimits requestLimits = new HeadLimits(limits.requestLine(), Math.max(limits.head(), limits.requestLine()), limits.fields());
        Peers peers = new Peers(settings.forwarding());
        SplittableRandom random = new SplittableRandom();
        for (EventLoops.Loop loop : loops.loops()) {
            ExchangeLoop exchanges = new ExchangeLoop(
                    loop.index(),
                    loop.executor(),
                    loop.clock(),
                    loop.wheel(),
                    new LoopConnector(loop.index()),
                    () -> table,
                    telemetry.onLoop(loop.index()),
                    random.split(),
                    limits.body());
            frontends.add(new FrontendLoop(loop, exchanges, connections, requestLimits, peers));
        }
    }

    /**
     * Starts one that serves at once.
     *
     * @throws CannotListenException if an address can't be had; then nothing is left running
     * @throws CannotLogException if the access log can't be written; then nothing is left running
     */
    static LoadBalancer start(Settings settings, TransportChoice transport, int loopCount) throws CannotListenException, CannotLogException {
        LoadBalancer it = new LoadBalancer(settings, transport, loopCount);
        try {
            it.listen(settings);
        } catch (CannotListenException e) {
            it.close();
            throw e;
        }
        it.readiness = Readiness.READY;
        return it;
    }

    private Telemetry startTelemetry(Settings settings) throws CannotLogException {
        var around = new Telemetry.Surroundings(
                BuildInfo.version(), () -> readiness == Readiness.READY, connections::open, connections::accepted, stalls::count);
        try {
            return Telemetry.start(settings, loops.loops(), around);
        } catch (IOException e) {
            endpoints.close();
            loops.shutDown().awaitUninterruptibly();
            throw new CannotLogException(settings.accessLog().path(), e);
        }
    }

    /** Tries every address, so that one look shows all that can't be had. */
    private void listen(Settings settings) throws CannotListenException {
        FutureTask<@Nullable AdminServer> adminOpening = new FutureTask<>(
                () -> settings.admin() == null ? null : AdminServer.open(settings.admin().bind(), () -> readiness));
        Thread.ofPlatform().name("weir-admin-start").start(adminOpening); // beside the listeners: clients wait for these alone
        List<String> failures = new ArrayList<>();
        openListeners(settings, failures);
        awaitAdmin(settings, adminOpening, failures);
        if (!failures.isEmpty()) {
            throw new CannotListenException(failures);
        }
    }

    private void openListeners(Settings settings, List<String> failures) {
        for (ListenerSettings listener : settings.listeners()) {
            ClientTimeouts timeouts = new ClientTimeouts(
                    listener.timeouts().head().toNanos(), listener.timeouts().body().toNanos(), listener.timeouts().idle().toNanos());
            try {
                String onlyRegion = listener.strictRegion() ? settings.here().region() : null;
                listeners.add(Listener.open(listener.bind(), timeouts, onlyRegion, loops, frontends));
            } catch (IOException e) {
                failures.add(cannotListen(listener.bind(), e));
            }
        }
    }

    private void awaitAdmin(Settings settings, FutureTask<@Nullable AdminServer> opening, List<String> failures) {
        try {
            admin = opening.get();
        } catch (ExecutionException e) {
            failures.add(cannotListen(Objects.requireNonNull(settings.admin()).bind(), e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String cannotListen(BindAddress bind, @Nullable Throwable cause) {
        return "can't listen at " + bind + ": " + (cause == null ? "no reason given" : cause.getMessage())
                + "; is another process (another weir?) there already?";
    }

    /** Where it listens, in the order of the config. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream().map(Listener::address).toList();
    }

    /** Where the admin API listens, or null. */
    public @Nullable InetSocketAddress adminAddress() {
        return admin == null ? null : admin.address();
    }

    /** Open client connections. */
    public int connections() {
        return connections.open();
    }

    /**
     * Stops taking connections, serves requests on those that are open, and returns when they are gone; at the latest after {@code most},
     * when whatever is not answered yet gets 503.
     */
    public void drain(Duration most) {
        readiness = Readiness.DRAINING;
        listeners.forEach(Listener::close);
        long deadline = System.nanoTime() + most.toNanos();
        frontends.forEach(f -> f.loop().executor().execute(() -> f.drain(DRAIN_GRACE.toNanos())));
        while (connections.open() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(DRAIN_POLL.toNanos());
        }
        if (connections.open() > 0) {
            CountDownLatch told = new CountDownLatch(frontends.size());
            for (FrontendLoop f : frontends) {
                f.loop().executor().execute(() -> {
                    f.endDrain();
                    told.countDown();
                });
            }
            try {
                if (told.await(1, TimeUnit.SECONDS)) {
                    long last = System.nanoTime() + Duration.ofSeconds(1).toNanos();
                    while (connections.open() > 0 && System.nanoTime() < last) {
                        LockSupport.parkNanos(DRAIN_POLL.toNanos());
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        listeners.forEach(Listener::close);
        if (admin != null) {
            admin.close();
        }
        if (latencyTicks != null) {
            latencyTicks.close();
        }
        watchdog.close();
        endpoints.close();
        loops.shutDown().awaitUninterruptibly();
        telemetry.close();
    }

    /** Opens log files anew, as after they were moved away. */
    void reopenLogs() {
        telemetry.reopenLogs();
    }

    /** The access log can't be written. */
    static final class CannotLogException extends Exception {
        private static final long serialVersionUID = 1;

        CannotLogException(String path, IOException cause) {
            super("access-log.path: can't write to " + path + ": " + why(cause) + "; create its folder, or let this user write there");
        }

        private static String why(IOException cause) {
            return switch (cause) {
                case NoSuchFileException _ -> "no such folder";
                case AccessDeniedException _ -> "permission denied";
                default -> String.valueOf(cause.getMessage());
            };
        }
    }

    /** Addresses of the config can't be listened at; the message has a line for each. */
    static final class CannotListenException extends Exception {
        private static final long serialVersionUID = 1;

        CannotListenException(List<String> failures) {
            super(String.join("\n", failures));
        }
    }
}

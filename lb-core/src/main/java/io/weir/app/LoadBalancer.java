package io.weir.app;

import io.weir.admin.AdminServer;
import io.weir.admin.CertificateEvents;
import io.weir.admin.ControlEvents;
import io.weir.admin.EndpointEvents;
import io.weir.admin.Event;
import io.weir.admin.EventFeed;
import io.weir.admin.Readiness;
import io.weir.admin.ServedConfig;
import io.weir.admin.ServedMetrics;
import io.weir.admin.TelemetryEvents;
import io.weir.app.CertificateKeeper.CannotServeTlsException;
import io.weir.config.ListenerSettings;
import io.weir.config.PlainHttp;
import io.weir.config.Settings;
import io.weir.config.TlsSettings;
import io.weir.control.Control;
import io.weir.control.EvacuationFile;
import io.weir.control.LiveTargets;
import io.weir.control.Tables;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.Gateways;
import io.weir.exchange.Peers;
import io.weir.exchange.SecurePort;
import io.weir.frontend.ClientTimeouts;
import io.weir.frontend.ConnectionLimit;
import io.weir.frontend.Entrance;
import io.weir.frontend.FrontendLoop;
import io.weir.frontend.Http2Rules;
import io.weir.frontend.Listener;
import io.weir.frontend.ListenerRules;
import io.weir.frontend.RefusedClients;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopWatchdog;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.LoopStalls;
import io.weir.telemetry.Telemetry;
import io.weir.telemetry.metrics.Family;
import io.weir.telemetry.metrics.Metrics;
import io.weir.tls.ServerTls;
import io.weir.upstream.Endpoints;
import io.weir.upstream.LoopConnector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A load balancer, wired: loops, endpoints, table, exchanges, listeners, admin. */
public final class LoadBalancer implements AutoCloseable {
    /** An idle connection is closed this long after a drain began: a request that was on its way meanwhile is still served. */
    private static final Duration DRAIN_GRACE = Duration.ofSeconds(1);

    /** How long event loops may take to end: far longer than they do, unless one has died. */
    private static final int LAST_SECONDS = 30;


    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    /** More events than there can be: ids of this process begin above all of those before it, and are whole numbers to a double. */
    private static final long IDS_PER_MILLI = 1000;

    /** Where what survives a restart is kept; null if nobody would find it again. */
    private final @Nullable StateFolder state;
    private final EventLoops loops;
    private final Endpoints endpoints;
    private final ConnectionLimit connections;
    private final EventFeed events = new EventFeed(InstantSource.system(), System.currentTimeMillis() * IDS_PER_MILLI);
    private final ControlEvents controlEvents = new ControlEvents(events, System::nanoTime);
    private final LoopStalls stalls = new LoopStalls(new TelemetryEvents(events));
    private final LoopWatchdog watchdog;
    private final Telemetry telemetry;
    private final List<FrontendLoop> frontends = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final RefusedClients refusedClients = new RefusedClients();
    private final CertificateKeeper certificates;
    private final ControlPlane control;
    private final FirstVerdicts firstVerdicts;
    /** Written by the control thread alone. */
    private volatile RoutingTable table;

    private volatile Readiness readiness = Readiness.STARTING;
    /** Written once, by the thread that starts it. */
    private volatile List<String> listening = List.of();

    private @Nullable AdminServer admin;
    private List<String> adminLines = List.of();

    private LoadBalancer(Settings settings, TransportChoice transport, int loopCount, RunFile file)
            throws CannotLogException, CannotServeTlsException {
        certificates = CertificateKeeper.start(settings, new CertificateEvents(events)); // first, since nothing is running yet
        var limits = settings.limits();
        state = file.key() == null
                ? null
                : StateFolder.of(settings.runtime(), file.key(), System::getenv, Path.of(System.getProperty("user.home")));
        String instance = InstanceName.of(settings, state == null ? null : state.path());
        loops = new EventLoops(transport.kind(), loopCount);
        // Workers are trusted with a status line as long as their head may be.
        HeadLimits responseLimits = new HeadLimits(limits.responseHead(), limits.responseHead(), limits.fields());
        endpoints = new Endpoints(loops, responseLimits, certificates::outbound, new EndpointEvents(events));
        connections = new ConnectionLimit(limits.connections());
        telemetry = startTelemetry(settings);
        watchdog = LoopWatchdog.start(loops, stalls, this::checkTelling);
        control = new ControlPlane(transport.kind(), loopCount, state == null ? null : new EvacuationFile(state.path()), certificates, controlEvents);
        Tables tables = new Tables(new LiveTargets(endpoints, control.traffic().touched(), instance), loopCount);
        Tables.Built built = tables.build(settings, System.nanoTime(), control.recall());
        table = built.table();
        firstVerdicts = new FirstVerdicts(control.begin(built.apps(), tables.latencySums()));
        HeadLimits requestLimits = new HeadLimits(limits.requestLine(), Math.max(limits.head(), limits.requestLine()), limits.fields());
        Peers peers = new Peers(settings.forwarding(), new Gateways(settings.gateways().trusted(), instance, control.ownPools()));
        SplittableRandom random = new SplittableRandom();
        for (EventLoops.Loop loop : loops.loops()) {
            ExchangeLoop exchanges = new ExchangeLoop(
                    loop.index(),
                    loop.executor(),
                    loop.clock(),
                    loop.wheel(),
                    new LoopConnector(loop.index()),
                    () -> table,
                    listeners(loop),
                    random.split(),
                    limits.body());
            frontends.add(new FrontendLoop(loop, exchanges, connections, requestLimits, peers));
        }
    }

    private List<Family> controlFigures(Set<String> apps, long room) {
        List<Family> all = new ArrayList<>(certificates.families());
        all.add(refusedFigures());
        all.addAll(new ControlFigures(control.control(), control.monitor().counts(), System::nanoTime).families(apps, room));
        return all;
    }

    private Family refusedFigures() {
        Family refused = new Family("weir_client_connections_refused", Family.Type.COUNTER, "Client connections that were closed without an answer, by why.");
        refusedClients.forEach((why, count) -> refused.count(count, "why", why.word()));
        return refused;
    }

    /** What is to be said now and then, on the watchdog's thread. */
    private void checkTelling() {
        telemetry.check();
        controlEvents.check();
    }

    private List<ExchangeListener> listeners(EventLoops.Loop loop) {
        List<ExchangeListener> all = new ArrayList<>(telemetry.onLoop(loop.index()));
        all.add(control.traffic().onLoop(loop));
        return all;
    }

    /**
     * Starts one that serves at once.
     *
     * @throws CannotListenException if an address can't be had; then nothing is left running
     * @throws CannotLogException if the access log can't be written; then nothing is left running
     * @throws CannotServeTlsException if a certificate can't be used; then nothing is left running
     */
    static LoadBalancer start(Settings settings, TransportChoice transport, int loopCount) throws CannotListenException, CannotLogException, CannotServeTlsException {
        return start(settings, transport, loopCount, RunFile.NONE);
    }

    /** The same, of a process that was started with {@code file}. */
    static LoadBalancer start(Settings settings, TransportChoice transport, int loopCount, RunFile file)
            throws CannotListenException, CannotLogException, CannotServeTlsException {
        LoadBalancer it = open(settings, transport, loopCount, file);
        it.accept();
        return it;
    }

    /** Starts one that listens: connections wait in the kernel's queue until {@link #accept}. */
    static LoadBalancer open(Settings settings, TransportChoice transport, int loopCount, RunFile file)
            throws CannotListenException, CannotLogException, CannotServeTlsException {
        LoadBalancer it = new LoadBalancer(settings, transport, loopCount, file);
        it.events.publish(Event.of("started", "version", BuildInfo.version(), "config", file.origin()));
        String unkept = it.stateObstacle();
        if (unkept != null) {
            it.events.publish(Event.of("state_failing", "cause", unkept));
        }
        try {
            it.listen(settings, file);
        } catch (CannotListenException e) {
            it.close();
            throw e;
        }
        return it;
    }

    /** Serves, once the first verdicts on workers are there or their time is up. */
    void accept() {
        accept(firstVerdicts);
    }

    void accept(FirstVerdicts verdicts) {
        verdicts.await();
        listeners.forEach(Listener::accept);
        readiness = Readiness.READY;
        events.publish(Event.of("ready"));
    }

    private Telemetry startTelemetry(Settings settings) throws CannotLogException {
        var around = new Telemetry.Surroundings(
                BuildInfo.version(), () -> readiness == Readiness.READY, connections::open, connections::accepted, stalls::count, this::controlFigures, new TelemetryEvents(events));
        try {
            return Telemetry.start(settings, loops.loops(), around);
        } catch (IOException e) {
            certificates.close();
            endpoints.close();
            loops.shutDown().awaitUninterruptibly(LAST_SECONDS, TimeUnit.SECONDS);
            throw new CannotLogException(settings.accessLog().path(), e);
        }
    }

    /** Tries every address, so that one look shows all that can't be had. */
    private void listen(Settings settings, RunFile file) throws CannotListenException {
        ServedConfig config = new ServedConfig(file.origin(), file.checksum(), 1, Instant.now(), settings);
        AdminOpening adminOpening = AdminOpening.begin(new AdminView(this, config), events, telemetry.metrics() == null ? null : new ServedMetrics(telemetry.metrics()), file.key());
        List<String> failures = new ArrayList<>();
        openListeners(settings, failures);
        AdminOpening.Outcome opened = adminOpening.await();
        admin = opened.server();
        adminLines = opened.lines();
        failures.addAll(opened.failures());
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
                TlsSettings tls = listener.tls();
                String hsts = tls == null || tls.hsts() == null ? null : tls.hsts().field();
                SecurePort secure = tls == null && listener.plainHttp() == PlainHttp.REDIRECT ? SecurePort.of(settings) : null;
                ListenerRules rules = new ListenerRules(
                        timeouts, onlyRegion, listener.plainHttp(), secure, certificates.of(listener), Http2Rules.of(listener.http2()), hsts, listener.tcp(), Entrance.of(listener, refusedClients));
                listeners.add(Listener.open(listener.bind(), rules, loops, frontends));
            } catch (IOException e) {
                failures.add(cannotListenAtPort(listener.bind().toString(), e));
            }
        }
        listening = addresses().stream().map(LoadBalancerProcess::text).toList();
        listening.forEach(address -> events.publish(Event.of("listening", "address", address)));
    }

    /** That an address can't be had, and why. */
    static String cannotListen(String address, IOException cause) {
        return "can't listen at " + address + ": " + cause.getMessage();
    }

    /** The same of a port, with what to do. */
    static String cannotListenAtPort(String address, IOException cause) {
        String why = cause.getMessage();
        return why == null || why.startsWith("Unresolved")
                ? "can't listen at " + address + ": there is no such host; write an address of this machine"
                : cannotListen(address, cause) + "; is another process (another weir?) there already?";
    }

    /** Where it listens, in the order of the config. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream().map(Listener::address).toList();
    }

    /** The same as people write it; none before it listens. */
    List<String> listening() {
        return listening;
    }

    /** Where the admin API is, for the start-up lines. */
    List<String> adminLines() {
        return adminLines;
    }

    /** Why nothing can be kept over a restart, for the start-up lines; null if it can. */
    @Nullable String stateObstacle() {
        return state == null ? null : state.obstacle();
    }

    /** The TLS of a listener, or null if it has none. */
    @Nullable ServerTls tls(ListenerSettings listener) {
        return certificates.of(listener);
    }

    /** What is weak about certificates, for the start-up lines. */
    List<String> certificateWarnings() {
        return certificates.warnings();
    }

    Readiness readiness() {
        return readiness;
    }

    ControlPlane control() {
        return control;
    }

    RoutingTable table() {
        return table;
    }

    <T> CompletableFuture<T> onControl(Function<Control, T> question) {
        return control.ask(question);
    }

    @Nullable Metrics metrics() {
        return telemetry.metrics();
    }

    List<EventLoops.Loop> loops() {
        return loops.loops();
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
        control.ownPools().drain();
        readiness = Readiness.DRAINING;
        events.publish(Event.of("draining"));
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
        control.close();
        watchdog.close();
        endpoints.close();
        loops.shutDown().awaitUninterruptibly(LAST_SECONDS, TimeUnit.SECONDS);
        certificates.close();
        telemetry.close();
        controlEvents.check();
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

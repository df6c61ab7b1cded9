package io.weir.app;

import io.weir.admin.AdminServer;
import io.weir.admin.CertificateEvents;
import io.weir.admin.ControlEvents;
import io.weir.admin.EndpointEvents;
import io.weir.admin.Event;
import io.weir.admin.EventFeed;
import io.weir.admin.Readiness;
import io.weir.admin.RunFolder;
import io.weir.admin.ServedConfig;
import io.weir.admin.ServedMetrics;
import io.weir.admin.TelemetryEvents;
import io.weir.app.CertificateKeeper.CannotServeTlsException;
import io.weir.config.ConfigFiles;
import io.weir.config.ListenerSettings;
import io.weir.config.Settings;
import io.weir.control.Control;
import io.weir.control.Guarded;
import io.weir.control.KeptState;
import io.weir.control.LiveTargets;
import io.weir.control.Tables;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.Peers;
import io.weir.frontend.AtStake;
import io.weir.frontend.ConnectionLimit;
import io.weir.frontend.FrontendLoop;
import io.weir.frontend.Listener;
import io.weir.frontend.RefusedClients;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopWatchdog;
import io.weir.routing.RoutingTable;
import io.weir.takeover.Handover;
import io.weir.takeover.Takeover;
import io.weir.telemetry.AcceptTrouble;
import io.weir.telemetry.ErrorCounts;
import io.weir.telemetry.LoopStalls;
import io.weir.telemetry.RecentRequests;
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
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A load balancer, wired: loops, endpoints, table, exchanges, listeners, admin. */
public final class LoadBalancer implements AutoCloseable {
    /** An idle connection is closed this long after a drain began: a request that was on its way meanwhile is still served. */
    private static final Duration DRAIN_GRACE = Duration.ofSeconds(1);

    /** How long event loops may take to end: far longer than they do, unless one has died. */
    private static final int LAST_SECONDS = 30;

    /** Until it is looked again whether it has begun. */
    private static final int SOON_MILLIS = 50;

    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    /** More events than there can be: ids of this process begin above all of those before it, and are whole numbers to a double. */
    private static final long IDS_PER_MILLI = 1000;

    /** How long an address of the admin API may take to become free, once another process has let it go. */
    private static final Duration TAKEOVER_PATIENCE = Duration.ofSeconds(5);

    /** Where what survives a restart is kept; null if nobody would find it again. */
    private final @Nullable StateFolder state;
    private final EventLoops loops;
    private final Endpoints endpoints;
    private final ConnectionLimit connections;
    private final EventFeed events = new EventFeed(InstantSource.system(), System.currentTimeMillis() * IDS_PER_MILLI);
    private final ControlEvents controlEvents = new ControlEvents(events, System::nanoTime);
    private final LoopStalls stalls = new LoopStalls(new TelemetryEvents(events));
    private final AcceptTrouble acceptTrouble;
    private final LoopWatchdog watchdog;
    private final Telemetry telemetry;
    private final RecentRequests recentRequests;
    private final List<FrontendLoop> frontends = new ArrayList<>();
    private final RefusedClients refusedClients = new RefusedClients();
    private final Doors doors;
    private final Reconfiguration reconfiguration;
    private final ErrorCounts errors;
    private final FoundWorkers found;
    /** Brings other configs into force, and other workers that are found. Without work it has no thread. */
    private final ScheduledThreadPoolExecutor changing =
            new ScheduledThreadPoolExecutor(1, task -> Thread.ofPlatform().name("weir-reload").daemon().unstarted(task));

    /** As the config in force says it, without the workers that are found. Written by {@link #changing}. */
    private volatile Settings declared;
    /** Null while the config is not to be read again. */
    private volatile @Nullable Reloads reloads;
    private final CertificateKeeper certificates;
    private final ControlPlane control;
    private final FirstVerdicts firstVerdicts;
    /** Written by the control thread alone. */
    private volatile RoutingTable table;

    private volatile Readiness readiness = Readiness.STARTING;
    /** Another process has taken this one's place. */
    private volatile boolean leaving;

    /** Written once, by the thread that starts it. */
    private volatile List<String> listening = List.of();

    private final RunFile file;
    private final Succession succession;
    private volatile @Nullable ServedConfig config;
    /** Done when the places of the admin API are this process's. */
    private final CompletableFuture<@Nullable Void> adminFree = new CompletableFuture<>();

    private @Nullable AdminOpening adminOpening;
    private volatile @Nullable AdminServer admin;
    private List<String> adminLines = List.of();
    /** Where the next process may take this one's place; null: nowhere. */
    private volatile @Nullable Handover handover;

    private LoadBalancer(Settings settings, TransportChoice transport, int loopCount, RunFile file, Succession succession)
            throws CannotLogException, CannotServeTlsException {
        this.file = file;
        this.succession = succession;
        certificates = CertificateKeeper.start(settings, new CertificateEvents(events)); // first, since nothing is running yet
        var limits = settings.limits();
        state = file.key() == null
                ? null
                : StateFolder.of(settings.runtime(), file.key(), System::getenv, Path.of(System.getProperty("user.home")));
        String instance = InstanceName.of(settings, state == null ? null : state.path());
        loops = new EventLoops(transport.kind(), loopCount);
        acceptTrouble = new AcceptTrouble(loops.acceptFailures(), new TelemetryEvents(events));
        endpoints = new Endpoints(loops, Reconfiguration.responseLimits(settings), certificates::outbound, new EndpointEvents(events));
        connections = new ConnectionLimit(limits.connections());
        telemetry = startTelemetry(settings);
        recentRequests = new RecentRequests(loopCount, System.nanoTime());
        watchdog = LoopWatchdog.start(loops, stalls, this::checkTelling);
        control = new ControlPlane(transport.kind(), loopCount, state == null ? KeptState.NONE : KeptState.in(state.path()), certificates, controlEvents);
        Tables tables = new Tables(new LiveTargets(endpoints, control.traffic().touched(), instance), loopCount);
        errors = new ErrorCounts(loopCount);
        declared = settings;
        found = new FoundWorkers(
                state == null ? Path.of(System.getProperty("java.io.tmpdir"), "weir-" + ProcessHandle.current().pid()) : state.path(), events, this::refillSoon);
        KnownState known = inherited(succession);
        Tables.Built built = tables.build(found.watch(settings), System.nanoTime(), control.recall(known.latches()));
        table = built.table();
        firstVerdicts = new FirstVerdicts(control.begin(built.apps(), tables.latencySums(), known.health()));
        HeadLimits requestLimits = Reconfiguration.requestLimits(settings);
        Peers peers = Reconfiguration.peers(settings, instance, control);
        SplittableRandom random = new SplittableRandom();
        for (EventLoops.Loop loop : loops.loops()) {
            ExchangeLoop exchanges = new ExchangeLoop(
                    loop.index(),
                    loop.executor(),
                    loop.clock(),
                    loop.wheel(),
                    new LoopConnector(loop.index()),
                    () -> table,
                    listeners(settings, loop),
                    random.split(),
                    limits.body());
            frontends.add(new FrontendLoop(loop, exchanges, connections, requestLimits, peers));
        }
        doors = new Doors(loops, frontends, refusedClients);
        reconfiguration = new Reconfiguration(
                loops, endpoints, connections, telemetry, frontends, certificates, control, doors, tables, built, instance, this::listeners, next -> table = next);
    }

    /** What the process before has told, if there was one that this one understands. */
    private KnownState inherited(Succession succession) {
        Takeover takeover = succession.takeover();
        if (takeover == null) {
            return KnownState.NONE;
        }
        try {
            return KnownState.parse(takeover.state());
        } catch (IOException e) {
            events.publish(Event.of("inheritance_lost", "from", takeover.from(), "cause", String.valueOf(e.getMessage())));
            return KnownState.NONE;
        }
    }

    private List<Family> figures(Set<String> apps, long room) {
        List<Family> all = new ArrayList<>(certificates.families());
        all.addAll(new ProcessFigures(refusedClients, loops.acceptFailures(), config, reloads).families());
        all.addAll(found.families());
        all.addAll(new ControlFigures(control.control(), control.monitor().counts(), System::nanoTime).families(apps, room));
        return all;
    }

    /** What is to be said now and then, on the watchdog's thread. */
    private void checkTelling() {
        telemetry.check();
        acceptTrouble.check(System.nanoTime());
        controlEvents.check();
    }

    private List<ExchangeListener> listeners(Settings settings, EventLoops.Loop loop) {
        List<ExchangeListener> all = new ArrayList<>(telemetry.onLoop(loop.index()));
        all.add(control.traffic().onLoop(loop));
        if (settings.reload().watch() != null) { // to be looked at after a reload
            all.add(errors.onLoop(loop.index()));
        }
        all.add(recentRequests.onLoop(loop.index(), loop.clock()));
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
        LoadBalancer it = open(settings, transport, loopCount, file, Succession.none());
        it.accept();
        return it;
    }

    /** Starts one that listens: connections wait in the kernel's queue, or are served by the process before, until {@link #accept}. */
    static LoadBalancer open(Settings settings, TransportChoice transport, int loopCount, RunFile file, Succession succession)
            throws CannotListenException, CannotLogException, CannotServeTlsException {
        LoadBalancer it = new LoadBalancer(settings, transport, loopCount, file, succession);
        it.events.publish(Event.of("started", "version", BuildInfo.version(), "config", file.origin()));
        String unkept = it.stateObstacle();
        if (unkept != null) {
            it.events.publish(Event.of("state_failing", "cause", unkept));
        }
        try {
            it.listen(settings);
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
        doors.accept();
        readiness = Readiness.READY;
        events.publish(Event.of("ready"));
        Takeover takeover = succession.takeover();
        if (takeover == null) {
            control.keepState(false);
        } else {
            takePlace(takeover);
        }
        succession.close(); // sockets that no listener wants: only now that the process before accepts there no more
    }

    /** From here on this process is the one that others find and that keeps the state. */
    private void takePlace(Takeover before) {
        String how = "";
        try {
            before.serving();
        } catch (IOException e) {
            how = "; it has not let go: " + e.getMessage();
        }
        adminFree.complete(null);
        control.keepState(true);
        events.publish(Event.of("took_over", "from", before.from()));
        AdminOpening.Outcome opened = Objects.requireNonNull(adminOpening).await();
        admin = opened.server();
        List<String> lines = new ArrayList<>();
        lines.add("took over from " + before.from() + how);
        lines.addAll(opened.lines());
        opened.failures().forEach(failure -> lines.add("warning: " + failure)); // it serves: to end now would be a loss
        adminLines = lines;
    }

    /**
     * Begins to wait, in that folder, for a process that takes this one's place; then {@code before} is run before it is told that it has, and
     * {@code after} afterwards: it is time to {@link #drain}. Both get its pid. Once it accepts.
     *
     * @param tell is told, a line each, of attempts that came to nothing
     */
    void awaitSuccessor(RunFolder folder, LongConsumer before, LongConsumer after, Consumer<String> tell) throws IOException {
        String key = file.key();
        if (key == null || file.checksum() == null) {
            return; // nothing tells it from others
        }
        folder.prepare();
        handover = Handover.open(folder.handover(key), key, BuildInfo.version(), new Leaving(this, before, after), tell);
    }

    private Telemetry startTelemetry(Settings settings) throws CannotLogException {
        var around = new Telemetry.Surroundings(
                BuildInfo.version(), () -> readiness == Readiness.READY, connections::open, connections::accepted, stalls::count, this::figures, new TelemetryEvents(events));
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
    private void listen(Settings settings) throws CannotListenException {
        config = new ServedConfig(file.origin(), file.checksum(), 1, Instant.now(), reconfiguration.settings());
        boolean free = succession.takeover() == null; // else the admin API's places are still those of the process before
        if (free) {
            adminFree.complete(null);
        }
        AdminOpening opening = AdminOpening.begin(
                new AdminView(this),
                events,
                telemetry.metrics() == null ? null : new ServedMetrics(telemetry.metrics()),
                file.key(),
                loops.acceptFailures(),
                adminFree,
                free ? Duration.ZERO : TAKEOVER_PATIENCE);
        adminOpening = opening;
        List<String> failures = new ArrayList<>();
        openListeners(settings, failures);
        if (free) {
            AdminOpening.Outcome opened = opening.await();
            admin = opened.server();
            adminLines = opened.lines();
            failures.addAll(opened.failures());
        }
        if (!failures.isEmpty()) {
            throw new CannotListenException(failures);
        }
    }

    private void openListeners(Settings settings, List<String> failures) {
        failures.addAll(doors.open(settings, certificates::of, succession::socketsOf));
        tellListening();
    }

    private void tellListening() {
        List<String> before = listening;
        listening = addresses().stream().map(LoadBalancerProcess::text).toList();
        listening.stream().filter(address -> !before.contains(address)).forEach(address -> events.publish(Event.of("listening", "address", address)));
    }

    /** Another config, of that generation, is in force when it returns; see {@link Reconfiguration#become}. */
    Reconfiguration.Outcome become(Settings next, @Nullable String checksum, int generation, Duration window)
            throws CannotListenException, CannotLogException, CannotServeTlsException {
        Reconfiguration.Prepared prepared = reconfiguration.prepare(next);
        Settings filled = found.watch(next); // only now: a config that is refused must not end the watch on what is in force
        Reconfiguration.Outcome outcome = reconfiguration.become(prepared, filled, window);
        declared = next;
        config = new ServedConfig(file.origin(), checksum, generation, Instant.now(), filled);
        AdminServer server = admin;
        if (server != null) {
            server.token(next.admin() == null ? null : next.admin().token());
        }
        tellListening();
        return outcome;
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
                : cannotListen(address, cause) + "; is another process (another weir?) there already? `weir run --takeover FILE` takes the place of a weir";
    }

    /** Where it listens, in the order of the config. */
    public List<InetSocketAddress> addresses() {
        return doors.addresses();
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

    /** Other workers are found. */
    private void refillSoon() {
        try {
            changing.execute(() -> Guarded.run(this::refill));
        } catch (RejectedExecutionException e) {
            // It ends, or another process has taken its place.
        }
    }

    private void refill() {
        ServedConfig now = config;
        if (now == null) { // it is about to be
            var _ = changing.schedule(this::refillSoon, SOON_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        Settings filled = found.fill(declared);
        if (filled.equals(reconfiguration.settings())) {
            return;
        }
        try {
            var _ = reconfiguration.become(reconfiguration.prepare(filled), filled, declared.runtime().drain());
            config = new ServedConfig(now.origin(), now.checksum(), now.generation(), now.loaded(), filled);
        } catch (CannotListenException | CannotLogException | CannotServeTlsException e) {
            throw new IllegalStateException("workers that were found can't be used: " + e.getMessage(), e);
        }
    }

    /** What the config in force says, without the workers that are found. */
    Settings declared() {
        return declared;
    }

    /** Runs what brings another config into force, one after the other. */
    ScheduledThreadPoolExecutor changing() {
        return changing;
    }

    /** The text in force is that now, which says the same. */
    void sameConfig(String checksum) {
        ServedConfig now = config();
        config = new ServedConfig(now.origin(), checksum, now.generation(), now.loaded(), now.settings());
    }

    /** Reads the config again when it is asked to, until the end. */
    Reloads reloadFrom(ConfigFiles files, Reloads.Witness witness) {
        Reloads begun = new Reloads(this, files, witness);
        reloads = begun;
        return begun;
    }

    @Nullable Reloads reloads() {
        return reloads;
    }

    /** Of exchanges, while reloads are watched. */
    ErrorCounts errors() {
        return errors;
    }

    /** Since it listens. */
    ServedConfig config() {
        return Objects.requireNonNull(config);
    }

    EventFeed events() {
        return events;
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

    /** Some of the requests of the last minutes. */
    List<RecentRequests.Seen> recentRequests() {
        return recentRequests.list(System.nanoTime());
    }

    /** What is open and would be closed if these settings were in force. */
    AtStake atStake(Settings next) {
        return new Removals(config().settings(), next, addresses()).atStake(frontends);
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
        endReloads();
        events.publish(Event.of("draining"));
        if (!leaving) {
            if (handover != null) {
                handover.close();
            }
            control.ownPools().drain();
            doors.close();
        }
        long deadline = System.nanoTime() + most.toNanos();
        // Who comes back finds the next process, if there is one: then idle connections need not be closed, at the risk of a request on its way.
        long grace = leaving ? most.toNanos() : DRAIN_GRACE.toNanos();
        frontends.forEach(f -> f.loop().executor().execute(() -> f.drain(grace)));
        if (leaving) {
            doors.listeners().forEach(Listener::awaitLeft);
        }
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

    private void endReloads() {
        changing.shutdownNow();
    }

    /** From here on another process is the one that accepts connections, that others find, and that keeps the state. */
    void leave() {
        leaving = true;
        endReloads();
        doors.leave();
        AdminServer server = admin;
        if (server != null) {
            server.leave();
        }
    }

    /** The listeners, in the order of the config. */
    List<Listener> listeners() {
        return doors.listeners();
    }

    /** Stops at once. */
    @Override
    public void close() {
        endReloads();
        if (handover != null) {
            handover.close();
        }
        doors.close();
        succession.close();
        adminFree.cancel(false);
        if (admin != null) {
            admin.close();
        }
        found.close();
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

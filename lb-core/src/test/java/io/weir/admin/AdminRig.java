package io.weir.admin;

import io.weir.config.ConfigReader;
import io.weir.config.Secret;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.EvacuationFile;
import io.weir.control.LiveTargets;
import io.weir.control.Tables;
import io.weir.explain.FromConfig;
import io.weir.explain.Subject;
import io.weir.failover.ErrorRates;
import io.weir.failover.MemberState;
import io.weir.frontend.AtStake;
import io.weir.health.CheckResult;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.health.WorkerReport;
import io.weir.http.HeadLimits;
import io.weir.loop.AcceptFailures;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.RecentRequests;
import io.weir.telemetry.metrics.Metrics;
import io.weir.topology.BindAddress;
import io.weir.topology.Worker;
import io.weir.upstream.Endpoints;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An admin API on loopback for a load balancer without listeners, and a caller that writes requests as they are. */
final class AdminRig implements Running, AutoCloseable {
    static final Instant STARTED = Instant.parse("2026-11-23T12:00:00Z");
    static final String TOKEN = "a-token-of-24-characters";
    static final String CONFIG = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: ":8080" } ]
            admin: { bind: "127.0.0.1:9901", token: a-token-of-24-characters }
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders:
                pools:
                  ca-c1: { workers: [ { address: "127.0.0.1:1", zone: ca-c1a }, { address: "127.0.0.1:2", zone: ca-c1b, weight: 3 } ] }
                  us-e1: { workers: [ { address: "127.0.0.1:3", zone: us-e1a } ] }
              stock: { pools: { us-e1: { workers: [ { address: "127.0.0.1:4", zone: us-e1a } ] } } }
            mappings:
              - { host: "{app}.example.com", app: "{app}", rewrite: /x }
              - { path: /stock/, app: stock, region: us-e1 }
              - { path: /old/, redirect: "https://new.example.com/{rest}" }
              - { path: /gone, respond: 410 }
            """;

    private final EventLoops loops = new EventLoops(TransportKind.NIO, 2);
    final EventFeed feed = new EventFeed(() -> STARTED);
    private final Endpoints endpoints;
    private final Settings settings;
    private final RoutingTable table;
    /** What plans are made on; a test executes on it what it wants the control thread to do. */
    final ScheduledThreadPoolExecutor controlThread = new ScheduledThreadPoolExecutor(1);
    final Control control;
    private final Map<Worker, WorkerReport> reports = new ConcurrentHashMap<>();
    final AdminServer server;
    final int port;
    volatile Readiness readiness = Readiness.READY;
    volatile AtStake atStake = AtStake.NOTHING;
    volatile List<String> unusableFiles = List.of();
    volatile List<RecentRequests.Seen> recentRequests = List.of();

    AdminRig(@Nullable MetricsPage metrics) throws Exception {
        this(CONFIG, metrics);
    }

    AdminRig(String config, @Nullable MetricsPage metrics) throws Exception {
        this(config, metrics, null);
    }

    /** One that keeps evacuations. */
    AdminRig(String config, @Nullable MetricsPage metrics, @Nullable EvacuationFile state) throws Exception {
        settings = ConfigReader.read("test", config).settings();
        endpoints = new Endpoints(loops, new HeadLimits(8192, 65536, 100), new EndpointEvents(feed));
        Tables.Built built = new Tables(new LiveTargets(endpoints, null), 2).build(settings, System.nanoTime());
        table = built.table();
        control = new Control(
                controlThread, System::nanoTime, () -> STARTED, state, ErrorRates.UNKNOWN, new ControlEvents(feed, System::nanoTime));
        onControl(() -> control.take(built.apps(), () -> {}));
        server = new AdminServer(this, feed, metrics, new Secret(TOKEN), "127.0.0.1", new AcceptFailures());
        InetSocketAddress at = server.listen(BindAddress.parse("127.0.0.1:0"));
        port = at.getPort();
    }

    /** Runs on the control thread; returns when that is done. */
    void onControl(Runnable task) throws Exception {
        controlThread.submit(task).get();
    }

    /** Lets the control thread do all that it has before it, also what it does some time after a start. */
    void settle() throws Exception {
        while (!controlThread.submit(() -> controlThread.getQueue().isEmpty()).get()) {
            Thread.onSpinWait();
        }
    }

    /** All workers are found to be of that health by their checks, and plans follow. */
    void verdict(Health health, String detail, Predicate<Worker> which) throws Exception {
        onControl(() -> {
            for (AppControl app : control.apps()) {
                for (MemberState state : control.states(app)) {
                    Worker worker = state.member().worker();
                    if (which.test(worker)) {
                        long now = System.nanoTime();
                        CheckResult check = health.available()
                                ? CheckResult.passed(detail)
                                : CheckResult.failed(CheckResult.Failure.REFUSED, detail);
                        reports.put(
                                worker,
                                new WorkerReport(
                                        worker, health, now, HealthTransition.Cause.CHECK, detail, false, check, now,
                                        health.available() ? 0 : 3, 0, 0, false, 0));
                        Contact contact = health.available() ? Contact.ANSWERS : Contact.SILENT;
                        control.healthChanged(new HealthTransition(
                                worker, state.health(), health, HealthTransition.Cause.CHECK, detail, contact, 1_000_000, now));
                    }
                }
            }
        });
    }

    /** Waits until a page says that. */
    String await(String target, String words) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String page = body(get(target));
        while (!page.contains(words) && System.nanoTime() < end) {
            page = body(get(target));
        }
        return page;
    }

    /** The whole of what comes back for a request that asks for the end of its connection. */
    String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** A request with these further lines, each with its end. */
    String get(String target, String lines) throws IOException {
        return ask("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + lines + "\r\n");
    }

    String get(String target) throws IOException {
        return get(target, "");
    }

    /** The same with POST and the token. */
    String post(String target) throws IOException {
        return ask("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n");
    }

    /** The body of a response that is not in chunks. */
    static String body(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    /** Reads up to and with a text. */
    static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int b; text.indexOf(end) < 0 && (b = in.read()) >= 0; ) {
            text.append((char) b);
        }
        return text.toString();
    }

    void listen(Path socket) throws IOException {
        server.listen(socket);
    }

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public Instant started() {
        return STARTED;
    }

    @Override
    public Readiness readiness() {
        return readiness;
    }

    @Override
    public ServedConfig config() {
        return new ServedConfig("/etc/weir.yaml", "0123456789ab", 1, STARTED, settings);
    }

    @Override
    public RoutingTable table() {
        return table;
    }

    @Override
    public Control control() {
        return control;
    }

    @Override
    public CompletableFuture<List<WorkerReport>> describe(Collection<Worker> workers) {
        return CompletableFuture.completedFuture(workers.stream().map(reports::get).filter(Objects::nonNull).toList());
    }

    @Override
    public <T> CompletableFuture<T> onControl(Function<Control, T> question) {
        return CompletableFuture.supplyAsync(() -> question.apply(control), controlThread);
    }

    @Override
    public List<String> listeners() {
        return List.of("*:8080");
    }

    @Override
    public int connections() {
        return 7;
    }

    @Override
    public List<EventLoops.Loop> loops() {
        return loops.loops();
    }

    @Override
    public @Nullable Metrics metrics() {
        return null;
    }

    @Override
    public Subject subject() {
        return new FromConfig(settings, Health.HEALTHY);
    }

    @Override
    public AtStake atStake(Settings next) {
        return atStake;
    }

    @Override
    public List<String> unusableFiles(Settings next) {
        return unusableFiles;
    }

    @Override
    public List<RecentRequests.Seen> recentRequests() {
        return recentRequests;
    }

    @Override
    public long now() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        server.close();
        controlThread.shutdownNow();
        endpoints.close();
        loops.shutDown().awaitUninterruptibly();
    }
}

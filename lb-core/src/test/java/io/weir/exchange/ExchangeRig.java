package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.Balance;
import io.weir.balancing.Plan;
import io.weir.balancing.RetryBudget;
import io.weir.balancing.StandInTarget;
import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.http.BadMessage;
import io.weir.http.HandOver;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestParser;
import io.weir.http.Step;
import io.weir.loop.DeadlineWheel;
import io.weir.loop.LoopClock;
import io.weir.routing.AffinityCookie;
import io.weir.routing.App;
import io.weir.routing.RequestKey;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.routing.Rule;
import io.weir.upstream.AttemptFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop with its exchanges, between clients and workers in memory, whose time passes when a test says so. The app {@code orders}
 * answers at {@code orders.test} with six targets: a, b, e in zone z1 and c, d, f in zone z2, whose turns come in that order.
 */
public final class ExchangeRig {
    static final Duration CONNECT = Duration.ofSeconds(2);
    static final Duration RESPONSE = Duration.ofSeconds(10);
    static final Duration IDLE = Duration.ofSeconds(20);
    static final Duration WEBSOCKET = Duration.ofSeconds(60);

    final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
    public final ScriptedConnector connector = new ScriptedConnector(alloc);
    final RecordingListener listener = new RecordingListener();
    public final List<Target> targets = new ArrayList<>();
    final List<ScriptedClient> clients = new ArrayList<>();
    public final DeadlineWheel wheel;

    Duration attempt = Duration.ofNanos(App.Timeouts.OFF);
    public Duration total = Duration.ofNanos(App.Timeouts.OFF);
    Step.@Nullable Chain steps;
    /** Mappings, if the table is to have some. */
    List<Rule> rules = List.of();

    long bodyLimit = -1;
    long seed = 1;

    private final EmbeddedChannel timers = new EmbeddedChannel();
    private final RequestParser parser = new RequestParser(new HeadLimits(8192, 32768, 100));
    public final LoopClock clock;
    private long now = TimeUnit.HOURS.toNanos(1);
    /** How the app's targets are picked, and what of a request that goes by. */
    Balance balance = Balance.ROUND_ROBIN;

    @Nullable RequestKey key;
    @Nullable AffinityCookie affinity;
    /** Who else is told of exchanges. */
    public final List<ExchangeListener> watching = new ArrayList<>();
    /** Whether the app's workers get their own address as Host. */
    boolean workersHost;
    /** Whether other load balancers may hand requests over, to a and b alone. */
    boolean takesOver;
    /** Whether the first of two listeners throws. */
    boolean failingListener;

    private @Nullable ExchangeLoop loop;
    private @Nullable App app;
    private @Nullable Exchange exchange;

    public ExchangeRig() {
        timers.freezeTime();
        clock = new LoopClock(() -> now);
        wheel = new DeadlineWheel(now);
        for (String name : List.of("a z1", "b z1", "c z2", "d z2", "e z1", "f z2")) {
            targets.add(new StandInTarget(name.substring(0, 1), name.substring(2), 1));
        }
    }

    /** Leaves the app the first {@code n} of its targets. */
    public ExchangeRig targets(int n) {
        targets.subList(n, targets.size()).clear();
        return this;
    }

    private void tell(Exchange settled) {
        watching.forEach(one -> one.settled(settled));
        if (failingListener) {
            throw new IllegalStateException("a fault in a listener, told " + settled.reason());
        }
    }

    private ExchangeListener teller() {
        return new ExchangeListener() {
            @Override
            public void settled(Exchange exchange) {
                tell(exchange);
            }

            @Override
            public void upgraded(Exchange exchange) {
                watching.forEach(one -> one.upgraded(exchange));
            }

            @Override
            public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
                watching.forEach(one -> one.attempted(exchange, target, failure, nanos));
            }
        };
    }

    private ExchangeLoop loop() {
        ExchangeLoop made = loop;
        if (made == null) {
            App.Timeouts timeouts = new App.Timeouts(
                    CONNECT.toNanos(), RESPONSE.toNanos(), IDLE.toNanos(), WEBSOCKET.toNanos(), attempt.toNanos(), total.toNanos());
            App.RegionPlan plan = new App.RegionPlan(new Plan(List.of(new Tier("ca-c1", targets, balance))));
            RetryBudget[] budgets = {new RetryBudget(1, now)};
            App orders = new App("orders", timeouts, Map.of("ca-c1", plan), budgets, key, affinity, workersHost);
            Map<String, Route> routes = Map.of(
                    "orders.test", new Route(orders, "ca-c1", plan, steps), "orders.us-e1.test", new Route(orders, "us-e1", null, null));
            Route home = new Route(orders, "ca-c1", plan, steps);
            App.RegionPlan own = new App.RegionPlan(new Plan(List.of(new Tier("ca-c1", targets.subList(0, Math.min(2, targets.size())), balance))));
            Map<String, Route> handedOver = Map.of(HandOver.poolKey("ca-c1", "orders"), new Route(orders, "ca-c1", own, null));
            RoutingTable table = rules.isEmpty() && !takesOver
                    ? new RoutingTable(routes, List.of("test"), home)
                    : new RoutingTable(routes, List.of("test"), Map.of("orders", home), rules, takesOver ? handedOver : Map.of());
            made = new ExchangeLoop(
                    0,
                    timers.eventLoop(),
                    clock,
                    wheel,
                    connector,
                    () -> table,
                    List.of(teller(), listener),
                    new SplittableRandom(seed),
                    bodyLimit);
            loop = made;
            app = orders;
        }
        return made;
    }

    /** Takes everything out of the app's retry budget. */
    void exhaustRetries() {
        loop();
        RetryBudget budget = Objects.requireNonNull(app).budget(0);
        while (budget.take(now)) {
            // one less
        }
    }

    // ---- the client

    /** A request with this head (lines without their ends). */
    public ScriptedClient request(String... lines) {
        return request(new ScriptedClient(), lines);
    }

    ScriptedClient request(ScriptedClient client, String... lines) {
        Exchange next = read(client, lines);
        next.start(client);
        return client;
    }

    /** A client that speaks no HTTP and wants to be connected to {@code host}. */
    public ScriptedClient tunnel(String host) {
        ScriptedClient client = new ScriptedClient();
        client.tunnel = true;
        read(client).startTunnel(client, host.getBytes(StandardCharsets.US_ASCII), false);
        return client;
    }

    /** {@code GET /} of the app. */
    public ScriptedClient get() {
        return request("GET / HTTP/1.1", "Host: orders.test");
    }

    /** The head of a request for the app with a body in chunks. */
    public ScriptedClient upload(String method) {
        return request(method + " / HTTP/1.1", "Host: orders.test", "Transfer-Encoding: chunked");
    }

    /** A request that is refused before its head is whole. */
    public ScriptedClient refused(Reason why, @Nullable BadMessage fault, String... lines) {
        ScriptedClient client = new ScriptedClient();
        read(client, lines).startRefused(client, why, fault);
        return client;
    }

    /** A connection that is refused before anything has come. */
    void refused(ScriptedClient client, Reason why) {
        read(client).startRefused(client, why, null);
    }

    private Exchange read(ScriptedClient client, String... lines) {
        Exchange next = loop().take();
        ByteBuf in = ByteBufUtil.writeAscii(alloc, lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n\r\n");
        try {
            if (lines.length > 0 && parser.read(in, next.requestHead()) != Progress.END) {
                throw new AssertionError(next.requestHead().fault() + ": " + String.join("; ", lines));
            }
        } finally {
            in.release();
        }
        clients.add(client);
        exchange = next;
        return next;
    }

    private Exchange open() {
        if (clients.getLast().isSettled()) {
            throw new AssertionError("the exchange is over: " + clients.getLast().said);
        }
        return Objects.requireNonNull(exchange);
    }

    /** A piece of the last request's body, and all that was there. */
    public ExchangeRig body(String text) {
        open().requestBody(ByteBufUtil.writeAscii(alloc, text));
        if (!clients.getLast().isSettled()) {
            open().requestPaused();
        }
        return this;
    }

    /** As {@link #body}, of {@code n} bytes. */
    ExchangeRig body(int n) {
        return body("x".repeat(n));
    }

    public ExchangeRig ended() {
        open().requestEnded(null);
        return this;
    }

    ExchangeRig ended(String trailers) {
        open().requestEnded(trailers.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    public void clientGone() {
        open().clientGone();
    }

    void requestFailed(Reason why, @Nullable BadMessage fault) {
        open().requestFailed(why, fault);
    }

    void drained() {
        open().drained();
    }

    /** The last client keeps up again, or no longer, and its connection says so. */
    void clientWritable(boolean writable) {
        clients.getLast().writable(writable);
        open().clientWritable(writable);
    }

    Exchange.Phase phase() {
        return open().phase();
    }

    Exchange exchange() {
        return open();
    }

    // ---- time

    /** Lets time pass, in steps that are short beside anything that is waited for. */
    public void pass(Duration duration) {
        long step = duration.compareTo(Duration.ofSeconds(1)) <= 0 ? 500_000 : DeadlineWheel.TICK / 2;
        for (long left = duration.toNanos(); left > 0; left -= step) {
            long n = Math.min(step, left);
            now += n;
            wheel.advance(clock.refresh());
            timers.advanceTimeBy(n, TimeUnit.NANOSECONDS);
            timers.runScheduledPendingTasks();
        }
    }

    /** How long it takes until something happens, at most {@code limit}. */
    public Duration until(java.util.function.BooleanSupplier happened, Duration limit) {
        long start = now;
        while (!happened.getAsBoolean() && now - start < limit.toNanos()) {
            pass(Duration.ofNanos(limit.toNanos() <= 1_000_000_000L ? 500_000 : DeadlineWheel.TICK / 2));
        }
        return Duration.ofNanos(now - start);
    }

    // ---- the end

    /** Every exchange came to exactly one end, and nothing of it is left. */
    void assertNothingLeft() {
        assertThat(clients).allMatch(ScriptedClient::isSettled);
        assertThat(listener.all()).hasSameSizeAs(clients);
        assertThat(targets).allMatch(target -> target.inFlight() == 0);
        assertThat(connector.pending()).isEmpty();
        assertThat(connector.workers()).allMatch(ScriptedWorker::isOver);
        assertThat(alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory()).as("bytes in buffers").isZero();
    }
}

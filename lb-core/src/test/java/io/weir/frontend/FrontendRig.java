package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.Plan;
import io.weir.balancing.RetryBudget;
import io.weir.balancing.StandInTarget;
import io.weir.balancing.Tier;
import io.weir.config.PlainHttp;
import io.weir.config.TcpSettings;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.Peers;
import io.weir.exchange.RecordingListener;
import io.weir.exchange.ScriptedConnector;
import io.weir.exchange.ScriptedWorker;
import io.weir.exchange.SecurePort;
import io.weir.http.HeadLimits;
import io.weir.http.Step;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopClock;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client connections of one event loop, with workers in memory behind them and time that passes when a test says so. */
final class FrontendRig {
    static final Duration HEAD = Duration.ofSeconds(10);
    static final Duration BODY = Duration.ofMinutes(1);
    static final Duration IDLE = Duration.ofMinutes(5);

    final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
    final ScriptedConnector connector = new ScriptedConnector(alloc, this::turn);
    final RecordingListener listener = new RecordingListener();
    final StandInTarget target = StandInTarget.of("a");
    final ConnectionLimit limit;
    final FrontendLoop frontend;

    private final ListenerRules plain = ListenerRules.plain(timeouts(), null);
    private final List<SocketLikeChannel> channels = new ArrayList<>();
    private final EventLoops.Loop loop;
    private long now = TimeUnit.HOURS.toNanos(1);

    FrontendRig() {
        this(1000, null);
    }

    FrontendRig(int connections, Step.@Nullable Chain steps) {
        EmbeddedChannel timers = new EmbeddedChannel();
        timers.freezeTime();
        LoopClock clock = new LoopClock(() -> now);
        loop = new EventLoops.Loop(0, timers.eventLoop(), clock);
        App.RegionPlan plan = new App.RegionPlan(new Plan(List.of(new Tier("ca-c1", List.of(target)))));
        long hour = TimeUnit.HOURS.toNanos(1);
        App.Timeouts timeouts = new App.Timeouts(hour, hour, hour, hour, App.Timeouts.OFF, App.Timeouts.OFF);
        App orders = new App("orders", timeouts, Map.of("ca-c1", plan), new RetryBudget[] {new RetryBudget(1, now)});
        RoutingTable table = new RoutingTable(Map.of("orders.test", new Route(orders, "ca-c1", plan, steps)), List.of(), null);
        ExchangeLoop exchanges = new ExchangeLoop(
                0, timers.eventLoop(), clock, loop.wheel(), connector, () -> table, List.of(listener), new SplittableRandom(1), -1);
        limit = new ConnectionLimit(connections);
        frontend = new FrontendLoop(loop, exchanges, limit, new HeadLimits(1024, 2048, 20), Peers.UNTRUSTED);
    }

    /** A new connection of a client. */
    SocketLikeChannel open() {
        return open(plain);
    }

    /** Of the listener that {@link #open()} connects to. */
    ListenerRules rules() {
        return plain;
    }

    /** A new one to a listener that sends clients to https. */
    SocketLikeChannel openRedirecting() {
        return open(new ListenerRules(timeouts(), null, PlainHttp.REDIRECT, new SecurePort(443), null, Http2Rules.DEFAULTS, null, null, null));
    }

    /** A new one to a listener whose clients speak no HTTP. */
    SocketLikeChannel openTcp(TcpSettings tcp) {
        return open(new TcpConnection(frontend, new ListenerRules(timeouts(), null, PlainHttp.SERVE, null, null, Http2Rules.DEFAULTS, null, tcp, null)));
    }

    /** A new one to a listener with other rules for HTTP/2. */
    SocketLikeChannel open(Http2Rules http2) {
        return open(new ListenerRules(timeouts(), null, PlainHttp.SERVE, null, null, http2, null, null, null));
    }

    private SocketLikeChannel open(ListenerRules rules) {
        return open(new ClientConnection(frontend, rules));
    }

    private SocketLikeChannel open(ChannelHandler handler) {
        SocketLikeChannel channel = SocketLikeChannel.open(handler, alloc);
        channels.add(channel);
        return channel;
    }

    private static ClientTimeouts timeouts() {
        return new ClientTimeouts(HEAD.toNanos(), BODY.toNanos(), IDLE.toNanos());
    }

    /** Runs {@code task} as event loops do: what it puts off comes when it has returned. */
    void turn(Runnable task) {
        Runnable nested = task;
        for (SocketLikeChannel channel : channels) {
            Runnable inner = nested;
            nested = () -> channel.turn(inner);
        }
        nested.run();
    }

    ScriptedWorker worker() {
        return connector.worker();
    }

    /** Time goes on, and nothing tells the loop of it yet. */
    void passUnnoticed(Duration duration) {
        now += duration.toNanos();
    }

    void pass(Duration duration) {
        long step = TimeUnit.MILLISECONDS.toNanos(100);
        for (long left = duration.toNanos(); left > 0; left -= step) {
            now += Math.min(step, left);
            turn(() -> loop.wheel().advance(loop.clock().refresh()));
            settle();
        }
    }

    /** Lets the channels do what they put off. */
    void settle() {
        channels.forEach(SocketLikeChannel::runPendingTasks);
    }

    void assertNothingLeft() {
        for (SocketLikeChannel channel : channels) {
            channel.checkException();
            channel.finishAndReleaseAll();
        }
        assertThat(limit.open()).isZero();
        assertThat(frontend.connections()).isZero();
        assertThat(target.inFlight()).isZero();
        assertThat(connector.workers()).allMatch(ScriptedWorker::isOver);
        assertThat(alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory()).as("bytes in buffers").isZero();
    }
}

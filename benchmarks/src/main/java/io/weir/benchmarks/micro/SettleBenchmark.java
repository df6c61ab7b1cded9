package io.weir.benchmarks.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.weir.balancing.Plan;
import io.weir.balancing.RetryBudget;
import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.balancing.Touched;
import io.weir.config.AccessLogFormat;
import io.weir.config.AccessLogSettings;
import io.weir.config.ForwardedField;
import io.weir.config.ForwardingSettings;
import io.weir.control.TrafficSums;
import io.weir.exchange.ClientSide;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Peer;
import io.weir.exchange.Peers;
import io.weir.exchange.Reason;
import io.weir.http.FieldRules;
import io.weir.http.HeadLimits;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.http.ResponseHead;
import io.weir.http.ResponseParser;
import io.weir.loop.DeadlineWheel;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopClock;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.TroubleListener;
import io.weir.telemetry.log.AccessLog;
import io.weir.telemetry.metrics.Metrics;
import io.weir.telemetry.metrics.ProcessState;
import io.weir.topology.Cidr;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.Connector;
import io.weir.upstream.Need;
import io.weir.upstream.WorkerSide;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole exchange from the first byte of the request to settled, all verbs but accept: everything that a request costs beside channels and
 * system calls. With {@code -prof gc} it says what a request allocates, which is to be nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SettleBenchmark {
    private static final HeadLimits LIMITS = new HeadLimits(8192, 32_768, 100);
    private static final String REGION = "ca-c1";

    private static final String SMALL_REQUEST =
            String.join("\r\n", "GET /a HTTP/1.1", "Host: orders.ca-c1.cloudhub.example", "User-Agent: curl/8.0", "Accept: */*", "", "");

    private static final String BROWSER_REQUEST = String.join("\r\n",
            "GET /products/4711/reviews?page=2&sort=newest HTTP/1.1", "Host: orders.ca-c1.cloudhub.example", "Connection: keep-alive",
            "Cache-Control: max-age=0", "Upgrade-Insecure-Requests: 1",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-GB,en;q=0.9",
            "Cookie: session=0123456789abcdef0123456789abcdef; consent=yes; theme=dark", "", "");

    private static final String PROXY_FIELDS = String.join("\r\n",
            "X-Forwarded-For: 203.0.113.9, 127.0.0.2", "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.com", "X-Forwarded-Port: 443",
            "X-Request-Id: 5f0c6f0a-7f3b-4d07-9d4a-5a2f1c9e8b77", "", "");

    private static final String RESPONSE = String.join("\r\n",
            "HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2026 00:00:00 GMT", "Content-Type: application/json", "Content-Length: 100", "Connection: keep-alive",
            "", "x".repeat(100));

    @Param({"small", "browser"})
    public String request = "small";

    /** How many workers the pool has. */
    @Param("4")
    public int workers = 4;

    /** Whom it comes from: the client itself, or a trusted proxy that says whom it is from. */
    @Param("client")
    public String peer = "client";

    /** Who is told of it. */
    @Param({"nobody", "metrics", "log", "metrics-and-log", "traffic", "metrics-and-log-and-traffic"})
    public String watching = "nobody";

    private final LoopClock clock = new LoopClock(System::nanoTime);
    private final RequestParser parser = new RequestParser(LIMITS);
    private final ByteBuf requestBytes = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    private final MemoryClient client = new MemoryClient();
    private final MemoryWorker worker = new MemoryWorker();
    private @Nullable ExchangeLoop exchanges;
    private @Nullable AccessLog log;
    private @Nullable TrafficSums traffic;
    private long settled;

    @Setup
    public void fill() {
        String head = request.equals("browser") ? BROWSER_REQUEST : SMALL_REQUEST;
        boolean proxied = peer.equals("proxy");
        requestBytes.writeCharSequence(proxied ? head.substring(0, head.length() - 2) + PROXY_FIELDS : head, StandardCharsets.US_ASCII);
        List<Cidr> trusted = proxied ? List.of(Cidr.parse("127.0.0.0/8")) : List.of();
        InetAddress here = InetAddress.getLoopbackAddress();
        client.peer = new Peers(new ForwardingSettings(trusted, ForwardedField.OFF, true))
                .of(new InetSocketAddress(here, 4711), new InetSocketAddress(here, 8080));
        EventLoops.Loop loop = new EventLoops.Loop(0, new DefaultEventLoop(), clock);
        traffic = watching.contains("traffic") ? new TrafficSums(1, () -> {}) : null;
        RoutingTable table = table();
        exchanges = new ExchangeLoop(
                0,
                ImmediateEventExecutor.INSTANCE,
                clock,
                new DeadlineWheel(clock.now()),
                worker,
                () -> table,
                watchers(loop),
                new SplittableRandom(1),
                -1);
        if (exchange() != 1) {
            throw new IllegalStateException("the exchange of this benchmark is not one that goes well");
        }
    }

    private List<ExchangeListener> watchers(EventLoops.Loop loop) {
        List<ExchangeListener> watchers = new ArrayList<>(List.of(this::count));
        if (watching.contains("metrics")) {
            watchers.add(new Metrics(1, 1000, new ProcessState("", () -> true, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0)).onLoop(0));
        }
        if (watching.contains("log")) {
            try {
                log = AccessLog.open(new AccessLogSettings(AccessLogFormat.JSON, "/dev/null", List.of(), List.of()), List.of(loop), new Untroubled());
                watchers.add(Objects.requireNonNull(log).onLoop(0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (traffic != null) {
            watchers.add(traffic.onLoop(loop));
        }
        return watchers;
    }

    private void count(Exchange exchange) {
        if (exchange.reason() == Reason.OK && exchange.status() == 200) {
            settled++;
        }
    }

    /** One app with a pool of that many workers. */
    private RoutingTable table() {
        Touched touched = traffic == null ? null : traffic.touched();
        Tier tier = new Tier(REGION, IntStream.range(0, workers).mapToObj(i -> new MemoryTarget(i, touched)).toList());
        App.RegionPlan plan = new App.RegionPlan(new Plan(List.of(tier)));
        long second = TimeUnit.SECONDS.toNanos(1);
        App app = new App(
                "orders",
                new App.Timeouts(2 * second, 300 * second, 300 * second, 300 * second, App.Timeouts.OFF, App.Timeouts.OFF),
                Map.of(REGION, plan),
                new RetryBudget[] {new RetryBudget(1, clock.now())});
        Route route = new Route(app, REGION, plan, null);
        return new RoutingTable(
                Map.of("orders.ca-c1.cloudhub.example", route, "orders.cloudhub.example", route), List.of("cloudhub.example"), null);
    }

    @TearDown
    public void release() {
        if (log != null) {
            log.close();
        }
        requestBytes.release();
        client.out.release();
        worker.out.release();
        worker.responseBytes.release();
    }

    /** Returns how many have settled so far. */
    @Benchmark
    public long exchange() {
        clock.refresh();
        Exchange exchange = Objects.requireNonNull(exchanges).take();
        if (parser.read(requestBytes.readerIndex(0), exchange.requestHead()) != Progress.END) {
            throw new IllegalStateException();
        }
        exchange.start(client);
        clock.refresh();
        worker.answer();
        return settled;
    }

    private static final class Untroubled implements TroubleListener {
        @Override
        public void loopStalled(int loop, long millis, String at) {}

        @Override
        public void acceptFailing(String why) {}

        @Override
        public void acceptBack() {}

        @Override
        public void accessLogFailing(String why) {
            throw new IllegalStateException(why);
        }

        @Override
        public void accessLogBack(long linesLost) {}

        @Override
        public void accessLogOpened() {}
    }

    private static final class MemoryTarget extends Target {
        MemoryTarget(int i, @Nullable Touched touched) {
            super("127.0.0.1:900" + i, i % 2 == 0 ? "ca-c1a" : "ca-c1b", 1, null, touched);
        }

        @Override
        public boolean connectable(long now) {
            return true;
        }
    }

    /** Puts the response together as a connection would, in a buffer that is used again. */
    private static final class MemoryClient implements ClientSide {
        private final HeadWriter writer = new HeadWriter();
        private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
        private @Nullable Peer peer;

        @Override
        public void head(RequestHead request, ResponseHead head, HeadLines lines) {
            head.writeTo(writer);
            lines.writeTo(writer);
            writer.endOfLine().flushTo(out.clear());
        }

        @Override
        public void body(ByteBuf data) {
            out.writeBytes(data);
            data.release();
        }

        @Override
        public void end(byte @Nullable [] trailers) {}

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void demand(boolean more) {}

        @Override
        public void settled() {}

        @Override
        public Peer peer() {
            return Objects.requireNonNull(peer);
        }

        @Override
        public @Nullable String onlyRegion() {
            return null;
        }

        @Override
        public void interim(ResponseHead head) {
            throw new IllegalStateException();
        }

        @Override
        public void answer(RequestHead request, OwnAnswer answer) {
            throw new IllegalStateException(answer.body());
        }

        @Override
        public void abort() {
            throw new IllegalStateException();
        }
    }

    /** An idle connection to whichever worker is asked for; its response is there when the benchmark says so. */
    private static final class MemoryWorker implements Connector, WorkerSide {
        private final ResponseParser parser = new ResponseParser(LIMITS);
        private final HeadWriter writer = new HeadWriter();
        private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
        private final ByteBuf responseBytes = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
        private @Nullable AttemptEvents lentTo;

        MemoryWorker() {
            responseBytes.writeCharSequence(RESPONSE, StandardCharsets.US_ASCII);
        }

        @Override
        public WorkerSide connect(Target target, AttemptEvents events, long timeout, Need need, boolean fresh) {
            lentTo = events;
            return this;
        }

        void answer() {
            AttemptEvents to = Objects.requireNonNull(lentTo);
            ResponseHead head = to.responseHead();
            if (parser.read(responseBytes.readerIndex(0), head) != Progress.END) {
                throw new IllegalStateException();
            }
            FieldRules.applyToResponse(head);
            to.responseStarted();
            to.responseBody(responseBytes.retain());
            lentTo = null;
            to.responseEnded(null);
        }

        @Override
        public void head(RequestHead head, HeadLines lines) {
            head.writeTo(writer);
            lines.writeTo(writer);
            writer.endOfLine().flushTo(out.clear());
        }

        @Override
        public void body(ByteBuf data) {
            data.release();
        }

        @Override
        public void end(byte @Nullable [] trailers) {}

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void demand(boolean more) {}

        @Override
        public void abort() {
            throw new IllegalStateException();
        }

        @Override
        public void cancel(Target target, AttemptEvents events) {
            throw new IllegalStateException();
        }

        @Override
        public void giveUp(Target target, AttemptEvents events) {
            throw new IllegalStateException();
        }

        @Override
        public boolean isReused() {
            return true;
        }
    }
}

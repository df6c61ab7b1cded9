package io.weir.benchmarks.load;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.check.NettyChecks;
import io.weir.topology.WorkerAddress;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * What HTTP checks cost the health loop: so many workers, each asked once in an interval, answered by a second process.
 *
 * <pre>
 *   benchmarks/checks WORKERS INTERVAL-SECONDS SECONDS kept|fresh [epoll|io_uring|nio]
 *   benchmarks/checks 10000 5 30 kept
 * </pre>
 *
 * Checks begin on ticks of 10 ms (another number of ms with {@code -Dtick}), as whoever has many of them to begin should do.
 *
 * <p>It prints the processor time of the loop's thread, kernel and all, as a share of one core, over the seconds after a warm-up of as many.
 */
public final class ChecksBenchmark {
    private static final double PERCENT = 100.0;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    /** In ns. */
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(Long.getLong("tick", 10));

    private static final int MOST_SHOWN = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final CheckSettings settings;
    private final SplittableRandom random = new SplittableRandom(1);
    private long passed;
    private long failed;

    private ChecksBenchmark(EventLoop loop, boolean kept, Duration interval) {
        this.loop = loop;
        CheckSettings.Http http = new CheckSettings.Http(
                kept ? "/kept" : "/fresh", CheckSettings.Http.DEFAULT_METHOD, null, CheckSettings.Http.DEFAULT_STATUSES, null);
        this.settings = new CheckSettings(http, null, interval, TIMEOUT, 2, 3);
    }

    public static void main(String[] args) throws Exception {
        int workers = Integer.parseInt(args[0]);
        Duration interval = Duration.ofMillis((long) (Double.parseDouble(args[1]) * 1000));
        long seconds = Long.parseLong(args[2]);
        boolean kept = args[3].equals("kept");
        String transport = args.length > 4 ? args[4] : "epoll";
        try (CheckedWorkers answering = CheckedWorkers.start();
                var group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("weir-health"), handlers(transport))) {
            EventLoop loop = group.next();
            ChecksBenchmark benchmark = new ChecksBenchmark(loop, kept, interval);
            try (NettyChecks checks = new NettyChecks(loop, channel(transport), DefaultAddressResolverGroup.INSTANCE, System::nanoTime)) {
                loop.submit(() -> benchmark.begin(checks, answering, workers)).get();
                benchmark.sample(seconds);
                Sample from = benchmark.sample(0); // after the warm-up
                Sample to = benchmark.sample(seconds);
                System.out.println(to.since(from).text(workers, args[3], transport));
            }
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).get();
        }
    }

    private static IoHandlerFactory handlers(String transport) {
        return switch (transport) {
            case "epoll" -> EpollIoHandler.newFactory();
            case "io_uring" -> IoUringIoHandler.newFactory();
            case "nio" -> NioIoHandler.newFactory();
            default -> throw new IllegalArgumentException("no transport: " + transport);
        };
    }

    private static Class<? extends SocketChannel> channel(String transport) {
        return switch (transport) {
            case "epoll" -> EpollSocketChannel.class;
            case "io_uring" -> IoUringSocketChannel.class;
            case "nio" -> NioSocketChannel.class;
            default -> throw new IllegalArgumentException("no transport: " + transport);
        };
    }

    /** Lets all checks begin, spread over the first interval. */
    private void begin(NettyChecks checks, CheckedWorkers answering, int workers) {
        for (int i = 0; i < workers; i++) {
            WorkerAddress address = answering.address(i);
            Check check = checks.of(address, settings);
            askAfter(random.nextLong(settings.interval().toNanos()), check);
        }
    }

    private void ask(Check check) {
        check.ask(TIMEOUT, result -> answered(check, result));
    }

    private void answered(Check check, CheckResult result) {
        if (result.passed()) {
            passed++;
        } else if (failed++ < MOST_SHOWN) {
            System.err.println(result.detail());
        }
        double part = 1 + CheckSettings.JITTER * (random.nextDouble() - 0.5);
        askAfter((long) (settings.interval().toNanos() * part), check);
    }

    /** With all others of its tick, so that the loop wakes once for them and reads their answers together. */
    private void askAfter(long delay, Check check) {
        long now = System.nanoTime();
        long at = Math.ceilDiv(now + delay, TICK) * TICK;
        var _ = loop.schedule(() -> ask(check), at - now, TimeUnit.NANOSECONDS);
    }

    /** After so many seconds, on the loop. */
    private Sample sample(long seconds) throws Exception {
        return loop.schedule(
                        () -> new Sample(
                                System.nanoTime(), THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadUserTime(), passed, failed),
                        seconds,
                        TimeUnit.SECONDS)
                .get();
    }

    /** Times in ns. */
    private record Sample(long at, long processor, long user, long passed, long failed) {
        Sample since(Sample from) {
            return new Sample(at - from.at, processor - from.processor, user - from.user, passed - from.passed, failed - from.failed);
        }

        String text(int workers, String connections, String transport) {
            double seconds = at / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%d workers, %s connections, %s: %.0f checks a second, %d failed, %.1f us each (%.1f in user mode), %.2f %% of a core",
                    workers,
                    connections,
                    transport,
                    (passed + failed) / seconds,
                    failed,
                    processor / 1e3 / (passed + failed),
                    user / 1e3 / (passed + failed),
                    processor * PERCENT / at);
        }
    }
}

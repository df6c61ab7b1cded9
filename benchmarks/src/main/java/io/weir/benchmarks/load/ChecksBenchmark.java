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
import io.weir.config.EjectionSettings;
import io.weir.config.HealthSettings;
import io.weir.health.HealthMonitor;
import io.weir.health.check.NettyChecks;
import io.weir.health.check.OutboundTls;
import io.weir.topology.Worker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What HTTP checks cost the health loop: so many workers, each asked once in an interval, answered by a second process.
 *
 * <pre>
 *   benchmarks/checks WORKERS INTERVAL-SECONDS SECONDS kept|fresh [epoll|io_uring|nio]
 *   benchmarks/checks 10000 5 30 kept
 * </pre>
 *
 * They are watched by a {@link HealthMonitor}, as workers of as many apps.
 *
 * <p>It prints the processor time of the loop's thread, kernel and all, as a share of one core, over the seconds after a warm-up of as many.
 */
public final class ChecksBenchmark {
    private static final double PERCENT = 100.0;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final HealthMonitor monitor;
    private final boolean kept;
    private final Duration interval;

    private ChecksBenchmark(EventLoop loop, HealthMonitor monitor, boolean kept, Duration interval) {
        this.loop = loop;
        this.monitor = monitor;
        this.kept = kept;
        this.interval = interval;
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
            try (NettyChecks checks = new NettyChecks(loop, channel(transport), DefaultAddressResolverGroup.INSTANCE, OutboundTls.NONE, System::nanoTime);
                    HealthMonitor monitor = new HealthMonitor(loop, checks, System::nanoTime, new SplittableRandom(1))) {
                ChecksBenchmark benchmark = new ChecksBenchmark(loop, monitor, kept, interval);
                benchmark.begin(answering, workers);
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

    /** Each is asked for a host of its own, so that those at one address are asked one by one. */
    private void begin(CheckedWorkers answering, int workers) {
        for (int i = 0; i < workers; i++) {
            CheckSettings.Http http = new CheckSettings.Http(
                    kept ? "/kept" : "/fresh", CheckSettings.Http.DEFAULT_METHOD, "worker-" + i, CheckSettings.Http.DEFAULT_STATUSES, null);
            HealthSettings settings = new HealthSettings(new CheckSettings(http, null, interval, TIMEOUT, 2, 3), EjectionSettings.DEFAULTS, null);
            monitor.watch(List.of(new Worker("app-" + i, "region", "zone", answering.address(i))), settings);
        }
    }

    /** After so many seconds, on the loop. */
    private Sample sample(long seconds) throws Exception {
        return loop.schedule(
                        () -> new Sample(
                                System.nanoTime(), THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadUserTime(), passed(), monitor.checksMade()),
                        seconds,
                        TimeUnit.SECONDS)
                .get();
    }

    private long passed() {
        LongAdder passed = new LongAdder();
        monitor.counts().forEach((_, outcome, count) -> passed.add(outcome.equals("passed") ? count : 0));
        return passed.sum();
    }

    /** Times in ns. */
    private record Sample(long at, long processor, long user, long passed, long made) {
        Sample since(Sample from) {
            return new Sample(at - from.at, processor - from.processor, user - from.user, passed - from.passed, made - from.made);
        }

        String text(int workers, String connections, String transport) {
            double seconds = at / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%d workers, %s connections, %s: %.0f checks a second, %d failed, %.1f us each (%.1f in user mode), %.2f %% of a core",
                    workers,
                    connections,
                    transport,
                    made / seconds,
                    made - passed,
                    processor / 1e3 / made,
                    user / 1e3 / made,
                    processor * PERCENT / at);
        }
    }
}

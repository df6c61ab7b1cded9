package io.weir.health.check;

import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weir.config.CheckSettings;
import io.weir.config.CipherSet;
import io.weir.config.UpstreamTls;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Checks on a loop of their own, asked from the thread of the test. */
final class CheckRig implements AutoCloseable {
    /** Far more than anything takes here. */
    static final Duration LONG = Duration.ofSeconds(60);

    /** Enough for a connection over loopback on a busy machine, and short enough to wait for its end. */
    static final Duration SHORT = Duration.ofMillis(700);

    /** Tells how many channels it has. */
    private static final class CountingLoop extends SingleThreadIoEventLoop {
        CountingLoop(Transport transport) {
            super(null, new DefaultThreadFactory("weir-health"), transport.handlers());
        }

        int channels() {
            return getNumOfRegisteredChannels();
        }
    }

    private final Transport transport;
    private final CountingLoop loop;
    private final NettyChecks checks;

    CheckRig() {
        this(Transport.NIO);
    }

    CheckRig(Transport transport) {
        this(transport, transport.channel(), DefaultAddressResolverGroup.INSTANCE);
    }

    CheckRig(Transport transport, Class<? extends SocketChannel> channel, AddressResolverGroup<?> names) {
        this.transport = transport;
        this.loop = new CountingLoop(transport);
        this.checks = new NettyChecks(loop, channel, names, this::secure, System::nanoTime);
    }

    /** Believes everybody, or nobody. */
    private SslHandler secure(UpstreamTls settings, WorkerAddress worker, Channel channel, boolean http2) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
            if (!settings.verify()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
            }
            return builder.build().newHandler(channel.alloc(), settings.serverName() == null ? worker.host() : settings.serverName(), worker.port());
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }

    CheckResult askOverTls(int port, CheckSettings.Kind kind, boolean verify) throws Exception {
        return ask(check(new WorkerAddress("127.0.0.1", port), overTls(kind, verify)));
    }

    static CheckSettings overTls(CheckSettings.Kind kind, boolean verify) {
        return settings(kind).over(new UpstreamTls(verify, null, null, null, CipherSet.INTERMEDIATE));
    }

    static CheckSettings settings(CheckSettings.Kind kind) {
        return new CheckSettings(kind, null, Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 3);
    }

    static CheckSettings.Http http() {
        return new CheckSettings.Http("/health", "GET", null, CheckSettings.Http.DEFAULT_STATUSES, null);
    }

    static CheckSettings.Http http(String method, @Nullable String body) {
        return new CheckSettings.Http("/health", method, null, CheckSettings.Http.DEFAULT_STATUSES, body);
    }

    static CheckSettings.Http http(CheckSettings.StatusRange... statuses) {
        return new CheckSettings.Http("/health", "GET", null, List.of(statuses), null);
    }

    Check check(int port, CheckSettings.Kind kind) throws Exception {
        return check(new WorkerAddress("127.0.0.1", port), settings(kind));
    }

    Check check(WorkerAddress address, CheckSettings settings) throws Exception {
        return onLoop(() -> checks.of(address, settings));
    }

    <T> T onLoop(Callable<T> call) throws Exception {
        return loop.submit(call).get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /** Begins a question; the future also shows whether it was answered on the loop. */
    CompletableFuture<CheckResult> begin(Check check, Duration timeout) throws Exception {
        CompletableFuture<CheckResult> answer = new CompletableFuture<>();
        onLoop(() -> {
            check.ask(timeout, result -> {
                boolean onLoop = loop.inEventLoop();
                if (!onLoop || !answer.complete(result)) {
                    answer.obtrudeException(new AssertionError(onLoop ? "answered twice" : "answered elsewhere"));
                }
            });
            if (answer.isDone()) {
                answer.obtrudeException(new AssertionError("answered within ask"));
            }
            return null;
        });
        return answer;
    }

    static CheckResult await(CompletableFuture<CheckResult> answer) throws Exception {
        return answer.get(2 * LONG.toSeconds(), TimeUnit.SECONDS);
    }

    CheckResult ask(Check check) throws Exception {
        return await(begin(check, LONG));
    }

    CheckResult ask(Check check, Duration timeout) throws Exception {
        return await(begin(check, timeout));
    }

    CheckResult ask(int port, CheckSettings.Kind kind) throws Exception {
        return ask(check(port, kind));
    }

    void close(Check check) throws Exception {
        onLoop(() -> {
            check.close();
            return null;
        });
    }

    NettyChecks checks() {
        return checks;
    }

    /** Closes all checks, sees that no connection is left, and ends the loop. */
    @Override
    public void close() {
        checks.close();
        if (transport != Transport.IO_URING) { // there the count of Netty 4.2.18 never falls
            awaitConnections(0);
        }
        loop.shutdownGracefully(0, LONG.toSeconds(), TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Until so many connections are open, of all checks. */
    void awaitConnections(int wanted) {
        int open = -1;
        for (int i = 0; i < 6000; i++) {
            open = loop.schedule(loop::channels, 10, TimeUnit.MILLISECONDS)
                    .syncUninterruptibly()
                    .getNow();
            if (open == wanted) {
                return;
            }
        }
        throw new AssertionError(open + " connections are open");
    }
}

package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import io.weir.config.CheckSettings;
import io.weir.config.UpstreamTls;
import io.weir.health.Check;
import io.weir.health.Checks;
import io.weir.topology.WorkerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import javax.net.ssl.SNIServerName;
import org.jspecify.annotations.Nullable;

/**
 * Checks over sockets, all on one event loop of their own: however busy the loops of the requests are, an answer is read when it comes.
 *
 * <p>{@link #of}, and every method of the checks, is for that loop only; {@link #close} for any thread.
 */
public final class NettyChecks implements Checks, AutoCloseable {
    private final Dialler dialler;
    private final OutboundTls outbound;
    /** Made with the first check that needs it: it takes the JDK some 100 ms. */
    private @Nullable TlsClient tls;

    /**
     * On {@code loop}, with its kind of channels.
     *
     * @param names looks workers' names up; who gave it closes it
     * @param outbound secures connections to workers that want it
     * @param clock ns, monotonic
     */
    public NettyChecks(
            EventLoop loop, Class<? extends SocketChannel> channelType, AddressResolverGroup<?> names, OutboundTls outbound, LongSupplier clock) {
        this.outbound = outbound;
        this.dialler = new Dialler(loop, channelType, names, clock);
    }

    @Override
    public Check of(WorkerAddress worker, CheckSettings settings) {
        Integer port = settings.port();
        WorkerAddress address = port == null ? worker : new WorkerAddress(worker.host(), port);
        InetSocketAddress target = socketAddress(address);
        Function<Channel, SslHandler> http1 = secured(settings.tls(), worker, false);
        WireCheck check = switch (settings.kind()) {
            case CheckSettings.Tcp _ -> http1 == null ? new TcpCheck(dialler, target) : new TlsCheck(dialler, target, http1);
            case CheckSettings.Http http -> new HttpCheck(dialler, target, http1, http, address.toString());
            case CheckSettings.Tls handshake -> new TlsCheck(dialler, target, handshake(settings.tls(), worker, handshake.serverName()));
            case CheckSettings.Pools _ -> new GatewayCheck(dialler, target, http1, address.toString());
            case CheckSettings.Grpc grpc -> new GrpcCheck(dialler, target, secured(settings.tls(), worker, true), grpc.service(), address.toString());
        };
        if (settings.proxyProtocol() != null) {
            check.speak(settings.proxyProtocol());
        }
        return check;
    }

    private @Nullable Function<Channel, SslHandler> secured(@Nullable UpstreamTls settings, WorkerAddress worker, boolean http2) {
        return settings == null ? null : channel -> outbound.handler(settings, worker, channel, http2);
    }

    private Function<Channel, SslHandler> handshake(@Nullable UpstreamTls settings, WorkerAddress worker, @Nullable String serverName) {
        if (settings == null) {
            TlsClient client = tls();
            SNIServerName name = TlsClient.serverName(serverName);
            return channel -> client.handler(channel, name);
        }
        return channel -> outbound.handler(serverName == null ? settings : settings.as(serverName), worker, channel, false);
    }

    private TlsClient tls() {
        TlsClient known = tls;
        if (known == null) {
            known = new TlsClient();
            tls = known;
        }
        return known;
    }

    /** A name stays unresolved: it is looked up for each connection. */
    private static InetSocketAddress socketAddress(WorkerAddress address) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(address.host());
        if (literal == null) {
            return InetSocketAddress.createUnresolved(address.host(), address.port());
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(literal), address.port());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no IP address: " + address, e);
        }
    }

    /** Closes every check that is open, soon. */
    @Override
    public void close() {
        EventLoop loop = dialler.loop();
        if (!loop.isShuttingDown()) {
            loop.execute(() -> List.copyOf(dialler.open()).forEach(Check::close));
        }
    }
}

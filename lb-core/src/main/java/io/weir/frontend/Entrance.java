package io.weir.frontend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.weir.config.ListenerSettings;
import io.weir.config.ProxyProtocolSettings;
import io.weir.config.ProxyProtocolSettings.Accept;
import io.weir.frontend.RefusedClients.Why;
import io.weir.http.TrustedProxies;
import io.weir.topology.Cidr;
import io.weir.topology.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect to a listener, and which peers are believed when they say, by the PROXY protocol, whom they speak for. Who is believed is
 * let in, or not, by the address of that client. Immutable, for all loops.
 */
public final class Entrance {
    /** Empty: all. */
    private final TrustedProxies allowed;
    /** Empty: nobody. */
    private final TrustedProxies believed;

    private final boolean headerRequired;
    private final RefusedClients refused;

    private Entrance(List<Cidr> allowed, @Nullable ProxyProtocolSettings proxyProtocol, RefusedClients refused) {
        this.allowed = new TrustedProxies(allowed);
        this.believed = new TrustedProxies(proxyProtocol == null ? List.of() : proxyProtocol.from());
        this.headerRequired = proxyProtocol != null && proxyProtocol.accept() == Accept.REQUIRED;
        this.refused = refused;
    }

    /** That of a listener; null if everyone may connect and speaks for itself. */
    public static @Nullable Entrance of(ListenerSettings settings, RefusedClients refused) {
        return settings.allow().isEmpty() && settings.proxyProtocol() == null
                ? null
                : new Entrance(settings.allow(), settings.proxyProtocol(), refused);
    }

    /**
     * Adds to the pipeline of a new connection what stands before the listener's own handlers.
     *
     * @param first what makes room for it once the client may come in, or null
     * @return whether more may be added: else it is closed
     */
    boolean open(Channel channel, @Nullable ChannelHandler first) {
        SocketAddress peer = channel.remoteAddress();
        if (peer == null) { // it has reset the connection already, as those do who only look whether a port is open
            channel.pipeline().addLast(ClosedDoor.HERE);
            return false;
        }
        if (contains(believed, peer)) {
            channel.pipeline().addLast(new ProxyHeaderDecoder(), new ProxyHeaderHandler(this, first));
            return true;
        }
        if (headerRequired) {
            return closed(channel, Why.NOT_BELIEVED);
        }
        if (!allows(peer)) {
            return closed(channel, Why.NOT_ALLOWED);
        }
        if (first != null) {
            channel.pipeline().addLast(first);
        }
        return true;
    }

    private boolean closed(Channel channel, Why why) {
        refused.count(why);
        channel.pipeline().addLast(ClosedDoor.HERE);
        return false;
    }

    /** Whether a client with that address may connect. */
    boolean allows(@Nullable SocketAddress client) {
        return allowed.isEmpty() || contains(allowed, client);
    }

    /** Whether connections of those that are believed must have a header. */
    boolean headerRequired() {
        return headerRequired;
    }

    RefusedClients refused() {
        return refused;
    }

    private static boolean contains(TrustedProxies blocks, @Nullable SocketAddress address) {
        InetAddress ip = !blocks.isEmpty() && address instanceof InetSocketAddress socket ? socket.getAddress() : null;
        if (ip == null) {
            return false;
        }
        IpAddress bits = IpAddress.of(ip.getAddress());
        return blocks.contain(bits.high(), bits.low());
    }
}

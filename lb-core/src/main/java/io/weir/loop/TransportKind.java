package io.weir.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/** The ways to drive sockets, best first, each with what differs between them. */
public enum TransportKind {
    IO_URING(IoUringServerSocketChannel.class, IoUringSocketChannel.class),
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class),
    NIO(NioServerSocketChannel.class, NioSocketChannel.class);

    /** TCP_NOTSENT_LOWAT of tcp(7), by number: Netty's constants for it are not for listening sockets. */
    private static final ChannelOption<Integer> UNSENT_LIMIT = new IntegerUnixChannelOption("TCP_NOTSENT_LOWAT", 6, 25);

    private static final ChannelOption<Integer> NO_DELAY = new IntegerUnixChannelOption("TCP_NODELAY", 6, 1);

    // The same for what tells the kernel when, how often, and how many times in vain it asks whether a peer is still there.
    private static final ChannelOption<Integer> PROBED_AFTER = new IntegerUnixChannelOption("TCP_KEEPIDLE", 6, 4);
    private static final ChannelOption<Integer> PROBED_EVERY = new IntegerUnixChannelOption("TCP_KEEPINTVL", 6, 5);
    private static final ChannelOption<Integer> MOST_PROBES = new IntegerUnixChannelOption("TCP_KEEPCNT", 6, 6);

    /** A state of tcp(7)'s TCP_INFO: nothing is left of the connection. */
    private static final int TCP_CLOSE = 7;

    /** Within some three seconds. */
    public static final Probing SOON = new Probing(1, 1, 3);

    /**
     * When the kernel asks whether the peer of a connection with SO_KEEPALIVE is still there. A reset, or questions without an answer, end the
     * connection.
     *
     * @param after s without a sign of it
     * @param every s between two questions
     * @param most questions in vain
     */
    public record Probing(int after, int every, int most) {}

    private final Class<? extends ServerChannel> serverChannel;
    private final Class<? extends SocketChannel> socketChannel;

    TransportKind(Class<? extends ServerChannel> serverChannel, Class<? extends SocketChannel> socketChannel) {
        this.serverChannel = serverChannel;
        this.socketChannel = socketChannel;
    }

    public Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    public Class<? extends SocketChannel> socketChannel() {
        return socketChannel;
    }

    /** For DNS. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return switch (this) {
            case IO_URING -> IoUringDatagramChannel.class;
            case EPOLL -> EpollDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
        };
    }

    /** Why it can't be used here, or null if it can. */
    public @Nullable Throwable unavailability() {
        return switch (this) {
            case IO_URING -> IoUring.isAvailable() ? null : IoUring.unavailabilityCause();
            case EPOLL -> Epoll.isAvailable() ? null : Epoll.unavailabilityCause();
            case NIO -> null;
        };
    }

    /** For event loops of this kind. */
    public IoHandlerFactory handlers() {
        return switch (this) {
            case IO_URING -> IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setRingSize(1024));
            case EPOLL -> RememberingEpoll.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /** The option that lets several sockets listen on one address, or null if there is none: then one acceptor hands channels over. */
    public @Nullable ChannelOption<Boolean> reusePort() {
        return switch (this) {
            case IO_URING -> IoUringChannelOption.SO_REUSEPORT;
            case EPOLL -> EpollChannelOption.SO_REUSEPORT;
            case NIO -> null;
        };
    }

    /**
     * The option that bounds, in bytes, what the kernel takes beyond what it can send at once, or null. Without it a slow peer has megabytes
     * waiting, and the kernel tells of its progress only when a third of them is gone. Connections have it from their listening socket.
     */
    public @Nullable ChannelOption<Integer> unsentLimit() {
        return this == NIO ? null : UNSENT_LIMIT;
    }

    /** The option, with 1, that has connections of a listening socket send small writes at once, without a call for each; null with NIO. */
    public @Nullable ChannelOption<Integer> noDelay() {
        return this == NIO ? null : NO_DELAY;
    }

    /** When the kernel asks after the peer of {@code channel}, or null if that can't be told, as of NIO's. */
    public @Nullable Probing probing(Channel channel) {
        if (this == NIO) {
            return null;
        }
        Integer after = channel.config().getOption(PROBED_AFTER);
        Integer every = channel.config().getOption(PROBED_EVERY);
        Integer most = channel.config().getOption(MOST_PROBES);
        return after == null || every == null || most == null ? null : new Probing(after, every, most);
    }

    /** Has the kernel ask after the peer of {@code channel} like that, from now on. Not with NIO. */
    public void probe(Channel channel, Probing how) {
        if (this != NIO) {
            channel.config().setOption(MOST_PROBES, how.most);
            channel.config().setOption(PROBED_EVERY, how.every);
            channel.config().setOption(PROBED_AFTER, how.after); // last, since it starts the timer anew
        }
    }

    /**
     * Whether the connection of {@code channel}, whose input has ended while its output had not, was in fact reset. That shows in no other way
     * once a write has met the reset first. NIO can't tell.
     */
    public static boolean wasReset(Channel channel) {
        try {
            return switch (channel) {
                case EpollSocketChannel epoll -> epoll.tcpInfo().state() == TCP_CLOSE;
                case IoUringSocketChannel ring -> ring.tcpInfo().state() == TCP_CLOSE;
                default -> false;
            };
        } catch (ChannelException _) {
            return !channel.isActive(); // closed meanwhile
        }
    }

    /** The option that bounds how long sent bytes may stay unacknowledged, in ms (TCP_USER_TIMEOUT), or null. */
    public @Nullable ChannelOption<Integer> userTimeout() {
        return switch (this) {
            case IO_URING -> IoUringChannelOption.TCP_USER_TIMEOUT;
            case EPOLL -> EpollChannelOption.TCP_USER_TIMEOUT;
            case NIO -> null;
        };
    }
}

package io.weir.frontend;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.weir.loop.Descriptors;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sockets that listen at one address already, which this process was given by another: descriptors without channels yet. A connection waits
 * in the queue of one of them, and is lost with its last descriptor; so all of them stay.
 */
public final class ListeningSockets implements AutoCloseable {
    private final InetSocketAddress address;
    private final Deque<Integer> descriptors;
    private final int count;

    /**
     * Those of these descriptors. Needs the library of one of Netty's native transports.
     *
     * @throws IOException if there are none, or the first is not bound to an address
     */
    public ListeningSockets(List<Integer> descriptors) throws IOException {
        if (descriptors.isEmpty()) {
            throw new IOException("no sockets");
        }
        this.descriptors = new ArrayDeque<>(descriptors);
        this.count = descriptors.size();
        this.address = addressOf(descriptors.getFirst());
    }

    /**
     * Where a socket of that descriptor is bound.
     *
     * @throws IOException if it is none of TCP's
     */
    public static InetSocketAddress addressOf(int descriptor) throws IOException {
        InetSocketAddress address;
        try {
            address = new Socket(descriptor).localAddress();
        } catch (RuntimeException e) {
            throw new IOException("descriptor " + descriptor + " is no socket of an address and port", e);
        }
        if (address == null) {
            throw new IOException("descriptor " + descriptor + " is no socket of an address and port");
        }
        return address;
    }

    /** The descriptors of channels that listen, to give them away; null if this transport doesn't tell. */
    static @org.jspecify.annotations.Nullable List<Integer> of(List<Channel> channels) {
        return channels.stream().allMatch(UnixChannel.class::isInstance)
                ? channels.stream().map(channel -> ((UnixChannel) channel).fd().intValue()).toList()
                : null;
    }

    /** Where they listen. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many there were at first. */
    int count() {
        return count;
    }

    /**
     * A channel of the next of them, on the acceptor of {@code bootstrap}, which has no channel class yet and does not read by itself. Netty
     * makes one of a descriptor with epoll alone. With io_uring one that listens at a port of its own, which nobody knows, gets the
     * descriptor in place of that: it is asked for nothing before it reads.
     */
    Channel next(TransportKind transport, ServerBootstrap bootstrap, int patienceSeconds) throws IOException {
        int descriptor = descriptors.element();
        return switch (transport) {
            case EPOLL -> {
                descriptors.remove();
                yield made(bootstrap.channelFactory(() -> new EpollServerSocketChannel(descriptor)).register(), patienceSeconds);
            }
            case IO_URING -> {
                bootstrap.channel(transport.serverChannel());
                Channel channel = made(bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), patienceSeconds);
                try {
                    Descriptors.replace(((UnixChannel) channel).fd().intValue(), descriptor);
                } catch (IOException e) {
                    var _ = channel.close();
                    throw e;
                }
                descriptors.remove();
                yield channel;
            }
            case NIO -> throw new IOException("NIO can't take a socket over");
        };
    }

    private static Channel made(ChannelFuture making, int patienceSeconds) throws IOException {
        if (!making.awaitUninterruptibly(patienceSeconds, TimeUnit.SECONDS)) {
            throw new IOException("the event loop does not answer");
        }
        if (!making.isSuccess()) {
            throw new IOException(making.cause().getMessage(), making.cause());
        }
        return making.channel();
    }

    /** Closes those that have no channel; where nobody else has them, what waits in their queues is lost. */
    @Override
    public void close() {
        for (Integer each = descriptors.poll(); each != null; each = descriptors.poll()) {
            try {
                new FileDescriptor(each).close();
            } catch (IOException _) {
                // it is gone already
            }
        }
    }
}

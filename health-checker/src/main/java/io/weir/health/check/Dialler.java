package io.weir.health.check;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.LongSupplier;

/** What all checks of a loop share: how they connect, when their time is over, and the list of them. Its loop only. */
final class Dialler {
    private final EventLoop loop;
    private final Deadlines deadlines;
    private final Bootstrap literals;
    private final Bootstrap names;
    private final Set<WireCheck> open = Collections.newSetFromMap(new IdentityHashMap<>());

    Dialler(EventLoop loop, Class<? extends SocketChannel> channelType, AddressResolverGroup<?> names, LongSupplier clock) {
        this.loop = loop;
        this.deadlines = new Deadlines(loop, clock);
        this.literals = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0); // the question's own time-out counts
        this.names = literals.clone().resolver(names);
    }

    EventLoop loop() {
        return loop;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /** Checks that have not been closed. */
    Set<WireCheck> open() {
        return open;
    }

    /** Begins a connection. Nothing happens on it before this returns, but the future may have failed already, and then on another loop. */
    ChannelFuture dial(InetSocketAddress address, ChannelHandler handler) {
        Bootstrap bootstrap = address.isUnresolved() ? names : literals;
        return bootstrap.clone().handler(handler).connect(address);
    }
}

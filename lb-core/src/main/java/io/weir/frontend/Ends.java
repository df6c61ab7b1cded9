package io.weir.frontend;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The two ends of a client's connection, as the proxy in front has said that they are there.
 *
 * @param client where it comes from
 * @param here what the client connected to
 */
record Ends(InetSocketAddress client, InetSocketAddress here) {
    private static final AttributeKey<Ends> SAID = AttributeKey.valueOf(Ends.class, "said");

    /** From now on these are the channel's. */
    void putOn(Channel channel) {
        channel.attr(SAID).set(this);
    }

    private static @Nullable Ends said(Channel channel) {
        return channel.hasAttr(SAID) ? channel.attr(SAID).get() : null;
    }

    /** The client's address: what was said, else the peer's. */
    static @Nullable SocketAddress clientOf(Channel channel) {
        Ends said = said(channel);
        return said == null ? channel.remoteAddress() : said.client;
    }

    /** The address that the client connected to: what was said, else our own. */
    static @Nullable SocketAddress hereOf(Channel channel) {
        Ends said = said(channel);
        return said == null ? channel.localAddress() : said.here;
    }
}

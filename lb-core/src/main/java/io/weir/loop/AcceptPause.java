package io.weir.loop;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * What a listening socket does when a connection can't be accepted: it rests, so that trying again takes no time from those that are
 * served. Connections wait in the kernel's queue meanwhile. Netty would do the same for longer, and write a stack trace each time.
 */
final class AcceptPause extends ChannelInboundHandlerAdapter {
    /** Short enough that nobody who waits gives up soon after descriptors are free, long enough that trying costs nothing. */
    static final long MILLIS = 250;

    private final AcceptFailures failures;

    AcceptPause(AcceptFailures failures) {
        this.failures = failures;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (!(cause instanceof IOException)) {
            super.exceptionCaught(context, cause);
            return;
        }
        failures.count(cause);
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) { // else it rests already
            config.setAutoRead(false);
            var _ = context.executor().schedule(() -> config.setAutoRead(true), MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}

package io.weir.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.weir.loop.TransportKind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel finds out that nobody is left at the other end of a connection: by bytes that stay unacknowledged for too long, and by
 * asking, soon if there is reason to. What it is told holds for the exchange that is under way. On its connection's loop alone.
 */
final class Vigil {
    /** What the kernel needs for three questions without an answer, and a little. */
    private static final int PROBED = (int) TimeUnit.SECONDS.toMillis(4);

    private final TransportKind transport;
    private final Channel channel;
    /** How long bytes may stay unacknowledged, in ms; 0: as long as the kernel is patient, which is a quarter of an hour. */
    private int unacknowledged = Endpoint.UNACKNOWLEDGED_MILLIS;
    /** The same as it is without a question. */
    private int usual = Endpoint.UNACKNOWLEDGED_MILLIS;
    /** How it asked before it was told to ask soon; null if it was not. */
    private TransportKind.@Nullable Probing before;

    Vigil(TransportKind transport, Channel channel) {
        this.transport = transport;
        this.channel = channel;
    }

    /** A request is about to be sent. With a large body under way, a worker that does not read for a while is slow and not gone. */
    void begin(boolean largeBody) {
        usual = largeBody ? 0 : Endpoint.UNACKNOWLEDGED_MILLIS;
        bound(usual);
    }

    /**
     * Has the kernel ask whether the worker is still there. It asks only where all bytes are acknowledged, so a bound on that must stay.
     * But it takes the bound for its questions too, and a connection on which nothing has come for longer would end with the first that is lost.
     *
     * @param waited ns since the request was sent, or -1 if the response has begun: then all of a small request is acknowledged
     */
    void ask(long waited) {
        if (before != null || !channel.isActive()) {
            return;
        }
        before = transport.probing(channel);
        if (before != null) {
            bound(waited < 0 || usual == 0 ? 0 : Math.max(usual, (int) TimeUnit.NANOSECONDS.toMillis(waited) + PROBED));
            transport.probe(channel, TransportKind.SOON);
        }
    }

    /** There is no more reason to ask. */
    void rest() {
        TransportKind.Probing then = before;
        if (then != null) {
            before = null;
            if (channel.isActive()) {
                transport.probe(channel, then);
            }
            bound(usual);
        }
    }

    private void bound(int millis) {
        ChannelOption<Integer> option = transport.userTimeout();
        if (millis != unacknowledged && option != null && channel.isActive()) {
            unacknowledged = millis;
            channel.config().setOption(option, millis);
        }
    }
}

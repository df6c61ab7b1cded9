package io.weir.upstream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How much is read at once, in bytes. Most messages fit the first guess; a body that goes on is read in pieces that grow, since a system
 * call for every few KiB costs more than the bytes.
 */
public final class ReadSizes {
    private static final int LEAST = 2048;
    /** An idle client connection holds a buffer of this size on io_uring, whose reads bring their own. */
    private static final int LEAST_FROM_CLIENT = 512;
    private static final int FROM_CLIENT = 65536;
    private static final int FROM_WORKER = 131072;

    private ReadSizes() {}

    public static RecvByteBufAllocator fromClients() {
        return upTo(LEAST_FROM_CLIENT, FROM_CLIENT);
    }

    static RecvByteBufAllocator fromWorkers() {
        return upTo(LEAST, FROM_WORKER);
    }

    /** One read a turn: what came of it is passed on, and only then is it known whether the other side takes more. */
    private static RecvByteBufAllocator upTo(int least, int most) {
        return new AdaptiveRecvByteBufAllocator(least, LEAST, most).maxMessagesPerRead(1);
    }
}

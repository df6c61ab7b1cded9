package io.weir.upstream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How much is read at once, in bytes. Most messages fit the first guess; a body that goes on is read in pieces that grow, since a system
 * call for every few KiB costs more than the bytes.
 */
public final class ReadSizes {
    private static final int LEAST = 2048;
    private static final int FROM_CLIENT = 65536;
    private static final int FROM_WORKER = 131072;

    private ReadSizes() {}

    public static RecvByteBufAllocator fromClients() {
        return upTo(FROM_CLIENT);
    }

    static RecvByteBufAllocator fromWorkers() {
        return upTo(FROM_WORKER);
    }

    /** One read a turn: what came of it is passed on, and only then is it known whether the other side takes more. */
    private static RecvByteBufAllocator upTo(int most) {
        return new AdaptiveRecvByteBufAllocator(LEAST, LEAST, most).maxMessagesPerRead(1);
    }
}

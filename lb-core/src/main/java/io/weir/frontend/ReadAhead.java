package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent of requests to come while one is being answered (pipelining), kept until it is their turn. Some of it is read, so that
 * a FIN behind it is seen. Made with the first such bytes of a connection.
 */
final class ReadAhead {
    private static final int ENOUGH = 8 * 1024;

    private @Nullable ByteBuf bytes;

    /** Takes {@code in} over, which is not empty. */
    void add(ByteBuf in, ByteBufAllocator allocator) {
        bytes = joined(bytes, in, allocator);
    }

    boolean isEmpty() {
        return bytes == null;
    }

    /** Whether no more is to be read. */
    boolean isFull() {
        return bytes != null && bytes.readableBytes() >= ENOUGH;
    }

    /** All of it, which is the caller's from now on. */
    @Nullable ByteBuf take() {
        ByteBuf all = bytes;
        bytes = null;
        return all;
    }

    void release() {
        ByteBuf unread = take();
        if (unread != null) {
            unread.release();
        }
    }

    /** Both in one buffer; takes them over. */
    static ByteBuf joined(@Nullable ByteBuf before, ByteBuf in, ByteBufAllocator allocator) {
        if (before == null) {
            return in;
        }
        ByteBuf all = allocator.buffer(before.readableBytes() + in.readableBytes()).writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        return all;
    }
}

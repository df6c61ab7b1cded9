package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import org.jspecify.annotations.Nullable;

/**
 * Tells by a connection's first bytes whether its client speaks HTTP/2 without having asked (RFC 9113, 3.3 and 3.4). No request of HTTP/1.1
 * begins like that.
 */
final class Http2Preface {
    private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();
    static final int LENGTH = PREFACE.readableBytes();

    /** Bytes that have come and could become the preface. */
    private @Nullable ByteBuf begun;

    /** Takes {@code in} over. Returns all that has come once it is known what it is, and null until then. */
    @Nullable ByteBuf read(ByteBuf in, ChannelHandlerContext ctx) {
        ByteBuf all = ReadAhead.joined(begun, in, ctx.alloc());
        begun = null;
        int n = Math.min(all.readableBytes(), LENGTH);
        if (n == LENGTH || !isBeginning(all, n)) {
            return all;
        }
        begun = all;
        return null;
    }

    /** Whether the whole preface stands there. */
    static boolean isWhole(ByteBuf in) {
        return in.readableBytes() >= LENGTH && isBeginning(in, LENGTH);
    }

    private static boolean isBeginning(ByteBuf in, int n) {
        int at = in.readerIndex();
        for (int i = 0; i < n; i++) {
            if (in.getByte(at + i) != PREFACE.getByte(i)) {
                return false;
            }
        }
        return true;
    }

    /** The connection is gone. */
    void release() {
        if (begun != null) {
            begun.release();
            begun = null;
        }
    }
}

package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.weir.http.Side;
import java.util.ArrayDeque;

/** What is kept of a request's body: because there is nobody to send it to yet, or so that it can be sent once more. */
final class HeldBody {
    /** Bytes that are kept at most for another attempt. */
    static final int MOST = 64 * 1024;

    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private int bytes;

    /** Keeps a piece; takes it over. */
    void add(ByteBuf piece) {
        pieces.addLast(piece);
        bytes += piece.readableBytes();
    }

    int bytes() {
        return bytes;
    }

    /** Sends all that is held and keeps it. */
    void copyTo(Side side) {
        for (ByteBuf piece : pieces) {
            side.body(piece.retainedDuplicate());
        }
    }

    /** Sends all that is held and forgets it. */
    void moveTo(Side side) {
        for (ByteBuf piece; (piece = pieces.pollFirst()) != null; ) {
            side.body(piece);
        }
        bytes = 0;
    }

    void release() {
        if (bytes == 0) {
            return;
        }
        for (ByteBuf piece; (piece = pieces.pollFirst()) != null; ) {
            piece.release();
        }
        bytes = 0;
    }
}

package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.weir.http.Side;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What is kept of a request's body: because there is nobody to send it to yet, or so that it can be sent once more. */
final class HeldBody {
    /** Bytes that are kept at most for another attempt. */
    static final int MOST = 64 * 1024;

    private static final int GATHERED = 8 * 1024;

    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private int bytes;
    /** Where small pieces are gathered, since each would keep the whole buffer alive that it was read into; among the pieces too. */
    private @Nullable ByteBuf gathering;

    /** Keeps a piece; takes it over. */
    void add(ByteBuf piece) {
        int n = piece.readableBytes();
        bytes += n;
        if (n > GATHERED) {
            gathering = null;
            pieces.addLast(piece);
            return;
        }
        ByteBuf to = gathering;
        if (to == null || to.maxFastWritableBytes() < n) {
            to = piece.alloc().buffer(GATHERED);
            gathering = to;
            pieces.addLast(to);
        }
        to.writeBytes(piece);
        piece.release();
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
        gathering = null;
        bytes = 0;
    }

    void release() {
        if (pieces.isEmpty()) {
            return;
        }
        for (ByteBuf piece; (piece = pieces.pollFirst()) != null; ) {
            piece.release();
        }
        gathering = null;
        bytes = 0;
    }
}

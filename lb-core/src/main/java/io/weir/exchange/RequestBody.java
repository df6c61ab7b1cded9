package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.weir.http.RequestHead;
import io.weir.http.Side;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: how much of it has come, and what is held of it, because there is nobody to send it to yet or so that it can be
 * sent once more.
 *
 * <p>One for each exchange, used again with it; touched by its loop alone.
 */
final class RequestBody {
    private final HeldBody held = new HeldBody();
    private boolean idempotent;
    private boolean whole;
    private byte @Nullable [] trailers;
    /** Whether all that has come is held, so that it can be sent again. */
    private boolean replayable;

    private long bytes;

    /** That of {@code request}; if it has one, it is still to come. */
    void begin(RequestHead request) {
        idempotent = request.method().idempotent();
        whole = !request.hasBody();
        replayable = true;
    }

    /** What a client that speaks no HTTP sends: it has an end of its own, and is sent once. */
    void beginTunnel() {
        idempotent = false;
        whole = false;
        replayable = true;
    }

    /** Counts a piece; whether that makes more than {@code limit} bytes, if that is not -1. */
    boolean exceeds(long limit, ByteBuf piece) {
        bytes += piece.readableBytes();
        return limit >= 0 && bytes > limit;
    }

    /** Holds a piece that can't be sent yet, and takes it over. Returns whether there is no room for more. */
    boolean hold(ByteBuf piece) {
        held.add(piece);
        return held.bytes() >= HeldBody.MOST;
    }

    /** Holds a piece that is about to be sent, if those before it are held and there is room for it. */
    void keep(ByteBuf piece) {
        if (replayable) {
            if (held.bytes() + piece.readableBytes() <= HeldBody.MOST) {
                held.add(piece.retainedDuplicate());
            } else {
                forget();
            }
        }
    }

    /** Sends all that is held. It is held on if it might be sent again: what is refused unseen goes elsewhere, whatever the method. */
    void sendTo(Side side, boolean mayRefuse) {
        replayable &= idempotent || mayRefuse;
        if (replayable) {
            held.copyTo(side);
        } else {
            held.moveTo(side);
        }
    }

    /** It will not be sent again. */
    void forget() {
        replayable = false;
        held.release();
    }

    /** All of it has come; {@code lines} are clean field lines. */
    void ended(byte @Nullable [] lines) {
        whole = true;
        trailers = lines;
    }

    /** The connection was upgraded: whatever the client sends is body, none of it is held, and it has an end of its own. */
    void upgraded() {
        forget();
        whole = false;
    }

    /** Whether all of it has come. */
    boolean isWhole() {
        return whole;
    }

    byte @Nullable [] trailers() {
        return trailers;
    }

    /** Whether it could be sent once more, if nobody has seen the request. */
    boolean isReplayable() {
        return replayable;
    }

    /** Whether it could be sent once more although somebody may have seen the request. */
    boolean isRepeatable() {
        return replayable && idempotent;
    }

    /** Bytes that have come, framing not counted. */
    long bytes() {
        return bytes;
    }

    /** Makes it new, for the next request. */
    void reset() {
        forget();
        whole = false;
        trailers = null;
        bytes = 0;
    }
}

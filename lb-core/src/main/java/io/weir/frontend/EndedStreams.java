package io.weir.frontend;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/** The newest streams of a connection: what may still come of one that we reset is an error for one that its client has ended. */
final class EndedStreams {
    private static final int KEPT = 64;

    /** The newest stream. Bit n of the others stands for that which has n odd numbers less: streams of clients are odd. */
    private int newest = -1;

    private long begun;
    private long endedByClient;
    private long resetByUs;

    /** HEADERS for a stream that isn't open: it begins, or is refused unless it was reset by us or is too old to tell. */
    void begins(int streamId) throws Http2Exception {
        if (streamId > newest) {
            int by = newest < 0 ? KEPT : (streamId - newest) >> 1;
            begun = (by >= KEPT ? 0 : begun << by) | 1;
            endedByClient = by >= KEPT ? 0 : endedByClient << by;
            resetByUs = by >= KEPT ? 0 : resetByUs << by;
            newest = streamId;
            return;
        }
        int age = (newest - streamId) >> 1;
        if (age >= KEPT || (streamId & 1) == 0) {
            return;
        }
        if ((begun >>> age & 1) == 0) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "stream %d is below %d and was skipped", streamId, newest);
        }
        if ((endedByClient >>> age & 1) != 0) {
            throw Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS behind the end of stream %d", streamId);
        }
    }

    /** The client had sent all of a stream that is over. */
    void ended(int streamId) {
        int age = (newest - streamId) >> 1;
        if (age < KEPT) {
            endedByClient |= 1L << age;
        }
    }

    /** We have reset a stream. */
    void reset(int streamId) {
        int age = (newest - streamId) >> 1;
        if (age < KEPT) {
            resetByUs |= 1L << age;
        }
    }

    boolean wasReset(int streamId) {
        int age = (newest - streamId) >> 1;
        return streamId <= newest && age < KEPT && (resetByUs >>> age & 1) != 0;
    }
}

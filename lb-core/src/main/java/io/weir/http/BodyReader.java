package io.weir.http;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the end of a body while it passes (RFC 9112, 6.3), and takes its framing away. One per connection, used again for each message. */
public final class BodyReader {
    private static final long CHUNKED = -1;
    private static final long UNTIL_CLOSE = -2;

    /** Bytes still to come, or one of the constants above. */
    private long remaining;

    private @Nullable ChunkReader chunks;
    private @Nullable BadMessage fault;
    private boolean ended = true;
    /** Whether the last piece was the whole buffer. */
    private boolean gaveWhole;

    /** A message without body. */
    public void none() {
        begin(0);
    }

    /** That of a request which has one. */
    public void request(RequestHead head) {
        if (head.chunked()) {
            chunked();
        } else {
            length(head.contentLength());
        }
    }

    public void length(long bytes) {
        begin(bytes);
    }

    public void untilClose() {
        begin(UNTIL_CLOSE);
    }

    public void chunked() {
        begin(CHUNKED);
        if (chunks == null) {
            chunks = new ChunkReader();
        } else {
            chunks.reset();
        }
    }

    private void begin(long n) {
        remaining = n;
        ended = n == 0;
        fault = null;
    }

    /** Whether the body has been read to its end. */
    public boolean ended() {
        return ended;
    }

    /** Whether only the end of the connection ends this body. */
    public boolean endsByClose() {
        return remaining == UNTIL_CLOSE;
    }

    public @Nullable BadMessage fault() {
        return fault;
    }

    /** The trailer section as clean field lines, once the body has ended, or null if there is none. */
    public byte @Nullable [] trailers() {
        ChunkReader c = chunks;
        return remaining == CHUNKED && c != null && c.hasTrailers() ? c.trailers() : null;
    }

    /**
     * Takes the next piece of the body out of {@code in}: null if there is none yet (or a {@link #fault}), else a buffer that the caller
     * owns. When nothing else is left in {@code in}, that buffer is {@code in} itself, see {@link #gaveWhole}.
     */
    public @Nullable ByteBuf read(ByteBuf in) {
        gaveWhole = false;
        int readable = in.readableBytes();
        if (ended || readable == 0) {
            return null;
        }
        if (remaining == CHUNKED) {
            return readChunks(in, Objects.requireNonNull(chunks));
        }
        int n = readable;
        if (remaining >= 0) {
            n = (int) Math.min(remaining, readable);
            remaining -= n;
            ended = remaining == 0;
        }
        if (n == readable) {
            gaveWhole = true;
            return in;
        }
        return in.readRetainedSlice(n);
    }

    /** Whether the last piece was the buffer that it was read from: it is given on, and not released by who read it. */
    public boolean gaveWhole() {
        return gaveWhole;
    }

    private @Nullable ByteBuf readChunks(ByteBuf in, ChunkReader c) {
        Progress progress = c.read(in);
        if (progress == Progress.BAD) {
            fault = c.fault();
            ended = true;
            return null;
        }
        ended = progress == Progress.END;
        return c.dataLength() == 0 ? null : in.retainedSlice(c.dataStart(), c.dataLength());
    }
}

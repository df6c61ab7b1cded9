package io.weir.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one chunked body as it passes (RFC 9112, 7.1): checks its syntax and takes the framing away, in place. Any split of the input
 * gives the same body and the same verdict. Belongs to one connection and is touched by its event loop alone.
 *
 * <pre>
 *   SIZE ──> (SPACE) ──> EXTENSION &lt;──> QUOTED &lt;──> ESCAPED
 *    │                       │
 *    └──────> SIZE_LF &lt;──────┘
 *                ├──> DATA ──> DATA_CR ──> DATA_LF ──> SIZE
 *                └──> TRAILER_START &lt;── TRAILER_LF &lt;── TRAILER     (after the last chunk, of size 0)
 *                           ├──────────────────────────> TRAILER
 *                           └──> LAST_LF ──> END
 * </pre>
 *
 * <p>Every other edge leads to BAD, and neither END nor BAD is left but by {@link #reset}. Sizes are hexadecimal digits and nothing
 * else, lines end in CR LF, and extensions are dropped unread; they may hold anything but control characters and an open quote.
 */
public final class ChunkReader {
    /** Bytes of a line with a chunk's size and its extensions, the CR LF not counted. */
    static final int MAX_LINE = 1024;

    /**
     * How much more framing than data a body may have. Each chunk may have 16 bytes of it for nothing, and 2 for each byte of data: honest
     * senders never come near, whatever they stream, and nobody can keep us busy for long without sending a body (CVE-2023-39326).
     */
    static final int MAX_OVERHEAD = 16 * 1024;

    private static final int FREE_OVERHEAD = 16;

    /** A size below this can take one more digit and stays below 2^60. */
    private static final long ROOM_FOR_DIGIT = 1L << 56;

    private enum State {
        SIZE,
        SPACE,
        EXTENSION,
        QUOTED,
        ESCAPED,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER,
        TRAILER_LF,
        LAST_LF,
        END,
        BAD
    }

    private State state = State.SIZE;
    /** The size as far as its digits were read; then the bytes of the chunk that are still to come. */
    private long left;
    /** Bytes of the current size line. */
    private int line;
    /** Framing beyond what is free, so far. */
    private long overhead;

    private int dataStart;
    private int dataLength;
    private @Nullable TrailerSection trailers;
    private @Nullable BadMessage fault;

    /** Makes the reader ready for the next body. */
    public void reset() {
        state = State.SIZE;
        left = 0;
        line = 0;
        overhead = 0;
        dataStart = 0;
        dataLength = 0;
        trailers = null;
        fault = null;
    }

    /**
     * Reads what it can of {@code in}, whose reader index stands behind it afterwards. The data found is in {@code [dataStart, dataStart +
     * dataLength)} of {@code in}, also if a fault came after it. Data between framing is moved together, the smaller part to the larger,
     * inside the bytes that this call takes; a read that one chunk fills moves nothing.
     */
    public Progress read(ByteBuf in) {
        int i = in.readerIndex();
        int end = in.writerIndex();
        dataStart = i;
        dataLength = 0;
        State s = state;
        while (i < end && s.compareTo(State.END) < 0) {
            if (s == State.DATA) {
                int n = (int) Math.min(left, end - i);
                take(in, i, n);
                i += n;
                left -= n;
                s = left == 0 ? State.DATA_CR : State.DATA;
            } else {
                s = next(s, in.getByte(i++));
            }
        }
        state = s;
        in.readerIndex(i);
        return s == State.END ? Progress.END : s == State.BAD ? Progress.BAD : Progress.MORE;
    }

    /** Adds {@code [from, from + length)} to the data of this read. */
    private void take(ByteBuf in, int from, int length) {
        if (dataLength == 0) {
            dataStart = from;
        } else if (length <= dataLength || !in.isContiguous()) { // a buffer of several pieces copies overlapping ranges downwards only
            in.setBytes(dataStart + dataLength, in, from, length);
        } else {
            int start = from - dataLength;
            in.setBytes(start, in, dataStart, dataLength);
            dataStart = start;
        }
        dataLength += length;
    }

    private State next(State s, byte b) {
        return switch (s) {
            case SIZE -> size(b);
            case SPACE, EXTENSION, QUOTED, ESCAPED -> extension(s, b);
            case SIZE_LF -> b == '\n' ? sizeLineEnd() : bad(BadMessage.BAD_CHUNK_SIZE);
            case DATA_CR -> b == '\r' ? State.DATA_LF : bad(BadMessage.BAD_CHUNK_END);
            case DATA_LF -> b == '\n' ? State.SIZE : bad(BadMessage.BAD_CHUNK_END);
            case TRAILER_START -> trailerStart(b);
            case TRAILER -> trailer(b);
            case TRAILER_LF -> b == '\n' ? trailerEnd() : bad(BadMessage.BAD_TRAILER);
            case LAST_LF -> b == '\n' ? State.END : bad(BadMessage.BAD_TRAILER);
            case DATA, END, BAD -> throw new IllegalStateException(s.name());
        };
    }

    private State size(byte b) {
        int digit = Hex.value(b);
        if (digit >= 0) {
            if (left >= ROOM_FOR_DIGIT) {
                return bad(BadMessage.CHUNK_TOO_LARGE);
            }
            left = left << 4 | digit;
            return ++line > MAX_LINE ? bad(BadMessage.CHUNK_LINE_TOO_LONG) : State.SIZE;
        }
        if (line == 0) {
            return bad(BadMessage.BAD_CHUNK_SIZE);
        }
        if (b == '\r') {
            return State.SIZE_LF;
        }
        return extension(State.SPACE, b);
    }

    /** What comes behind a size. White space may stand there only in front of an extension. */
    private State extension(State s, byte b) {
        if (b == '\r' && s == State.EXTENSION) {
            return State.SIZE_LF;
        }
        if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
            return bad(BadMessage.BAD_CHUNK_SIZE);
        }
        if (++line > MAX_LINE) {
            return bad(BadMessage.CHUNK_LINE_TOO_LONG);
        }
        return switch (s) {
            case SPACE -> b == ';' ? State.EXTENSION : b == ' ' || b == '\t' ? State.SPACE : bad(BadMessage.BAD_CHUNK_SIZE);
            case EXTENSION -> b == '"' ? State.QUOTED : State.EXTENSION;
            case QUOTED -> b == '"' ? State.EXTENSION : b == '\\' ? State.ESCAPED : State.QUOTED;
            default -> State.QUOTED;
        };
    }

    private State sizeLineEnd() {
        overhead = Math.max(0, overhead + line - FREE_OVERHEAD - 2 * left);
        line = 0;
        if (overhead > MAX_OVERHEAD) {
            return bad(BadMessage.CHUNK_LINE_TOO_LONG);
        }
        return left > 0 ? State.DATA : State.TRAILER_START;
    }

    private State trailerStart(byte b) {
        if (b == '\r') {
            return State.LAST_LF;
        }
        if (trailers == null) {
            trailers = new TrailerSection();
        }
        return trailer(b);
    }

    private State trailer(byte b) {
        if (b == '\r') {
            return State.TRAILER_LF;
        }
        return go(State.TRAILER, section().add(b));
    }

    private State trailerEnd() {
        return go(State.TRAILER_START, section().endLine());
    }

    private TrailerSection section() {
        TrailerSection section = trailers;
        if (section == null) {
            throw new IllegalStateException();
        }
        return section;
    }

    private State go(State next, @Nullable BadMessage found) {
        return found == null ? next : bad(found);
    }

    private State bad(BadMessage found) {
        fault = found;
        return State.BAD;
    }

    /** Where the data of the last read begins in its buffer. */
    public int dataStart() {
        return dataStart;
    }

    /** Bytes of data that the last read found. */
    public int dataLength() {
        return dataLength;
    }

    /** What was wrong, after BAD. */
    public @Nullable BadMessage fault() {
        return fault;
    }

    /** Whether there are trailers that may pass. */
    public boolean hasTrailers() {
        return trailers != null && !trailers.isEmpty();
    }

    /** The trailers that may pass, as clean field lines with their CR LF; null if there are none. Whole after END. */
    public byte @Nullable [] trailers() {
        return trailers == null ? null : trailers.lines();
    }
}

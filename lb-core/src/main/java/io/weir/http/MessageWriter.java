package io.weir.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes HTTP/1.1 messages to a connection: head, body in its framing, end. Small pieces are gathered into one buffer with the head, large
 * ones go on as they are, so that a message is one write and one flush whenever it is there at once. Belongs to a connection and its loop.
 */
public final class MessageWriter {
    /** How the body's end is told. */
    public enum BodyFraming {
        /** There is none. */
        NONE,
        /** By Content-Length, or by closing: the bytes go as they are. */
        PLAIN,
        CHUNKED
    }

    /** Pieces up to this size are copied behind the head: cheaper than another buffer in the write (measured at 1 and 10 KiB). */
    private static final int GATHERED = 4096;

    private static final int CHUNK_OVERHEAD = 24;
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_CHUNK_LINE = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ChannelHandlerContext ctx;
    private BodyFraming framing = BodyFraming.NONE;
    /** Bytes that were gathered and not yet written. */
    private @Nullable ByteBuf gathered;
    /** Whether something was written to the channel and not yet flushed. */
    private boolean unflushed;

    public MessageWriter(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** Begins a message with the head in {@code head}, its final empty line included. {@code bodyHint}: bytes of body to expect, or 0. */
    public void begin(HeadWriter head, BodyFraming bodyFraming, long bodyHint) {
        framing = bodyFraming;
        int room = (int) Math.min(Math.max(bodyHint, 0), GATHERED) + (bodyFraming == BodyFraming.CHUNKED ? GATHERED / 4 : 0);
        ByteBuf out = room(head.length() + room);
        head.flushTo(out);
    }

    /** From now on what is sent goes as it is: the connection has switched to another protocol. */
    public void beginBytes() {
        framing = BodyFraming.PLAIN;
    }

    /** Sends a piece of the body; takes it over. */
    public void body(ByteBuf data) {
        int n = data.readableBytes();
        if (n == 0 || framing == BodyFraming.NONE) {
            data.release();
            return;
        }
        boolean inChunks = framing == BodyFraming.CHUNKED;
        boolean copies = n <= GATHERED && (inChunks || (gathered != null && gathered.maxFastWritableBytes() >= n));
        if (inChunks) {
            hexLine(room(copies ? n + CHUNK_OVERHEAD : CHUNK_OVERHEAD), n);
        }
        if (copies) {
            room(n).writeBytes(data);
            data.release();
        } else {
            writeGathered();
            var _ = ctx.write(data, ctx.voidPromise());
            unflushed = true;
        }
        if (inChunks) {
            room(2).writeBytes(CRLF);
        }
    }

    /** Ends the message and flushes; trailers go along where the framing has a place for them. */
    public void end(byte @Nullable [] trailers) {
        lastChunk(trailers);
        flush();
    }

    /** As {@link #end}, and closes the connection once everything is written. */
    public void endAndClose(byte @Nullable [] trailers) {
        lastChunk(trailers);
        ByteBuf out = gathered == null ? Unpooled.EMPTY_BUFFER : gathered;
        gathered = null;
        unflushed = false;
        var _ = ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    /** Tells the peer, behind what was sent and in the way of {@code how}, that nothing more comes; it may go on to send itself. */
    public void endOutput(Consumer<DuplexChannel> how) {
        flush();
        framing = BodyFraming.NONE;
        var _ = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess() && written.channel() instanceof DuplexChannel duplex) {
                how.accept(duplex);
            }
        });
    }

    private void lastChunk(byte @Nullable [] trailers) {
        if (framing == BodyFraming.CHUNKED) {
            if (trailers == null) {
                room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
            } else {
                room(trailers.length + CHUNK_OVERHEAD).writeBytes(LAST_CHUNK_LINE).writeBytes(trailers).writeBytes(CRLF);
            }
        }
        framing = BodyFraming.NONE;
    }

    public void flush() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            unflushed = false;
            var _ = ctx.writeAndFlush(out, ctx.voidPromise());
        } else if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }

    /** Drops what was not yet handed to the channel. */
    public void discard() {
        framing = BodyFraming.NONE;
        unflushed = false;
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            out.release();
        }
    }

    private void writeGathered() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            var _ = ctx.write(out, ctx.voidPromise());
        }
    }

    /** The gathering buffer with room for {@code n} more bytes. */
    private ByteBuf room(int n) {
        ByteBuf out = gathered;
        if (out != null && out.maxFastWritableBytes() < n) {
            writeGathered();
            unflushed = true;
            out = null;
        }
        if (out == null) {
            out = ctx.alloc().directBuffer(n);
            gathered = out;
        }
        return out;
    }

    private static void hexLine(ByteBuf out, int n) {
        int shift = (31 - Integer.numberOfLeadingZeros(n)) & ~3;
        for (; shift >= 0; shift -= 4) {
            int digit = n >>> shift & 15;
            out.writeByte(digit < 10 ? '0' + digit : 'a' - 10 + digit);
        }
        out.writeShort('\r' << 8 | '\n');
    }
}

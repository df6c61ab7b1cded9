package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;
import io.weir.loop.LoopClock;
import java.util.concurrent.TimeUnit;

/**
 * Looks at each frame before it is read. Frames that bring nothing (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, DATA that is empty or padding
 * alone, small DATA for a stream that is over, types unknown to us), and streams that are refused, cost their sender next to nothing, and us
 * work: a connection has {@value #ALLOWED} of them in ten seconds, and {@value #EARNED} more with each piece of a response, and one for each
 * KiB of it. Streams that are reset have a budget of their own, {@value #RESETS} in the same time, which nothing refills. A connection that
 * wants more is closed with ENHANCE_YOUR_CALM. Also tells whether a header block is on its way, whose end must come in time.
 */
final class Http2FrameGuard implements Http2FrameReader {
    /** Frames without use in a window. */
    static final int ALLOWED = 2000;
    /** Streams that are reset in a window, if no more than a quarter of that may be open at once. */
    static final int RESETS = 400;

    private static final int EARNED = 10;
    private static final int KIB = 1024;
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
    /** Bytes of answers to PING and SETTINGS that may wait for a client that reads nothing. DATA waits elsewhere. */
    private static final long MOST_UNSENT = 1024 * 1024;

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int TYPE = 3;
    private static final int FLAGS = 4;
    private static final int STREAM_ID = 5;

    private final Http2FrameReader frames;
    private final Http2Connection connection;
    private final LoopClock clock;
    private final EndedStreams streams = new EndedStreams();
    private int allowed = ALLOWED;
    private final int mostResets;
    private int resets;
    private long windowEnds;
    /** Whether the newest HEADERS were the end of what their stream brings. */
    private boolean endOfStream;
    /** Whether HEADERS were read and more of their block is to come. */
    private boolean inBlock;
    /** Whether a part of a frame has come that may be of a header block. */
    private boolean inFrame;
    /** Frames that have come whole, those within a header block not counted. */
    private long whole;

    Http2FrameGuard(Http2FrameReader frames, Http2Connection connection, LoopClock clock, int streams) {
        this.frames = frames;
        this.connection = connection;
        this.clock = clock;
        this.mostResets = resets = Math.max(RESETS, 4 * streams);
        this.windowEnds = clock.now() + WINDOW;
    }

    /** Whether a header block, or what might become one, has begun and not ended. */
    boolean isHeadUnfinished() {
        return inBlock || inFrame;
    }

    /** A piece of so many bytes of a response has gone out, for which the client may say that it has room again: some do for each KiB. */
    void earned(int bytes) {
        allowed = Math.min(ALLOWED, allowed + EARNED + bytes / KIB);
    }

    /** Changes when something has come whole: what is unfinished then is something else. */
    long whole() {
        return whole;
    }

    /** A stream was reset, since what its client had sent is malformed. */
    void reset() {
        resets--;
    }

    /** A stream was refused. */
    void refused() {
        allowed--;
    }

    /** A stream was reset by us: what of it is under way is read over. */
    void resetByUs(int streamId) {
        streams.reset(streamId);
    }

    boolean wasResetByUs(int streamId) {
        return streams.wasReset(streamId);
    }

    /** Whether the newest HEADERS said that nothing follows them on their stream. */
    boolean endsStream() {
        return endOfStream;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener) throws Http2Exception {
        int end = in.writerIndex();
        try {
            while (isWhole(in, end)) {
                int at = in.readerIndex();
                int length = in.getUnsignedMedium(at);
                int type = in.getByte(at + TYPE);
                int flags = in.getByte(at + FLAGS);
                check(ctx, type, flags, length - padding(in, at, type, flags, length), in.getInt(at + STREAM_ID) & Integer.MAX_VALUE);
                if (length <= frames.configuration().frameSizePolicy().maxFrameSize()) {
                    in.writerIndex(at + Http2CodecUtil.FRAME_HEADER_LENGTH + length); // one at a time
                }
                if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
                    inBlock = (flags & END_HEADERS) == 0; // before it is read, which may fail
                }
                frames.readFrame(ctx, in, listener);
                in.writerIndex(end);
                if (in.readerIndex() == at) {
                    return;
                }
                if (!inBlock) {
                    whole++;
                }
            }
        } finally {
            in.writerIndex(end);
            int left = in.readableBytes();
            inFrame = left > 0 && (left <= TYPE || in.getByte(in.readerIndex() + TYPE) != Http2FrameTypes.DATA);
        }
    }

    /** Whether a frame has come to its end, or is so long that it is refused before. */
    private boolean isWhole(ByteBuf in, int end) {
        int left = end - in.readerIndex();
        if (left < Http2CodecUtil.FRAME_HEADER_LENGTH) {
            return false;
        }
        int length = in.getUnsignedMedium(in.readerIndex());
        return left >= Http2CodecUtil.FRAME_HEADER_LENGTH + length || length > frames.configuration().frameSizePolicy().maxFrameSize();
    }

    /** Bytes of DATA that are there to fill it. */
    private static int padding(ByteBuf in, int at, int type, int flags, int length) {
        int said = at + Http2CodecUtil.FRAME_HEADER_LENGTH;
        boolean padded = type == Http2FrameTypes.DATA && (flags & PADDED) != 0 && length > 0 && said < in.writerIndex();
        return padded ? Math.min(length, 1 + in.getUnsignedByte(said)) : 0;
    }

    /** {@code length}: without padding. */
    private void check(ChannelHandlerContext ctx, int type, int flags, int length, int streamId) throws Http2Exception {
        switch (type) {
            case Http2FrameTypes.DATA -> {
                boolean ends = (flags & END_STREAM) != 0;
                if ((length == 0 && !ends) || (length < KIB && connection.stream(streamId) == null)) {
                    spend(ctx, 1);
                }
            }
            case Http2FrameTypes.HEADERS -> {
                endOfStream = (flags & END_STREAM) != 0;
                spend(ctx, 0);
                checkOpens(streamId);
            }
            case Http2FrameTypes.CONTINUATION -> {} // their number is bounded by the frame reader
            case Http2FrameTypes.RST_STREAM -> {
                resets--;
                spend(ctx, 1);
            }
            default -> spend(ctx, 1);
        }
    }

    /**
     * A stream that the client has ended can't be begun again, nor can one that it has skipped (RFC 9113, 5.1 and 5.1.1). Netty reads over
     * both, as it must over what was under way when we reset a stream.
     */
    private void checkOpens(int streamId) throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream == null) {
            streams.begins(streamId);
        } else if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
            throw Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "HEADERS behind the end of stream %d", streamId);
        }
    }

    /** A stream is over of which the client had sent all. */
    void ended(int streamId) {
        streams.ended(streamId);
    }

    private void spend(ChannelHandlerContext ctx, int n) throws Http2Exception {
        long now = clock.now();
        if (now - windowEnds >= 0) {
            windowEnds = now + WINDOW;
            allowed = ALLOWED;
            resets = mostResets;
        }
        allowed -= n;
        if (allowed < 0 || resets < 0) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that bring nothing, or streams that are reset");
        }
        ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
        if (n > 0 && out != null && out.totalPendingWriteBytes() > MOST_UNSENT) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "answers are asked for and not taken");
        }
    }

    @Override
    public Configuration configuration() {
        return frames.configuration();
    }

    @Override
    public void close() {
        frames.close();
    }
}

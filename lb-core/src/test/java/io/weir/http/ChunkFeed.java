package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.weir.http.ReferenceChunkDecoder.Decoded;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** Feeds a {@link ChunkReader} with pieces of an input and gathers what it says, checking on the way that it leaves alone what is not its own. */
final class ChunkFeed {
    private static final int GUARD = 13;

    private ChunkFeed() {}

    static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    static Decoded inOnePiece(String input) {
        return read(new ChunkReader(), bytes(input), left -> left, Unpooled::buffer);
    }

    /** Reads {@code input} in pieces; {@code piece} says how long the next one is, given how much is left. */
    static Decoded read(ChunkReader reader, byte[] input, IntUnaryOperator piece, IntFunction<ByteBuf> allocate) {
        StringBuilder body = new StringBuilder();
        Progress progress = Progress.MORE;
        int at = 0;
        while (at < input.length && progress == Progress.MORE) {
            int n = piece.applyAsInt(input.length - at);
            ByteBuf in = allocate.apply(GUARD + n);
            try {
                in.writeZero(GUARD).writeBytes(input, at, n);
                in.readerIndex(GUARD);
                progress = reader.read(in);
                int taken = in.readerIndex() - GUARD;
                check(in, input, at, n, reader, progress);
                body.append(in.toString(reader.dataStart(), reader.dataLength(), StandardCharsets.ISO_8859_1));
                at += taken;
            } finally {
                in.release();
            }
        }
        boolean whole = progress == Progress.END && reader.hasTrailers();
        byte[] lines = whole ? reader.trailers() : null;
        String trailers = lines == null ? null : new String(lines, StandardCharsets.ISO_8859_1);
        assertThat(reader.fault() == null).isEqualTo(progress != Progress.BAD);
        return new Decoded(progress, body.toString(), trailers, at);
    }

    private static void check(ByteBuf in, byte[] input, int at, int n, ChunkReader reader, Progress progress) {
        assertThat(ByteBufUtil.getBytes(in, 0, GUARD)).isEqualTo(new byte[GUARD]);
        int taken = in.readerIndex() - GUARD;
        assertThat(ByteBufUtil.getBytes(in, GUARD + taken, n - taken)).isEqualTo(Arrays.copyOfRange(input, at + taken, at + n));
        if (progress == Progress.MORE) {
            assertThat(in.isReadable()).isFalse();
        }
        assertThat(reader.dataStart()).isGreaterThanOrEqualTo(GUARD);
        assertThat(reader.dataStart() + reader.dataLength()).isLessThanOrEqualTo(in.readerIndex());
    }
}

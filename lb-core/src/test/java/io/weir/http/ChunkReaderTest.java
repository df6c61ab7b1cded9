package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.weir.http.ReferenceChunkDecoder.Decoded;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkReaderTest {
    static Stream<Arguments> wellFormed() {
        return Stream.of(
                Arguments.of("0\r\n\r\n", ""),
                Arguments.of("5\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
                Arguments.of("5\r\n\r\n\0\r\n\r\n0\r\n\r\n", "\r\n\0\r\n"),
                Arguments.of("005\r\nhello\r\n00000\r\n\r\n", "hello"),
                Arguments.of("5;ext\r\nhello\r\n0;last\r\n\r\n", "hello"),
                Arguments.of("5;\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of("5 \t;a = b\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of("5;a=\"b;c\"\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of("5;a=\"\\\"\\\\\";\tb\r\nhello\r\n0\r\n\r\n", "hello"),
                Arguments.of("5;caf\u00e9\r\nhello\r\n0\r\n\r\n", "hello"));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void framingIsTakenAway(String input, String body) {
        assertThat(ChunkFeed.inOnePiece(input)).isEqualTo(new Decoded(Progress.END, body, null, input.length()));
        assertThat(ReferenceChunkDecoder.decode(ChunkFeed.bytes(input)).body()).isEqualTo(body);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(BadMessage.BAD_CHUNK_SIZE, List.of(
                        "\r\n", "0x5\r\nhello", "-5\r\nhello", "+5\r\nhello", "5g\r\nhello", "0_5\r\nhello", "5\0\r\nhello", " 5\r\nhello",
                        "\t5\r\nhello", ";a\r\nhello", "\"5\"\r\nhello", "\u00b5\r\n", "5.\r\n", "5,5\r\n", "\n", "0\r\n\r\n".substring(1))),
                Arguments.of(BadMessage.BAD_CHUNK_SIZE, List.of("5\nhello", "5\rhello", "5\r\rhello", "5 \r\nhello", "5\t\r\nhello", "5 a;\r\n", "0\n\n")),
                Arguments.of(BadMessage.BAD_CHUNK_SIZE, List.of(
                        "5;a\nhello", "5;\nhello", "5;a\rb\r\nhello", "5;a\r\r\nhello", "5;a\0\r\nhello", "5;\u007f\r\n", "5;\u0001\r\n", "5;a=\"\nb\"\r\n",
                        "5;a=\"b\r\nhello", "5;a=\"b\\\r\nhello", "5;a=\"b\\\0")),
                Arguments.of(BadMessage.CHUNK_TOO_LARGE, List.of(
                        "1000000000000000\r\n", "8000000000000000\r\n", "FFFFFFFFFFFFFFFF5\r\n", "10000000000000005\r\n", "000000001000000000000000")),
                Arguments.of(BadMessage.CHUNK_LINE_TOO_LONG, List.of(
                        "5;" + "a".repeat(1023), "0".repeat(1025), "5" + " ".repeat(1024), "5;\"" + "\\a".repeat(512), "0".repeat(1024) + ";")),
                Arguments.of(BadMessage.BAD_CHUNK_END, List.of(
                        "5\r\nhello0\r\n\r\n", "5\r\nhello!!\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello\r\r\n", "5\r\nhello\0")),
                Arguments.of(BadMessage.BAD_TRAILER, List.of(
                        "0\r\nbad line\r\n\r\n", "0\r\nX-T : 1\r\n", "0\r\nX-T\t: 1\r\n", "0\r\n: 1\r\n", "0\r\nX(: 1\r\n", "0\r\nX\u00e9: 1\r\n", "0\r\nX\0: 1",
                        "0\r\nX: a\0", "0\r\nX: a\u0001", "0\r\nX: a\u007f", "0\r\nX: a\n", "0\r\nX: a\rb", "0\r\nX: a\r\r", "0\r\nX: 1\r\n 2\r\n",
                        "0\r\n X: 1\r\n", "0\r\n\tX: 1\r\n", "0\r\nX\r\n", "0\r\n\n", "0\r\n\r\r", "0\r\n\rX", "0\r\nGET / HTTP/1.1\r\n")),
                Arguments.of(BadMessage.TRAILERS_TOO_LARGE, List.of(
                        "0\r\nX: " + "t".repeat(8190), "0\r\n" + "X: 1\r\n".repeat(65), "0\r\n" + "Host: 1\r\n".repeat(65),
                        "0\r\n" + ("Host: " + "1".repeat(1000) + "\r\n").repeat(9))));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedFramingIsRefused(BadMessage fault, List<String> inputs) {
        for (String input : inputs) {
            for (int piece : new int[] {1, 7, Integer.MAX_VALUE}) {
                ChunkReader reader = new ChunkReader();
                Decoded decoded = ChunkFeed.read(reader, ChunkFeed.bytes(input), left -> Math.min(left, piece), Unpooled::buffer);
                assertThat(decoded.progress()).as(input).isEqualTo(Progress.BAD);
                assertThat(reader.fault()).as(input).isEqualTo(fault);
                assertThat(ReferenceChunkDecoder.decode(ChunkFeed.bytes(input)).progress()).as(input).isEqualTo(Progress.BAD);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5\r", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n", "5;a", "5;\"", "0\r\n", "0\r\nX", "0\r\nX: 1\r\n", "0\r\n\r"})
    void anUnfinishedBodyWantsMore(String input) {
        assertThat(ChunkFeed.inOnePiece(input).progress()).isEqualTo(Progress.MORE);
    }

    @Test
    void theLargestSizeAndTheLongestLinesPass() {
        assertThat(ChunkFeed.inOnePiece("fffffffffffffff\r\nabc")).isEqualTo(new Decoded(Progress.MORE, "abc", null, 20));
        assertThat(ChunkFeed.inOnePiece("5;" + "a".repeat(1022) + "\r\nhello\r\n0\r\n\r\n").progress()).isEqualTo(Progress.END);
        assertThat(ChunkFeed.inOnePiece("0".repeat(1024) + "\r\n\r\n").progress()).isEqualTo(Progress.END);
        String trailer = "X: " + "t".repeat(8189) + "\r\n";
        assertThat(ChunkFeed.inOnePiece("0\r\n" + trailer + "\r\n").trailers()).isEqualTo(trailer);
        assertThat(ChunkFeed.inOnePiece("0\r\n" + "X: 1\r\n".repeat(64) + "\r\n").trailers()).isEqualTo("X: 1\r\n".repeat(64));
    }

    @Test
    void aFloodOfExtensionsIsRefused() {
        String flood = ("1;" + "e".repeat(900) + "\r\nx\r\n").repeat(2000);
        ChunkReader reader = new ChunkReader();
        Decoded decoded = ChunkFeed.read(reader, ChunkFeed.bytes(flood), left -> Math.min(left, 8192), Unpooled::buffer);
        assertThat(reader.fault()).isEqualTo(BadMessage.CHUNK_LINE_TOO_LONG);
        assertThat(decoded.body()).hasSizeLessThan(20);
    }

    @Test
    void chunksOfOneByteAreNoFlood() {
        assertThat(ChunkFeed.inOnePiece("1\r\nx\r\n".repeat(5000) + "0\r\n\r\n").body()).isEqualTo("x".repeat(5000));
    }

    @Test
    void extensionsInProportionToTheDataAreNoFlood() {
        String signed = "100;chunk-signature=" + "f".repeat(64) + "\r\n" + "d".repeat(256) + "\r\n";
        assertThat(ChunkFeed.inOnePiece(signed.repeat(1000) + "0\r\n\r\n").body()).hasSize(256_000);
    }

    @Test
    void trailersBecomeCleanLines() {
        assertThat(ChunkFeed.inOnePiece("0\r\nX-A:1\r\ngrpc-status: \t0 \t\r\nEmpty:\r\nB:   two words\t\u00e9\r\n\r\n").trailers())
                .isEqualTo("X-A: 1\r\ngrpc-status: 0\r\nEmpty: \r\nB: two words\t\u00e9\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Transfer-Encoding", "CONTENT-LENGTH", "Content_Length", "host", "Trailer", "TE", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade",
        "Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Set-Cookie", "Cookie", "Cache-Control", "Expect",
        "Max-Forwards", "Pragma", "Range", "Content-Encoding", "Content-Type", "Content-Range", "Forwarded", "Via", "X-Forwarded-For",
        "X_Forwarded_For", "x-forwarded-client-cert", "X-SSL-Client-Verify", "X_SSL-Issuer", "Weir-Zone", "weir_x", "X-Request-Id", "X_REQUEST_ID",
        "X-Real-IP", "HTTP2-Settings", "Proxy"
    })
    void trailersThatWouldSteerTheMessageAreLeftOut(String name) {
        Decoded alone = ChunkFeed.inOnePiece("0\r\n" + name + ": 1\r\n\r\n");
        assertThat(alone.progress()).isEqualTo(Progress.END);
        assertThat(alone.trailers()).isNull();
        assertThat(ChunkFeed.inOnePiece("0\r\nX-A: 1\r\n" + name + ": 1\r\nX-B: 2\r\n\r\n").trailers()).isEqualTo("X-A: 1\r\nX-B: 2\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hostess", "X-Forwarded", "X-Forwarded-", "X-SS", "Weir", "Via2", "Server-Timing", "Proxy-Status", "Digest", "ETag"})
    void otherTrailersPass(String name) {
        assertThat(ChunkFeed.inOnePiece("0\r\n" + name + ": 1\r\n\r\n").trailers()).isEqualTo(name + ": 1\r\n");
    }

    @Test
    void whatFollowsTheBodyIsLeftAlone() {
        ByteBuf in = Unpooled.copiedBuffer("3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n", StandardCharsets.ISO_8859_1);
        ChunkReader reader = new ChunkReader();
        assertThat(reader.read(in)).isEqualTo(Progress.END);
        assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET / HTTP/1.1\r\n");
        assertThat(reader.read(in)).isEqualTo(Progress.END);
        assertThat(reader.dataLength()).isZero();
        assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET / HTTP/1.1\r\n");
        in.release();
    }

    @Test
    void afterAFaultNothingIsTaken() {
        ChunkReader reader = new ChunkReader();
        ByteBuf in = Unpooled.copiedBuffer("2\r\nab\r\nx\r\n0\r\n\r\n", StandardCharsets.ISO_8859_1);
        assertThat(reader.read(in)).isEqualTo(Progress.BAD);
        assertThat(in.toString(reader.dataStart(), reader.dataLength(), StandardCharsets.ISO_8859_1)).isEqualTo("ab");
        int stopped = in.readerIndex();
        assertThat(reader.read(in)).isEqualTo(Progress.BAD);
        assertThat(in.readerIndex()).isEqualTo(stopped);
        assertThat(reader.dataLength()).isZero();
        in.release();
    }

    @Test
    void aReaderIsAsNewAfterReset() {
        ChunkReader reader = new ChunkReader();
        for (String left : List.of("5;\"", "zz", "0\r\nX: 1\r\n\r\n", "5\r\nhe", "0\r\nX: ", "1;" + "e".repeat(1000) + "\r\nx")) {
            var _ = ChunkFeed.read(reader, ChunkFeed.bytes(left), n -> n, Unpooled::buffer);
            reader.reset();
            assertThat(ChunkFeed.read(reader, ChunkFeed.bytes("3\r\nabc\r\n0\r\n\r\n"), n -> n, Unpooled::buffer))
                    .isEqualTo(new Decoded(Progress.END, "abc", null, 13));
            reader.reset();
        }
    }

    @Test
    void aChunkThatFillsTheReadIsNotMoved() {
        ByteBuf in = Unpooled.buffer(1100).writeBytes(ChunkFeed.bytes("400\r\n")).writeZero(1024);
        ChunkReader reader = new ChunkReader();
        assertThat(reader.read(in)).isEqualTo(Progress.MORE);
        assertThat(reader.dataStart()).isEqualTo(5);
        assertThat(reader.dataLength()).isEqualTo(1024);
        in.release();
    }

    @Test
    void theSmallerPartMovesToTheLargerOne() {
        ByteBuf in = Unpooled.copiedBuffer("1\r\na\r\n8\r\nbcdefghi\r\n1\r\nj\r\n0\r\n\r\n", StandardCharsets.ISO_8859_1);
        ChunkReader reader = new ChunkReader();
        assertThat(reader.read(in)).isEqualTo(Progress.END);
        assertThat(reader.dataStart()).isEqualTo(8);
        assertThat(in.toString(reader.dataStart(), reader.dataLength(), StandardCharsets.ISO_8859_1)).isEqualTo("abcdefghij");
        in.release();
    }

    static Stream<Named<IntFunction<ByteBuf>>> buffers() {
        return Stream.of(
                Named.of("unpooled heap", UnpooledByteBufAllocator.DEFAULT::heapBuffer),
                Named.of("unpooled direct", UnpooledByteBufAllocator.DEFAULT::directBuffer),
                Named.of("pooled heap", PooledByteBufAllocator.DEFAULT::heapBuffer),
                Named.of("pooled direct", PooledByteBufAllocator.DEFAULT::directBuffer),
                Named.of("adaptive heap", new AdaptiveByteBufAllocator()::heapBuffer),
                Named.of("adaptive direct", new AdaptiveByteBufAllocator()::directBuffer),
                Named.of("slice", n -> PooledByteBufAllocator.DEFAULT.directBuffer(n + 5).writeZero(n + 5).slice(5, n).clear()),
                Named.of("in pieces", ChunkReaderTest::inPieces));
    }

    private static ByteBuf inPieces(int capacity) {
        var composite = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        for (int i = 0; i < capacity; i += 11) {
            composite.addComponent(true, Unpooled.buffer(11).writeZero(11));
        }
        return composite.clear();
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void anySplitOfABodyGivesTheSameInEveryKindOfBuffer(IntFunction<ByteBuf> allocate) {
        Random random = new Random(20260101);
        ChunkReader reader = new ChunkReader();
        for (int round = 0; round < 100; round++) {
            byte[] input = randomBody(random);
            Decoded expected = ReferenceChunkDecoder.decode(input);
            int most = 1 + random.nextInt(1 + random.nextInt(input.length));
            assertThat(ChunkFeed.read(reader, input, left -> Math.min(left, 1 + random.nextInt(most)), allocate))
                    .as("round %d", round)
                    .isEqualTo(expected);
            reader.reset();
            assertThat(ChunkFeed.read(reader, input, left -> left, allocate)).as("round %d, whole", round).isEqualTo(expected);
            reader.reset();
        }
    }

    /** A body that is mostly well-formed, with chunks of all sizes; some have a byte changed. */
    private static byte[] randomBody(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int spread = 1 << random.nextInt(12);
        for (int chunks = random.nextInt(20); chunks > 0; chunks--) {
            byte[] data = new byte[1 + random.nextInt(spread)];
            random.nextBytes(data);
            String extension = random.nextInt(4) == 0 ? ";e=\"" + "x".repeat(random.nextInt(30)) + "\"" : "";
            out.writeBytes(ChunkFeed.bytes(Integer.toHexString(data.length) + extension + "\r\n"));
            out.writeBytes(data);
            out.writeBytes(ChunkFeed.bytes("\r\n"));
        }
        out.writeBytes(ChunkFeed.bytes("0\r\n"));
        for (int fields = random.nextInt(3); fields > 0; fields--) {
            out.writeBytes(ChunkFeed.bytes(random.nextBoolean() ? "X-T: v\r\n" : "Host:v\r\n"));
        }
        out.writeBytes(ChunkFeed.bytes("\r\nGET /next"));
        byte[] body = out.toByteArray();
        if (random.nextInt(3) == 0) {
            body[random.nextInt(body.length)] = (byte) "\r\n\0;5 aX\"".charAt(random.nextInt(9));
        }
        return body;
    }
}

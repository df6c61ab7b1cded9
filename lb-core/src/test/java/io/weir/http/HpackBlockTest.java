package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another decoder reads in our header blocks. */
class HpackBlockTest {
    private final HpackBlocks connection = new HpackBlocks();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, 1 << 20);

    private Http2Headers read(HpackBlock block) throws Http2Exception {
        ByteBuf out = Unpooled.buffer();
        connection.encodeHeaders(1, block, out);
        return decoder.decodeHeaders(1, out);
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 103, 200, 204, 206, 299, 304, 400, 404, 500, 503, 599})
    void eachStatusIsRead(int status) throws Http2Exception {
        assertThat(read(new HpackBlock().begin(status)).status()).hasToString(Integer.toString(status));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "accept-ranges", "age", "allow", "cache-control", "content-encoding", "content-length", "content-type", "date", "etag", "expires",
                "last-modified", "link", "location", "retry-after", "server", "set-cookie", "strict-transport-security", "vary", "via",
                "www-authenticate", "accept-charset", "x", "x-a", "x_a", "content-typf", "weir-reason"
            })
    void eachNameIsReadWithoutCase(String name) throws Http2Exception {
        byte[] lines = ascii(name.toUpperCase(java.util.Locale.ROOT) + ": v\r\n" + name + ": w\r\n");
        assertThat(read(new HpackBlock().begin(200).lines(lines, lines.length)).getAll(name)).map(CharSequence::toString).containsExactly("v", "w");
    }

    @Test
    void longOnesGrowIt() throws Http2Exception {
        for (int length : new int[] {0, 1, 126, 127, 128, 254, 255, 256, 16_383, 16_510, 16_511, 70_000}) {
            String value = "v".repeat(length);
            byte[] lines = ascii("a" + "b".repeat(200) + ": " + value + "\r\nc: d\r\n");
            Http2Headers headers = read(new HpackBlock().begin(200).lines(lines, lines.length));
            assertThat(headers.get("a" + "b".repeat(200))).hasToString(value);
            assertThat(headers.get("c")).hasToString("d");
        }
    }

    @Test
    void aBlockIsUsedAgain() throws Http2Exception {
        HpackBlock block = new HpackBlock();
        byte[] line = ascii("a: b\r\n");
        assertThat(read(block.begin(200).lines(line, line.length))).hasSize(2);
        assertThat(read(block.begin(404))).hasSize(1);
        assertThat(read(block.beginTrailers().lines(line, line.length))).hasSize(1);
    }
}

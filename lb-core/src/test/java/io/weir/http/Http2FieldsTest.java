package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in a header block: it is malformed, or one head that ends where its lines end. */
class Http2FieldsTest {
    private static final int TRIES = 20_000;
    private static final String[] NAMES = {
        ":method", ":scheme", ":authority", ":path", ":status", "host", "cookie", "te", "content-length", "transfer-encoding", "connection",
        "x-a", "X-A", "x:a", "x a", "", "x-\r\na", "expect", ":protocol", "sec-websocket-version",
        "sec-websocket-key"
    };
    private static final String[] VALUES = {
        "GET", "POST", "OPTIONS", "CONNECT", "http", "https", "/", "/a?b", "*", "orders.test", "orders.test:80", "a@b", "1", "0", "trailers",
        "chunked", "100-continue", "", " x", "x\t", "a b", "a\r\nb: c", "\n", "a\0b", "\u0001", "é", "/ HTTP/1.1\r\nb: c\r\n\r\nGET /", "websocket", "13"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isMalformedOrOneHead(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Http2Fields fields = new Http2Fields();
        RequestParser parser = new RequestParser(new HeadLimits(1024, 4096, 50));
        RequestHead head = new RequestHead();
        int heads = 0;
        int tunnels = 0;
        for (int i = 0; i < TRIES; i++) {
            fields.begin();
            boolean body = random.nextBoolean();
            int regular = fill(fields, random);
            ByteBuf lines = Unpooled.buffer();
            if (!fields.writeRequest(lines, body, random)) {
                continue;
            }
            head.reset();
            Progress progress = parser.read(lines, head);
            if (progress == Progress.BAD) {
                continue;
            }
            assertThat(progress).isEqualTo(Progress.END);
            assertThat(lines.isReadable()).as("nothing is behind the head").isFalse();
            boolean tunnel = head.asksWebSocket() || fields.asksUnknownProtocol();
            assertThat(head.fieldCount()).isLessThanOrEqualTo(regular + (tunnel ? 4 : 2)); // Host, and the coding or a handshake
            assertThat(head.chunked()).isEqualTo(body && head.contentLength() < 0 && !tunnel);
            assertThat(head.hasHost()).isTrue();
            heads++;
            tunnels += tunnel ? 1 : 0;
        }
        assertThat(heads).isGreaterThan(TRIES / 20);
        assertThat(tunnels).isPositive();
    }

    /** Mostly what a request needs, with something else here and there. Returns how many are no pseudo-fields. */
    private static int fill(Http2Fields fields, SplittableRandom random) {
        String[] needed = {":method", "GET", ":scheme", "http", ":authority", "orders.test", ":path", "/"};
        int regular = 0;
        if (random.nextInt(4) == 0) {
            needed[1] = "CONNECT";
            add(fields, ":protocol", random.nextInt(5) > 0 ? "websocket" : pick(VALUES, random));
        }
        for (int i = 0; i < needed.length; i += 2) {
            if (random.nextInt(20) > 0) {
                add(fields, needed[i], random.nextInt(10) > 0 ? needed[i + 1] : pick(VALUES, random));
            }
        }
        if (needed[1].equals("CONNECT") && random.nextInt(5) > 0) {
            add(fields, "sec-websocket-version", "13");
            regular++;
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            String name = pick(NAMES, random);
            add(fields, name, pick(VALUES, random));
            regular += name.startsWith(":") ? 0 : 1;
        }
        return regular;
    }

    private static String pick(String[] of, SplittableRandom random) {
        return of[random.nextInt(of.length)];
    }

    private static void add(Http2Fields fields, String name, String value) {
        fields.add(new AsciiString(name), new AsciiString(value));
    }
}

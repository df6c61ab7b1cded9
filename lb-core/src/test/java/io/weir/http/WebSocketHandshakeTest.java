package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests ask for a WebSocket. */
class WebSocketHandshakeTest {
    private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

    private final RequestHead head = new RequestHead();

    private Progress read(String line, String fields) {
        head.reset();
        return HeadFeed.read(new RequestParser(HeadFeed.LIMITS), head, line + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n", 3);
    }

    private void assertRefused(String fields, BadMessage fault) {
        assertThat(read("GET /", fields)).as(fields).isEqualTo(Progress.BAD);
        assertThat(head.fault()).as(fields).isEqualTo(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        UPGRADE, "connection: keep-alive, UPGRADE\r\nupgrade: WebSocket\r\n", "Upgrade: h2c, websocket\r\nConnection: close\r\nConnection: upgrade\r\n",
        UPGRADE + "Content-Length: 0\r\n"
    })
    void aHandshakeAsksAndItsOwnFieldsGoOn(String upgrade) {
        assertThat(read("GET /", upgrade + VERSION + KEY)).isEqualTo(Progress.END);
        assertThat(head.asksWebSocket()).isTrue();
        FieldRules.applyToRequest(head);
        assertThat(HeadFeed.fields(head)).contains(VERSION.strip(), KEY.strip()).noneMatch(it -> it.matches("(?i)(connection|upgrade):.*"));
    }

    @Test
    void theAnswerIsThatOfTheRfc() {
        assertThat(read("GET /", UPGRADE + VERSION + KEY)).isEqualTo(Progress.END);
        assertThat(new String(WebSocketHandshake.accept(head), StandardCharsets.US_ASCII)).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void aKeyThatIsNotSixteenBytesOnceIsRefused() {
        for (String key : new String[] {
            "", "Sec-WebSocket-Key:\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA\r\n",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ-==\r\n", KEY + KEY, KEY + "Connection: Sec-WebSocket-Key\r\n"
        }) {
            assertRefused(UPGRADE + VERSION + key, BadMessage.BAD_WEBSOCKET_KEY);
        }
    }

    @Test
    void anotherVersionIsRefusedAndNoVersionToo() {
        assertRefused(UPGRADE + KEY + "Sec-WebSocket-Version: 8\r\n", BadMessage.UNKNOWN_WEBSOCKET_VERSION);
        assertRefused(UPGRADE + KEY + "Sec-WebSocket-Version: 13, 8\r\n", BadMessage.UNKNOWN_WEBSOCKET_VERSION);
        assertRefused(UPGRADE + KEY, BadMessage.BAD_WEBSOCKET_VERSION);
        assertRefused(UPGRADE + KEY + VERSION + VERSION, BadMessage.BAD_WEBSOCKET_VERSION);
    }

    @Test
    void whatAsksForSomethingElseIsARequestLikeAnyOther() {
        String handshake = VERSION + KEY;
        for (String[] other : new String[][] {
            {"GET /", "Upgrade: websocket\r\n" + handshake}, {"GET /", "Connection: Upgrade\r\n" + handshake},
            {"GET /", "Connection: Upgrade\r\nUpgrade: h2c\r\n"}, {"GET /", "Connection: Upgrade\r\nUpgrade: websockets\r\n"},
            {"POST /", UPGRADE + handshake}, {"HEAD /", UPGRADE}, {"GET /", UPGRADE + handshake + "Content-Length: 1\r\n"},
            {"GET /", UPGRADE + handshake + "Transfer-Encoding: chunked\r\n"}
        }) {
            assertThat(read(other[0], other[1])).as(other[1]).isEqualTo(Progress.END);
            assertThat(head.asksWebSocket()).as(other[1]).isFalse();
        }
        head.reset();
        String old = "GET / HTTP/1.0\r\nHost: x\r\n" + UPGRADE + handshake + "\r\n";
        assertThat(HeadFeed.read(new RequestParser(HeadFeed.LIMITS), head, old, 1000)).isEqualTo(Progress.END);
        assertThat(head.asksWebSocket()).isFalse();
    }
}

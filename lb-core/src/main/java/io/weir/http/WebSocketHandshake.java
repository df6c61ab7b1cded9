package io.weir.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The opening handshake of WebSocket (RFC 6455, 4): which requests ask for it, and whether a worker's 101 is its answer. Both ends are
 * checked, since a proxy that takes any 101 for a yes passes on what may be requests to a worker that never agreed to a tunnel.
 */
public final class WebSocketHandshake {
    /** What stands in both heads: HTTP/1.1 says it anew for each connection. */
    public static final byte[] UPGRADE_LINES = ascii("Connection: Upgrade\r\nUpgrade: websocket\r\n");

    private static final byte[] WEBSOCKET = ascii("websocket");
    private static final byte[] KEY = ascii("sec-websocket-key");
    private static final byte[] VERSION = ascii("sec-websocket-version");
    private static final byte[] ACCEPT = ascii("sec-websocket-accept");
    private static final byte[] GUID = ascii("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    /** Digits of 16 bytes in base64, before two equals signs. */
    private static final int KEY_DIGITS = 22;

    private static final int KEY_BYTES = 16;

    private WebSocketHandshake() {}

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Notes whether a request whose {@code Connection} names {@code Upgrade} asks for a WebSocket. If it asks for anything else, or in a way that
     * only HTTP/1.1's GET knows, it is a request like any other.
     */
    static @Nullable BadMessage read(RequestHead head) {
        if (head.method != RequestHead.Method.GET || head.isHttp10() || head.hasBody() || !namesWebSocket(head)) {
            return null;
        }
        int version = head.find(VERSION, 0);
        if (version < 0 || head.find(VERSION, version + 1) >= 0) {
            return BadMessage.BAD_WEBSOCKET_VERSION;
        }
        if (!is13(head.bytes, head.valueStart(version), head.valueEnd(version))) {
            return BadMessage.UNKNOWN_WEBSOCKET_VERSION;
        }
        int key = head.find(KEY, 0);
        if (key < 0 || head.find(KEY, key + 1) >= 0 || !isKey(head.bytes, head.valueStart(key), head.valueEnd(key))) {
            return BadMessage.BAD_WEBSOCKET_KEY;
        }
        head.asksWebSocket = true;
        return null;
    }

    /** Whether {@code websocket} stands in the list of protocols. */
    private static boolean namesWebSocket(Head head) {
        for (int field = 0; field < head.fieldCount(); field++) {
            if (head.id(field) == FieldName.UPGRADE) {
                for (String protocol : head.text(head.valueStart(field), head.valueEnd(field)).split(",", -1)) {
                    byte[] name = protocol.strip().getBytes(StandardCharsets.ISO_8859_1);
                    if (Bytes.equalsIgnoreCase(name, 0, name.length, WEBSOCKET)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean is13(byte[] b, int from, int to) {
        return to - from == 2 && b[from] == '1' && b[from + 1] == '3';
    }

    private static boolean isKey(byte[] b, int from, int to) {
        if (to - from != KEY_DIGITS + 2 || b[to - 2] != '=' || b[to - 1] != '=') {
            return false;
        }
        for (int i = from; i < to - 2; i++) {
            int c = b[i];
            boolean digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    /** A key for a handshake that is begun here. */
    static byte[] key(RandomGenerator random) {
        byte[] nonce = new byte[KEY_BYTES];
        random.nextBytes(nonce);
        return Base64.getEncoder().encode(nonce);
    }

    /** Cuts the answer to a key from a worker's 101, whose client has sent none. */
    public static void cutAccept(ResponseHead head) {
        int said = head.find(ACCEPT, 0);
        if (said >= 0) {
            head.cut(said);
        }
    }

    /** The {@code Sec-WebSocket-Accept} that the key of {@code request}, which {@linkplain RequestHead#asksWebSocket asks}, demands. */
    public static byte[] accept(RequestHead request) {
        int key = request.find(KEY, 0);
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1"); // as RFC 6455 has it; nothing hangs on its strength
            if (key >= 0) { // else an edit has cut it, and no worker can say yes
                sha1.update(request.bytes, request.valueStart(key), request.valueEnd(key) - request.valueStart(key));
            }
            return Base64.getEncoder().encode(sha1.digest(GUID));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** What is wrong with a worker's 101 to a request that demands {@code accept}, or null. */
    public static @Nullable BadMessage fault(ResponseHead head, byte[] accept) {
        if (head.isHttp10() || !head.upgradeOption || !switchesToWebSocket(head)) {
            return BadMessage.BAD_SWITCH;
        }
        int said = head.find(ACCEPT, 0);
        return said >= 0 && head.find(ACCEPT, said + 1) < 0 && isAt(head.bytes, head.valueStart(said), head.valueEnd(said), accept)
                ? null
                : BadMessage.BAD_WEBSOCKET_ACCEPT;
    }

    /** Whether it names that one protocol and no other. */
    private static boolean switchesToWebSocket(ResponseHead head) {
        int found = 0;
        for (int field = 0; field < head.fieldCount(); field++) {
            if (head.id(field) == FieldName.UPGRADE) {
                if (!Bytes.equalsIgnoreCase(head.bytes, head.valueStart(field), head.valueEnd(field), WEBSOCKET)) {
                    return false;
                }
                found++;
            }
        }
        return found == 1;
    }

    private static boolean isAt(byte[] b, int from, int to, byte[] text) {
        return java.util.Arrays.equals(b, from, to, text, 0, text.length);
    }
}

package io.weir.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The field lines behind a chunked body, as strict as those of a head. Those that would frame, route, authenticate or control the message
 * if anybody merged them into its head (RFC 9110, 6.5.1), or that a worker would take for our word, are left out; the others become {@code
 * Name: value}.
 */
final class TrailerSection {
    /** Bytes of all lines as they came, the CR LF not counted. */
    static final int MAX_BYTES = 8 * 1024;

    static final int MAX_FIELDS = 64;

    /** In lower case, and with {@code -} where a worker might read {@code _} as the same. */
    private static final byte[][] LEFT_OUT = all(
            // framing
            "transfer-encoding", "content-length", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "http2-settings",
            // routing and our word
            "host", "forwarded", "via", "max-forwards", "x-request-id", "x-real-ip", "proxy",
            // authentication
            "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "cookie", "set-cookie",
            // how to treat or to read the message
            "cache-control", "pragma", "expect", "range", "content-encoding", "content-type", "content-range");

    private static final byte[][] LEFT_OUT_PREFIXES = all("x-forwarded-", "x-ssl-", "weir-");

    /** The lines that pass, each with its CR LF, and behind them from {@link #lineStart} the line that is being read. */
    private byte[] buffer = new byte[256];

    private int lineStart;
    private int end;
    private int bytes;
    private int fields;

    private static byte[][] all(String... names) {
        byte[][] all = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            all[i] = names[i].getBytes(StandardCharsets.US_ASCII);
        }
        return all;
    }

    /** Takes one byte of a line. */
    @Nullable BadMessage add(byte b) {
        if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
            return BadMessage.BAD_TRAILER;
        }
        if (++bytes > MAX_BYTES) {
            return BadMessage.TRAILERS_TOO_LARGE;
        }
        if (buffer.length - end < 4) { // a line grows by up to three bytes at its end: ": " for ":", and CR LF
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        buffer[end++] = b;
        return null;
    }

    /** The CR LF behind the line was read. */
    @Nullable BadMessage endLine() {
        if (++fields > MAX_FIELDS) {
            return BadMessage.TRAILERS_TOO_LARGE;
        }
        byte[] b = buffer;
        int colon = lineStart;
        while (colon < end && FieldName.TOKEN[b[colon] & 0xff] != 0) {
            colon++;
        }
        if (colon == lineStart || colon == end || b[colon] != ':') {
            return BadMessage.BAD_TRAILER;
        }
        if (isLeftOut(b, lineStart, colon)) {
            end = lineStart;
            return null;
        }
        int value = colon + 1;
        while (value < end && isWhite(b[value])) {
            value++;
        }
        while (end > value && isWhite(b[end - 1])) {
            end--;
        }
        int length = end - value;
        System.arraycopy(b, value, b, colon + 2, length);
        b[colon + 1] = ' ';
        end = colon + 2 + length;
        b[end++] = '\r';
        b[end++] = '\n';
        lineStart = end;
        return null;
    }

    /** Whether no line passes. */
    boolean isEmpty() {
        return lineStart == 0;
    }

    /** The lines that pass, or null if none does. */
    byte @Nullable [] lines() {
        return isEmpty() ? null : Arrays.copyOf(buffer, lineStart);
    }

    private static boolean isWhite(byte b) {
        return b == ' ' || b == '\t';
    }

    private static boolean isLeftOut(byte[] b, int from, int to) {
        for (byte[] name : LEFT_OUT) {
            if (name.length == to - from && startsWith(b, from, name)) {
                return true;
            }
        }
        for (byte[] prefix : LEFT_OUT_PREFIXES) {
            if (prefix.length < to - from && startsWith(b, from, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] b, int from, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            int c = FieldName.TOKEN[b[from + i] & 0xff];
            if ((c == '_' ? '-' : c) != lower[i]) {
                return false;
            }
        }
        return true;
    }
}

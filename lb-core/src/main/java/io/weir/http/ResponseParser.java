package io.weir.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads response heads (RFC 9112, 4). A reason phrase may be absent, with or without its space, as old servers have it. */
public final class ResponseParser extends HeadParser<ResponseHead> {
    private static final long HTTP_1_DOT = Bytes.longAt("HTTP/1.\0".getBytes(StandardCharsets.US_ASCII), 0);

    public ResponseParser(HeadLimits limits) {
        super(limits);
    }

    @Override
    @Nullable BadMessage startLine(ResponseHead head, int start, int end) {
        byte[] b = head.bytes;
        int minor = end - start < 12 ? -1 : b[start + 7] - '0';
        if (minor < 0 || minor > 9 || (Bytes.longAt(b, start) & 0xffffffffffffffL) != HTTP_1_DOT || b[start + 8] != ' ') {
            return BadMessage.BAD_STATUS_LINE;
        }
        head.minorVersion = Math.min(minor, 1);
        int hundreds = b[start + 9] - '0';
        int tens = b[start + 10] - '0';
        int ones = b[start + 11] - '0';
        if (hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9 || (end - start > 12 && b[start + 12] != ' ')) {
            return BadMessage.BAD_STATUS_LINE;
        }
        head.status = hundreds * 100 + tens * 10 + ones;
        return null;
    }

    @Override
    @Nullable BadMessage known(ResponseHead head, int id, int value, int valueEnd) {
        head.dateSeen |= id == FieldName.DATE;
        return null;
    }

    @Override
    @Nullable BadMessage finish(ResponseHead head) {
        BadMessage fault = Framing.finish(head);
        return fault != null ? fault : ConnectionOptions.read(head);
    }

    @Override
    BadMessage startLineFault() {
        return BadMessage.BAD_STATUS_LINE;
    }

    @Override
    BadMessage startLineTooLong() {
        return BadMessage.HEAD_TOO_LARGE;
    }

    @Override
    boolean toleratesEmptyLine() {
        return false;
    }
}

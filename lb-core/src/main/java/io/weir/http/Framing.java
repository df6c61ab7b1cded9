package io.weir.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The two fields that say where a body ends (RFC 9112, 6). What can be read in two ways is refused. */
final class Framing {
    private static final byte[] CHUNKED = "chunked".getBytes(StandardCharsets.US_ASCII);
    /** More digits than any real length; no overflow. */
    private static final int MAX_DIGITS = 18;

    private Framing() {}

    static @Nullable BadMessage contentLength(Head head, int from, int to) {
        if (head.contentLength >= 0) {
            return BadMessage.REPEATED_CONTENT_LENGTH;
        }
        if (from == to || to - from > MAX_DIGITS) {
            return BadMessage.BAD_CONTENT_LENGTH;
        }
        byte[] b = head.bytes;
        long n = 0;
        for (int i = from; i < to; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                return BadMessage.BAD_CONTENT_LENGTH;
            }
            n = n * 10 + digit;
        }
        head.contentLength = n;
        return null;
    }

    static @Nullable BadMessage transferEncoding(Head head, int from, int to) {
        if (Bytes.equalsIgnoreCase(head.bytes, from, to, CHUNKED)) {
            if (head.chunked) {
                return BadMessage.BAD_TRANSFER_CODING;
            }
            head.chunked = true;
            return null;
        }
        return codingFault(head.text(from, to));
    }

    /** A list, or a coding of another name: 400 if it breaks the rules of codings, 501 if they are kept by codings unknown to us. */
    private static BadMessage codingFault(String value) {
        String[] codings = value.split(",", -1);
        for (int i = 0; i < codings.length; i++) {
            String coding = codings[i].strip();
            if (!isToken(coding) || (i < codings.length - 1 && coding.equalsIgnoreCase("chunked"))) {
                return BadMessage.BAD_TRANSFER_CODING;
            }
        }
        return BadMessage.UNKNOWN_TRANSFER_CODING;
    }

    private static boolean isToken(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c > 0xff || FieldName.TOKEN[c] == 0) {
                return false;
            }
        }
        return !s.isEmpty();
    }

    /** The rules between the two fields, once the whole head is known. */
    static @Nullable BadMessage finish(Head head) {
        if (head.chunked) {
            if (head.contentLength >= 0) {
                return BadMessage.LENGTH_AND_CODING;
            }
            if (head.isHttp10()) {
                return BadMessage.CODING_IN_HTTP_1_0;
            }
        }
        return null;
    }
}

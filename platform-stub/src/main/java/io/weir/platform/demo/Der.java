package io.weir.platform.demo;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes ASN.1 in DER (X.690): what a certificate needs of it. Each method returns one element, with its tag and its length. */
final class Der {
    private static final int LONG_FORM = 0x80;
    private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Der() {}

    static byte[] sequence(byte[]... elements) {
        return element(0x30, elements);
    }

    static byte[] set(byte[]... elements) {
        return element(0x31, elements);
    }

    static byte[] yes() {
        return element(0x01, new byte[] {(byte) 0xff});
    }

    static byte[] integer(BigInteger value) {
        return element(0x02, value.toByteArray());
    }

    /** @param unused how many bits of the last byte are none */
    static byte[] bits(int unused, byte[] bytes) {
        return element(0x03, new byte[] {(byte) unused}, bytes);
    }

    static byte[] octets(byte[] bytes) {
        return element(0x04, bytes);
    }

    static byte[] utf8(String text) {
        return element(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** To the second, before 2050: later ones are written otherwise. */
    static byte[] time(Instant time) {
        return element(0x17, UTC_TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] oid(int first, int second, int... others) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(40 * first + second);
        for (int arc : others) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arc >> shift != 0) {
                    bytes.write(0x80 | ((arc >> shift) & 0x7f));
                }
            }
            bytes.write(arc & 0x7f);
        }
        return element(0x06, bytes.toByteArray());
    }

    /** An element of the context's own meaning, around others. */
    static byte[] tagged(int number, byte[]... elements) {
        return element(0xa0 | number, elements);
    }

    /** An element of the context's own meaning that holds these bytes, in place of its usual tag. */
    static byte[] implicit(int number, byte[] bytes) {
        return element(0x80 | number, bytes);
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream(length + 4);
        element.write(tag);
        if (length < LONG_FORM) {
            element.write(length);
        } else {
            byte[] octets = BigInteger.valueOf(length).toByteArray();
            int start = octets[0] == 0 ? 1 : 0;
            element.write(LONG_FORM | (octets.length - start));
            element.write(octets, start, octets.length - start);
        }
        for (byte[] part : parts) {
            element.writeBytes(part);
        }
        return element.toByteArray();
    }
}

package io.weir.http;

import java.util.Arrays;

/** Hexadecimal digits. */
final class Hex {
    private static final byte[] VALUE = new byte[256];

    static {
        Arrays.fill(VALUE, (byte) -1);
        for (int i = 0; i < 16; i++) {
            VALUE["0123456789abcdef".charAt(i)] = (byte) i;
            VALUE["0123456789ABCDEF".charAt(i)] = (byte) i;
        }
    }

    private Hex() {}

    /** What the digit stands for, or -1 if it is none. */
    static int value(byte digit) {
        return VALUE[digit & 0xff];
    }
}

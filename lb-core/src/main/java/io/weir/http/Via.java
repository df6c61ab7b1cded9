package io.weir.http;

import java.nio.charset.StandardCharsets;

/** The {@code Via} fields of a request (RFC 9110, 7.6.3): the proxies that it has come through. */
final class Via {
    private static final byte[] US = "weir".getBytes(StandardCharsets.US_ASCII);

    private Via() {}

    /** How often one of us stands in the field {@code i}: {@code 1.1 weir, 1.1 other} is once. */
    static int countOfUs(Head head, int i) {
        byte[] b = head.bytes;
        int to = head.valueEnd(i);
        int count = 0;
        for (int at = head.valueStart(i); at < to; at++) {
            int protocol = skipSpace(b, at, to);
            int name = skipSpace(b, skipWord(b, protocol, to), to);
            int end = skipWord(b, name, to);
            if (Bytes.equalsIgnoreCase(b, name, end, US)) {
                count++;
            }
            at = end;
            while (at < to && b[at] != ',') {
                at++;
            }
        }
        return count;
    }

    private static int skipSpace(byte[] b, int from, int to) {
        int i = from;
        while (i < to && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        return i;
    }

    private static int skipWord(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] != ' ' && b[i] != '\t' && b[i] != ',') {
            i++;
        }
        return i;
    }
}

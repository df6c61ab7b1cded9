package io.weir.upstream;

import io.weir.http.Head;
import java.util.concurrent.TimeUnit;

/** What a worker says of its idle connections: {@code Keep-Alive: timeout=5, max=100}. Read without making strings, since many say it each time. */
final class KeepAliveField {
    private static final String TIMEOUT = "timeout=";
    private static final int MAX_DIGITS = 9;

    private KeepAliveField() {}

    /** The time-out in ns that field {@code i} of {@code head} names, or -1 if it names none. */
    static long timeout(Head head, int i) {
        byte[] b = head.bytes();
        int to = head.valueEnd(i);
        for (int at = head.valueStart(i); at + TIMEOUT.length() < to; at++) {
            boolean begins = at == head.valueStart(i) || b[at - 1] == ' ' || b[at - 1] == ',' || b[at - 1] == '\t';
            if (begins && isTimeout(b, at)) {
                return seconds(b, at + TIMEOUT.length(), to);
            }
        }
        return -1;
    }

    private static boolean isTimeout(byte[] b, int at) {
        for (int k = 0; k < TIMEOUT.length(); k++) {
            if ((b[at + k] | 0x20) != (TIMEOUT.charAt(k) | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private static long seconds(byte[] b, int from, int to) {
        long n = 0;
        int i = from;
        while (i < to && i - from < MAX_DIGITS && b[i] >= '0' && b[i] <= '9') {
            n = n * 10 + b[i++] - '0';
        }
        return i == from ? -1 : TimeUnit.SECONDS.toNanos(n);
    }
}

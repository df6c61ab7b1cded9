package io.weir.http;

/** Finds one cookie in the Cookie fields of a request, in place (RFC 6265, 4.2.1 and 5.4). What is malformed is passed over. */
public final class CookieSearch {
    /** There is no such cookie. */
    public static final long NONE = -1;

    private static final byte[] COOKIE = {'c', 'o', 'o', 'k', 'i', 'e'};

    private CookieSearch() {}

    /** Where the value of the first cookie of that name stands, for {@link #from} and {@link #to}; or {@link #NONE}. */
    public static long find(RequestHead head, byte[] name) {
        for (int i = head.find(COOKIE, 0); i >= 0; i = head.find(COOKIE, i + 1)) {
            long found = find(head.bytes(), head.valueStart(i), head.valueEnd(i), name);
            if (found != NONE) {
                return found;
            }
        }
        return NONE;
    }

    /** The first byte of a range that was found. */
    public static int from(long range) {
        return (int) (range >>> 32);
    }

    /** Behind the last byte of a range that was found. */
    public static int to(long range) {
        return (int) range;
    }

    private static long find(byte[] b, int start, int end, byte[] name) {
        int at = start;
        while (at < end) {
            while (at < end && (b[at] == ' ' || b[at] == '\t' || b[at] == ';')) {
                at++;
            }
            int pairEnd = at;
            while (pairEnd < end && b[pairEnd] != ';') {
                pairEnd++;
            }
            int value = at + name.length + 1;
            if (value <= pairEnd && b[value - 1] == '=' && startsWith(b, at, name)) {
                int valueEnd = pairEnd;
                while (valueEnd > value && (b[valueEnd - 1] == ' ' || b[valueEnd - 1] == '\t')) {
                    valueEnd--;
                }
                return (long) value << 32 | valueEnd;
            }
            at = pairEnd;
        }
        return NONE;
    }

    private static boolean startsWith(byte[] b, int at, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if (b[at + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}

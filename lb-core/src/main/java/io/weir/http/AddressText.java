package io.weir.http;

/**
 * An IP address as it stands in {@code X-Forwarded-For}, read in place: {@code 192.0.2.7}, {@code 2001:db8::1}, either with a port
 * ({@code 192.0.2.7:4711}, {@code [2001:db8::1]:4711}), IPv6 also in brackets alone. Used again for the next one.
 *
 * <p>Strict, since others may read what is doubtful differently: no zones, no leading zeros in IPv4, no fewer than four numbers.
 */
final class AddressText {
    private static final int GROUPS = 8;
    private static final long MAPPED = 0xffff_0000_0000L;

    private final int[] groups = new int[GROUPS];
    private long high;
    private long low;
    private int from;
    private int to;

    /** Whether {@code b[start, end)} is one; only then the rest may be asked. */
    boolean read(byte[] b, int start, int end) {
        if (start < end && b[start] == '[') {
            int close = indexOf(b, ']', start, end);
            return isPortOrNothing(b, close + 1, end) && ipv6(b, start + 1, close);
        }
        int colon = indexOf(b, ':', start, end);
        boolean single = indexOf(b, ':', colon + 1, end) >= end;
        return single ? isPortOrNothing(b, colon, end) && ipv4(b, start, colon) : ipv6(b, start, end);
    }

    /** Its first four groups, as in {@link io.weir.topology.IpAddress}. */
    long high() {
        return high;
    }

    /** Its last four groups. */
    long low() {
        return low;
    }

    /** Where the address itself begins, behind its bracket. */
    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** The first position of {@code c}, or {@code to}. */
    private static int indexOf(byte[] b, char c, int from, int to) {
        int i = from;
        while (i < to && b[i] != c) {
            i++;
        }
        return i;
    }

    private static boolean isPortOrNothing(byte[] b, int from, int to) {
        return from == to || (from < to && b[from] == ':' && Authority.port(b, from + 1, to) > 0);
    }

    private boolean ipv4(byte[] b, int start, int end) {
        long bits = dotted(b, start, end);
        high = 0;
        low = MAPPED | bits;
        from = start;
        to = end;
        return bits >= 0;
    }

    /** The 32 bits of an IPv4 address, or -1 if it is none. */
    private static long dotted(byte[] b, int from, int to) {
        if (Authority.dottedEnd(b, from, to) != to) {
            return -1;
        }
        long bits = 0;
        int number = 0;
        for (int i = from; i < to; i++) {
            if (b[i] == '.') {
                bits = bits << 8 | number;
                number = 0;
            } else {
                number = number * 10 + b[i] - '0';
            }
        }
        return bits << 8 | number;
    }

    /** RFC 4291, 2.2. */
    private boolean ipv6(byte[] b, int start, int end) {
        int count = 0;
        int gap = -1;
        int i = start;
        if (i + 1 < end && b[i] == ':' && b[i + 1] == ':') {
            gap = 0;
            i += 2;
        }
        while (i < end) {
            int group = 0;
            int first = i;
            while (i < end && i - first < 4 && Hex.value(b[i]) >= 0) {
                group = group << 4 | Hex.value(b[i++]);
            }
            if (i < end && b[i] == '.') {
                long bits = dotted(b, first, end);
                if (bits < 0 || count > GROUPS - 2) {
                    return false;
                }
                groups[count++] = (int) (bits >>> 16);
                groups[count++] = (int) (bits & 0xffff);
                break;
            }
            if (i == first || count == GROUPS) {
                return false;
            }
            groups[count++] = group;
            if (i < end) {
                if (b[i++] != ':' || i == end) {
                    return false;
                }
                if (b[i] == ':') {
                    if (gap >= 0) {
                        return false;
                    }
                    gap = count;
                    i++;
                }
            }
        }
        from = start;
        to = end;
        return gap < 0 ? count == GROUPS && spread(count, count) : count < GROUPS && spread(count, gap);
    }

    /** Puts the groups where they belong: those before {@code gap} to the front, the rest to the end, zeros between them. */
    private boolean spread(int count, int gap) {
        high = low = 0;
        for (int k = 0; k < GROUPS; k++) {
            int fromEnd = GROUPS - k;
            int group = k < gap ? groups[k] : fromEnd <= count - gap ? groups[count - fromEnd] : 0;
            if (k < GROUPS / 2) {
                high = high << 16 | group;
            } else {
                low = low << 16 | group;
            }
        }
        return true;
    }
}

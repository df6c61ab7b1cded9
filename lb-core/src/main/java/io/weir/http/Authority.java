package io.weir.http;

/**
 * A host with or without a port, as it stands in {@code Host} and in absolute targets (RFC 3986, 3.2). Stricter than the RFC where no real
 * name needs the room: a name is letters, digits and {@code - . _ ~} in labels that aren't empty, so neither escapes nor {@code ,} or
 * {@code @} pass; an address in brackets is an IPv6 address without a zone. {@code host:} is {@code host}.
 */
final class Authority {
    /** What a host name can have at most in the DNS, its final dot included, with some room (RFC 1035, 2.3.4). */
    static final int MAX_HOST = 255;

    private static final int MAX_PORT_DIGITS = 5;
    private static final int MAX_PORT = 65535;
    private static final int GROUPS = 8;

    private static final boolean[] IN_NAME = new boolean[256];

    static {
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~".toCharArray()) {
            IN_NAME[c] = true;
        }
    }

    private Authority() {}

    /** Checks {@code b[from, to)}; what {@link #hostEnd} and {@link #port} are read from, or -1 if it is malformed. */
    static long parse(byte[] b, int from, int to) {
        int hostEnd = from < to && b[from] == '[' ? addressEnd(b, from, to) : nameEnd(b, from, to);
        if (hostEnd < 0) {
            return -1;
        }
        int port = -1;
        if (hostEnd < to) {
            if (b[hostEnd] != ':') {
                return -1;
            }
            if (hostEnd + 1 < to) {
                port = port(b, hostEnd + 1, to);
                if (port < 0) {
                    return -1;
                }
            }
        }
        return (long) hostEnd << 32 | (port + 1);
    }

    /** The position behind the host, brackets included. */
    static int hostEnd(long parsed) {
        return (int) (parsed >>> 32);
    }

    /** The port, or -1 if there is none. */
    static int port(long parsed) {
        return (int) parsed - 1;
    }

    /**
     * Writes the host {@code b[from, to)}, which {@link #parse} found, in the form that routes are looked up with: in lower case and without
     * the final dot. Returns its length.
     */
    static int normaliseHost(byte[] b, int from, int to, byte[] dst) {
        int end = b[to - 1] == '.' ? to - 1 : to;
        for (int i = from; i < end; i++) {
            byte c = b[i];
            dst[i - from] = c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
        }
        return end - from;
    }

    /** The port that {@code b[from, to)} says, or -1 if that is none. */
    static int port(byte[] b, int from, int to) {
        if (to - from > MAX_PORT_DIGITS) {
            return -1;
        }
        int port = 0;
        for (int i = from; i < to; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            port = port * 10 + digit;
        }
        return port == 0 || port > MAX_PORT ? -1 : port;
    }

    private static int nameEnd(byte[] b, int from, int to) {
        int i = from;
        int label = from;
        for (; i < to; i++) {
            byte c = b[i];
            if (c == '.') {
                if (i == label) {
                    return -1;
                }
                label = i + 1;
            } else if (!IN_NAME[c & 0xff]) {
                break;
            }
        }
        return i == from || i - from > MAX_HOST ? -1 : i;
    }

    /** RFC 4291, 2.2: up to eight groups, one {@code ::} for at least one group of zeros, and perhaps an IPv4 address for the last two. */
    private static int addressEnd(byte[] b, int from, int to) {
        int groups = 0;
        boolean gap = false;
        int i = from + 1;
        if (i + 1 < to && b[i] == ':' && b[i + 1] == ':') {
            gap = true;
            i += 2;
        }
        boolean more = !gap; // a group must come
        while (i < to && (more || b[i] != ']')) {
            int start = i;
            while (i < to && i - start < 4 && Hex.value(b[i]) >= 0) {
                i++;
            }
            if (i < to && b[i] == '.') {
                i = dottedEnd(b, start, to);
                groups += 2;
                return i > 0 && i < to && b[i] == ']' && isWhole(groups, gap) ? i + 1 : -1;
            }
            if (i == start || i == to || ++groups > GROUPS) {
                return -1;
            }
            more = b[i] == ':';
            if (more) {
                i++;
                if (i < to && b[i] == ':') {
                    if (gap) {
                        return -1;
                    }
                    gap = true;
                    more = false;
                    i++;
                }
            } else if (b[i] != ']') {
                return -1;
            }
        }
        return i < to && isWhole(groups, gap) ? i + 1 : -1;
    }

    private static boolean isWhole(int groups, boolean gap) {
        return gap ? groups < GROUPS : groups == GROUPS;
    }

    /** The end of four decimal numbers up to 255, without leading zeros, with dots between them; or -1. */
    static int dottedEnd(byte[] b, int from, int to) {
        int i = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (i == to || b[i++] != '.')) {
                return -1;
            }
            int start = i;
            int n = 0;
            while (i < to && i - start < 3 && b[i] >= '0' && b[i] <= '9') {
                n = n * 10 + b[i++] - '0';
            }
            if (i == start || n > 255 || (i - start > 1 && b[start] == '0')) {
                return -1;
            }
        }
        return i;
    }
}

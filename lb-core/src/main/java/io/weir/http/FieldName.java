package io.weir.http;

/**
 * The field names that mean something to a proxy, as small numbers, found from the hash that the parser computes while it checks the name.
 * Everything else is {@link #OTHER} and passes.
 *
 * <p>Names are compared without case. A name that a CGI-like worker would read as one that we guard (with {@code _} for {@code -}) is
 * guarded too; framing names are not, since nobody frames by {@code Content_Length}.
 */
public final class FieldName {
    public static final int OTHER = 0;
    public static final int HOST = 1;
    public static final int CONTENT_LENGTH = 2;
    public static final int TRANSFER_ENCODING = 3;
    public static final int CONNECTION = 4;
    public static final int KEEP_ALIVE = 5;
    public static final int PROXY_CONNECTION = 6;
    public static final int TE = 7;
    public static final int UPGRADE = 8;
    public static final int HTTP2_SETTINGS = 9;
    public static final int PROXY = 10;
    public static final int EXPECT = 11;
    public static final int VIA = 12;
    public static final int FORWARDED = 13;
    /** {@code X-Forwarded-} and whatever follows, but for the next four. */
    public static final int X_FORWARDED = 14;
    public static final int X_FORWARDED_FOR = 15;
    public static final int X_FORWARDED_PROTO = 16;
    public static final int X_FORWARDED_HOST = 17;
    public static final int X_FORWARDED_PORT = 18;
    public static final int X_REQUEST_ID = 19;
    /**
     * What a worker would believe because it thinks that we said it, and nobody else may say: {@code X-SSL-…}, {@code X-CH1-Path},
     * {@code Weir-…}, {@code X-Forwarded-Client-Cert}, and each of the names above from {@link #FORWARDED} on, if it is written with
     * {@code _}.
     */
    public static final int SPOOFABLE = 20;
    public static final int ACCEPT = 21;
    public static final int DATE = 22;
    public static final int LOCATION = 23;
    public static final int SET_COOKIE = 24;
    /** Says that a load balancer hands a request over: {@link HandOver}. */
    public static final int WEIR_HOP = 25;
    /** Says why it was not taken over. */
    public static final int WEIR_REASON = 26;

    private static final String[] NAMES = {
        "", "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "upgrade",
        "http2-settings", "proxy", "expect", "via", "forwarded", "", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
        "x-forwarded-port", "x-request-id", "", "accept", "date", "location", "set-cookie", "weir-hop", "weir-reason"
    };

    /** Token characters in lower case; 0 for what may not stand in a name (RFC 9110, 5.6.2). */
    static final byte[] TOKEN = new byte[256];

    private static final int SLOTS = 64;
    private static final byte[] ID_BY_SLOT = new byte[SLOTS];
    private static final byte[][] BYTES = new byte[NAMES.length][];
    private static final byte[] FORWARDED_PREFIX = ascii("x-forwarded-");
    private static final byte[] CLIENT_CERT_PREFIX = ascii("x-forwarded-client-cert");
    private static final byte[] SSL_PREFIX = ascii("x-ssl-");
    private static final byte[] CH1_PATH = ascii("x-ch1-path");
    private static final byte[] WEIR_PREFIX = ascii("weir-");

    static {
        for (int c = '0'; c <= '9'; c++) {
            TOKEN[c] = (byte) c;
        }
        for (int c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = (byte) c;
            TOKEN[c - 32] = (byte) c;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = (byte) c;
        }
        for (int id = 1; id < NAMES.length; id++) {
            byte[] name = ascii(NAMES[id]);
            BYTES[id] = name;
            if (name.length > 0) {
                int slot = slot(hash(name, 0, name.length));
                while (ID_BY_SLOT[slot] != 0) {
                    slot = (slot + 1) & (SLOTS - 1);
                }
                ID_BY_SLOT[slot] = (byte) id;
            }
        }
    }

    private FieldName() {}

    private static byte[] ascii(String s) {
        return s.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static int slot(int hash) {
        return (hash ^ (hash >>> 9) ^ (hash >>> 17)) & (SLOTS - 1);
    }

    /** One step of the hash; {@code c} is a lower-case token character. */
    static int hashStep(int hash, int c) {
        return hash * 31 + (c == '_' ? '-' : c);
    }

    private static int hash(byte[] name, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hashStep(hash, TOKEN[name[i] & 0xff]);
        }
        return hash;
    }

    /** The id of the name in {@code b[from, to)}, which holds token characters only. */
    public static int of(byte[] b, int from, int to) {
        return of(b, from, to, hash(b, from, to));
    }

    /** As {@link #of(byte[], int, int)}, with the hash that {@link #hashStep} gave over the name. */
    static int of(byte[] b, int from, int to, int hash) {
        int length = to - from;
        for (int slot = slot(hash); ID_BY_SLOT[slot] != 0; slot = (slot + 1) & (SLOTS - 1)) {
            int id = ID_BY_SLOT[slot];
            if (BYTES[id].length == length && startsWith(b, from, BYTES[id])) {
                return !hasUnderscore(b, from, to) ? id : guarded(id) ? SPOOFABLE : OTHER;
            }
        }
        int first = TOKEN[b[from] & 0xff];
        if (first == 'x' && length > 6) {
            if (length > 12 && startsWith(b, from, FORWARDED_PREFIX)) {
                boolean clientCert = length >= CLIENT_CERT_PREFIX.length && startsWith(b, from, CLIENT_CERT_PREFIX);
                return clientCert || hasUnderscore(b, from, to) ? SPOOFABLE : X_FORWARDED;
            }
            boolean spoofable = startsWith(b, from, SSL_PREFIX) || (length == CH1_PATH.length && startsWith(b, from, CH1_PATH));
            return spoofable ? SPOOFABLE : OTHER;
        }
        return first == 'w' && length > 5 && startsWith(b, from, WEIR_PREFIX) ? SPOOFABLE : OTHER;
    }

    /** Whether it is said of the client by whoever speaks for it. */
    static boolean guarded(int id) {
        return (id >= FORWARDED && id <= SPOOFABLE) || id == WEIR_HOP || id == WEIR_REASON;
    }

    private static boolean hasUnderscore(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == '_') {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] b, int from, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            int c = TOKEN[b[from + i] & 0xff];
            if ((c == '_' ? '-' : c) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether two ranges hold the same name, without case. */
    static boolean same(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
        if (aTo - aFrom != bTo - bFrom) {
            return false;
        }
        for (int i = 0; i < aTo - aFrom; i++) {
            if (TOKEN[a[aFrom + i] & 0xff] != TOKEN[b[bFrom + i] & 0xff]) {
                return false;
            }
        }
        return true;
    }
}

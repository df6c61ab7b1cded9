package io.weir.http;

import java.nio.charset.StandardCharsets;

/**
 * What a trusted proxy says of a request's client. Its {@code X-Forwarded-…} and {@code X-Request-Id} stay in the head where they have a
 * value that can be passed on; the two lists, {@code X-Forwarded-For} and {@code Forwarded}, are cut, since they go on in one line with
 * another entry.
 *
 * <p>One for each exchange, used again; touched by its loop alone.
 */
public final class TrustedFields {
    /** In characters. */
    private static final int LONGEST_ID = 128;
    /** Elements of {@code Forwarded}, as of {@link ForwardedFor}. */
    private static final int MOST_ELEMENTS = ForwardedFor.MOST;

    private static final int NONE = -1;
    private static final int MALFORMED = -1;

    private static final boolean[] IN_ID = new boolean[256];
    private static final byte[] HTTPS = "https".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] WSS = "wss".getBytes(StandardCharsets.US_ASCII);

    static {
        for (int c = '!'; c <= '~'; c++) {
            IN_ID[c] = "\"'\\,;<>&`".indexOf(c) < 0;
        }
    }

    private final ForwardedFor forwardedFor = new ForwardedFor();
    private int proto;
    private int host;
    private int port;
    private int requestId;
    private boolean forwarded;

    /**
     * Reads them, and cuts what can't go on.
     *
     * @param keepsForwarded whether {@code Forwarded} goes on
     */
    public void read(RequestHead head, TrustedProxies trusted, boolean keepsForwarded) {
        proto = host = port = requestId = NONE;
        int elements = 0;
        boolean twoIds = false;
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            switch (head.id(i)) {
                case FieldName.X_FORWARDED_PROTO -> proto = said(head, i, proto);
                case FieldName.X_FORWARDED_HOST -> host = said(head, i, host);
                case FieldName.X_FORWARDED_PORT -> port = said(head, i, port);
                case FieldName.X_REQUEST_ID -> {
                    twoIds |= requestId != NONE;
                    requestId = i;
                }
                case FieldName.FORWARDED -> {
                    head.cut(i);
                    elements = elements == MALFORMED ? MALFORMED : add(elements, elements(head, i));
                }
                default -> {}
            }
        }
        forwarded = keepsForwarded && elements > 0 && elements <= MOST_ELEMENTS;
        if (requestId != NONE && (twoIds || !isId(head, requestId))) {
            cutAll(head, FieldName.X_REQUEST_ID);
            requestId = NONE;
        }
        forwardedFor.read(head, trusted);
    }

    /** The first field of a name that has a value; an empty one says nothing and is cut. */
    private static int said(RequestHead head, int field, int before) {
        if (head.valueStart(field) == head.valueEnd(field)) {
            head.cut(field);
            return before;
        }
        return before == NONE ? field : before;
    }

    private static void cutAll(RequestHead head, int id) {
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.id(i) == id) {
                head.cut(i);
            }
        }
    }

    private static boolean isId(RequestHead head, int field) {
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        if (from == to || to - from > LONGEST_ID) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!IN_ID[head.bytes[i] & 0xff]) {
                return false;
            }
        }
        return true;
    }

    private static int add(int elements, int more) {
        return more == MALFORMED ? MALFORMED : elements + more;
    }

    /** How many elements a line of {@code Forwarded} has, or {@link #MALFORMED} if a quotation is not closed: it would swallow ours. */
    private static int elements(RequestHead head, int field) {
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        int count = from < to ? 1 : 0;
        boolean quoted = false;
        for (int i = from; i < to; i++) {
            byte c = head.bytes[i];
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                count++;
            }
        }
        return quoted ? MALFORMED : count;
    }

    public ForwardedFor forwardedFor() {
        return forwardedFor;
    }

    /** Whether it says which scheme the client spoke. */
    public boolean saysProto() {
        return proto != NONE;
    }

    /** Whether it says which host the client asked. */
    public boolean saysHost() {
        return host != NONE;
    }

    /** Whether it says which port the client asked at. */
    public boolean saysPort() {
        return port != NONE;
    }

    /** The field whose value is the request's id, or -1. */
    public int requestId() {
        return requestId;
    }

    /**
     * The port that a client asked at whose proxy says the scheme alone: the one that its host is written with, else the scheme's own. Ours is
     * the one that the proxy asked at.
     */
    public int portOfScheme(RequestHead head) {
        int from = saysHost() ? head.valueStart(host) : head.authorityStart();
        int to = saysHost() ? head.valueEnd(host) : head.authorityEnd();
        long authority = Authority.parse(head.bytes, from, to);
        if (authority >= 0 && Authority.port(authority) > 0) {
            return Authority.port(authority);
        }
        return saysTls(head) ? 443 : 80;
    }

    /** Whether it says that the client spoke TLS. */
    public boolean saysTls(RequestHead head) {
        return saysProto() && (begins(head, proto, HTTPS) || begins(head, proto, WSS));
    }

    /** Whether a value is the word or, as a list, begins with it. */
    private static boolean begins(RequestHead head, int field, byte[] word) {
        int end = Math.min(head.valueEnd(field), head.valueStart(field) + word.length);
        return Bytes.equalsIgnoreCase(head.bytes, head.valueStart(field), end, word);
    }

    /** Appends the elements of {@code Forwarded} to a value, with a comma behind them, if they go on. */
    public void writeForwarded(HeadWriter out, RequestHead head) {
        if (forwarded) {
            for (int i = 0; i < head.fieldCount(); i++) {
                if (head.id(i) == FieldName.FORWARDED) {
                    out.item(head.bytes, head.valueStart(i), head.valueEnd(i));
                }
            }
        }
    }
}

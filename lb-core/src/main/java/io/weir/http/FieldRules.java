package io.weir.http;

import java.nio.charset.StandardCharsets;

/**
 * Which fields go no further (RFC 9110, 7.6.1): those that are meant for one hop, and from clients also those that a worker would take for
 * our word, unless a trusted proxy says them. Fields that {@code Connection} names were cut by the parser already.
 */
public final class FieldRules {
    private static final long ONE_HOP = bit(FieldName.CONNECTION)
            | bit(FieldName.KEEP_ALIVE)
            | bit(FieldName.PROXY_CONNECTION)
            | bit(FieldName.TE)
            | bit(FieldName.UPGRADE)
            | bit(FieldName.HTTP2_SETTINGS)
            | bit(FieldName.PROXY)
            | bit(FieldName.TRANSFER_ENCODING);
    private static final long SAID_OF_CLIENT = bit(FieldName.FORWARDED)
            | bit(FieldName.X_FORWARDED)
            | bit(FieldName.X_FORWARDED_FOR)
            | bit(FieldName.X_FORWARDED_PROTO)
            | bit(FieldName.X_FORWARDED_HOST)
            | bit(FieldName.X_FORWARDED_PORT)
            | bit(FieldName.X_REQUEST_ID);
    private static final long FROM_GATEWAY = ONE_HOP | bit(FieldName.WEIR_HOP) | bit(FieldName.WEIR_REASON);
    private static final long FROM_TRUSTED = FROM_GATEWAY | bit(FieldName.SPOOFABLE);
    private static final long FROM_CLIENT = FROM_TRUSTED | SAID_OF_CLIENT;
    private static final long FROM_WORKER = ONE_HOP | bit(FieldName.WEIR_REASON);
    private static final long NOTICED = bit(FieldName.EXPECT) | bit(FieldName.VIA);
    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.US_ASCII);

    private FieldRules() {}

    private static long bit(int id) {
        return 1L << id;
    }

    /** Cuts what a worker must not get from a client that is not trusted. */
    public static void applyToRequest(RequestHead head) {
        apply(head, FROM_CLIENT);
    }

    /** Cuts what a worker must not get from a trusted proxy either. What that one says of the client is left. */
    public static void applyToTrustedRequest(RequestHead head) {
        apply(head, FROM_TRUSTED);
    }

    /** Cuts what a worker must not get of a request that another of us has handed over, which has cut the rest already. */
    public static void applyToHandedOver(RequestHead head) {
        apply(head, FROM_GATEWAY);
    }

    private static void apply(RequestHead head, long cut) {
        long noticed = cut | NOTICED;
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            int id = head.id(i);
            if ((noticed >>> id & 1) != 0) {
                notice(head, i, id, cut);
            }
        }
    }

    private static void notice(RequestHead head, int i, int id, long cut) {
        boolean ignoredExpect = id == FieldName.EXPECT && head.isHttp10(); // RFC 9110, 10.1.1
        if ((cut >>> id & 1) != 0 || ignoredExpect) {
            head.cut(i);
        }
        if (id == FieldName.TE) {
            head.teTrailers |= namesTrailers(head, i);
        } else if (id == FieldName.VIA) {
            head.hops += Via.countOfUs(head, i);
        }
    }

    /** Cuts what a client must not get from a worker. */
    public static void applyToResponse(ResponseHead head) {
        boolean noLength = head.status == 204 || head.status < 200;
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            int id = head.id(i);
            if ((FROM_WORKER >>> id & 1) != 0 || (noLength && id == FieldName.CONTENT_LENGTH)) {
                head.cut(i);
            }
        }
    }

    private static boolean namesTrailers(Head head, int field) {
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        for (int i = from; i < to; i++) {
            int start = i;
            while (i < to && head.bytes[i] != ',' && head.bytes[i] != ' ') {
                i++;
            }
            if (Bytes.equalsIgnoreCase(head.bytes, start, i, TRAILERS)) {
                return true;
            }
        }
        return false;
    }
}

package io.weir.http;

import java.nio.charset.StandardCharsets;

/**
 * Which fields go no further (RFC 9110, 7.6.1): those that are meant for one hop, and from clients also those that a worker would take for
 * our word. Fields that {@code Connection} names were cut by the parser already.
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
    private static final long OURS_TO_SAY =
            bit(FieldName.FORWARDED) | bit(FieldName.X_FORWARDED) | bit(FieldName.X_REQUEST_ID) | bit(FieldName.SPOOFABLE);
    private static final long FROM_CLIENT = ONE_HOP | OURS_TO_SAY;
    private static final long NOTICED = FROM_CLIENT | bit(FieldName.EXPECT) | bit(FieldName.VIA);
    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.US_ASCII);

    private FieldRules() {}

    private static long bit(int id) {
        return 1L << id;
    }

    /** Cuts what a worker must not get from a client that is not trusted. */
    public static void applyToRequest(RequestHead head) {
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            int id = head.id(i);
            if ((NOTICED >>> id & 1) != 0) {
                notice(head, i, id);
            }
        }
    }

    private static void notice(RequestHead head, int i, int id) {
        boolean ignoredExpect = id == FieldName.EXPECT && head.isHttp10(); // RFC 9110, 10.1.1
        if ((FROM_CLIENT >>> id & 1) != 0 || ignoredExpect) {
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
        boolean noLength = head.status == 204 || head.isInterim();
        for (int i = 0, n = head.fieldCount(); i < n; i++) {
            int id = head.id(i);
            if ((ONE_HOP >>> id & 1) != 0 || (noLength && id == FieldName.CONTENT_LENGTH)) {
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

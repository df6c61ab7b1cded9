package io.weir.http;

import java.nio.charset.StandardCharsets;

/**
 * That one load balancer hands a request over to that of another region: {@code Weir-Hop: <instance>;to=<region>;app=<app>}, of a form that
 * is exactly so. The receiver uses its own pool of that app and region and no other. By {@code Weir-Reason} it says of an answer of its own
 * that no worker has got anything of the request, or that the one attempt at a worker failed.
 *
 * <p>One for each exchange, used again; touched by its loop alone.
 */
public final class HandOver {
    private static final byte[] TO = ascii(";to=");
    private static final byte[] APP = ascii(";app=");
    /**
     * Reasons for which nothing of a request has gone to a worker, and another region may serve it. Not those that are the request's own
     * fault: it would be refused elsewhere too.
     */
    private static final byte[][] NOT_TAKEN = {
        ascii("no_workers"),
        ascii("residency"),
        ascii("overloaded"),
        ascii("draining"),
        ascii("connect_failed"),
        ascii("connect_timeout"),
        ascii("total_timeout"),
        ascii("wrong_region")
    };
    /** Reasons for which a worker may have seen the request, and none has answered it. */
    private static final byte[][] FAILED = {ascii("reset"), ascii("bad_response"), ascii("response_timeout")};

    private boolean wellFormed;
    private int instance;
    private int instanceEnd;
    private int pool;
    private int app;
    private int end;

    /** The line that a request to a gateway bears. */
    public static byte[] line(String instance, String region, String app) {
        return ascii("Weir-Hop: " + instance + ";to=" + poolKey(region, app) + "\r\n");
    }

    /** A pool as it stands in the field: what {@code [poolStart, poolEnd)} holds. */
    public static String poolKey(String region, String app) {
        return region + ";app=" + app;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a request says that it is handed over. Whether that is well formed, {@link #wellFormed} tells then. */
    public boolean read(RequestHead head) {
        int field = head.find(FieldName.WEIR_HOP);
        if (field < 0) {
            return false;
        }
        wellFormed = parse(head.bytes, head.valueStart(field), head.valueEnd(field)) && !twice(head, field);
        return true;
    }

    private static boolean twice(RequestHead head, int first) {
        for (int i = first + 1; i < head.fieldCount(); i++) {
            if (head.id(i) == FieldName.WEIR_HOP) {
                return true;
            }
        }
        return false;
    }

    private boolean parse(byte[] b, int from, int to) {
        instance = from;
        instanceEnd = nameEnd(b, from, to);
        pool = instanceEnd + TO.length;
        if (instanceEnd == from || !isAt(b, instanceEnd, to, TO)) {
            return false;
        }
        int regionEnd = nameEnd(b, pool, to);
        app = regionEnd + APP.length;
        if (regionEnd == pool || !isAt(b, regionEnd, to, APP)) {
            return false;
        }
        end = nameEnd(b, app, to);
        return end == to && end > app;
    }

    private static int nameEnd(byte[] b, int from, int to) {
        int i = from;
        while (i < to && (FieldName.TOKEN[b[i] & 0xff] != 0 || b[i] == ':')) {
            i++;
        }
        return i;
    }

    private static boolean isAt(byte[] b, int from, int to, byte[] text) {
        if (to - from < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (b[from + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Only then the others may be asked. */
    public boolean wellFormed() {
        return wellFormed;
    }

    /** Whether it was handed over by the instance of that name. */
    public boolean isBy(byte[] name, RequestHead head) {
        return instanceEnd - instance == name.length && isAt(head.bytes, instance, instanceEnd, name);
    }

    /** Region and app are {@code [poolStart, poolEnd)}, as of {@link #poolKey}. */
    public int poolStart() {
        return pool;
    }

    /** The app's name is {@code [appStart, poolEnd)}. */
    public int appStart() {
        return app;
    }

    public int poolEnd() {
        return end;
    }

    /** Whether a gateway says that nothing of the request has gone to a worker. */
    public static boolean isNotTaken(ResponseHead head) {
        return bearsOneOf(NOT_TAKEN, head);
    }

    /** Whether a gateway says that its attempt at a worker, which may have seen the request, failed. */
    public static boolean isFailed(ResponseHead head) {
        return bearsOneOf(FAILED, head);
    }

    private static boolean bearsOneOf(byte[][] reasons, ResponseHead head) {
        int field = head.status < 400 ? -1 : head.find(FieldName.WEIR_REASON);
        if (field < 0) {
            return false;
        }
        int from = head.valueStart(field);
        int to = head.valueEnd(field);
        for (byte[] reason : reasons) {
            if (to - from == reason.length && isAt(head.bytes, from, to, reason)) {
                return true;
            }
        }
        return false;
    }
}

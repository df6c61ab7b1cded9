package io.weir.exchange;

import io.weir.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What gRPC says in the head of a request (its protocol over HTTP/2): that it is one, and how long it may take. And how its failures are
 * told, which clients of gRPC read from {@code grpc-status} and not from HTTP's.
 */
final class GrpcCall {
    private static final byte[] CONTENT_TYPE = ascii("content-type");
    private static final byte[] APPLICATION_GRPC = ascii("application/grpc");
    private static final byte[] TIMEOUT = ascii("grpc-timeout");
    private static final int MOST_DIGITS = 8;
    /** Not said, or not understood. */
    static final long NO_TIMEOUT = -1;

    private GrpcCall() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a request is a call. Only HTTP/2 carries them. */
    static boolean is(RequestHead head) {
        if (!head.isHttp2() || head.method() != RequestHead.Method.POST) {
            return false;
        }
        int field = head.findReceived(CONTENT_TYPE);
        if (field < 0) {
            return false;
        }
        byte[] b = head.bytes();
        int from = head.valueStart(field);
        int end = from + APPLICATION_GRPC.length;
        if (end > head.valueEnd(field)) {
            return false;
        }
        for (int i = 0; i < APPLICATION_GRPC.length; i++) {
            if ((b[from + i] | ' ') != APPLICATION_GRPC[i] && b[from + i] != APPLICATION_GRPC[i]) {
                return false;
            }
        }
        return end == head.valueEnd(field) || b[end] == '+' || b[end] == ';' || b[end] == ' '; // application/grpc-web is another thing
    }

    /** How long the call may take, in ns, or {@link #NO_TIMEOUT}. */
    static long timeout(RequestHead head) {
        int field = head.findReceived(TIMEOUT);
        if (field < 0) {
            return NO_TIMEOUT;
        }
        byte[] b = head.bytes();
        int from = head.valueStart(field);
        int unit = head.valueEnd(field) - 1;
        if (unit <= from || unit - from > MOST_DIGITS) {
            return NO_TIMEOUT;
        }
        long n = 0;
        for (int i = from; i < unit; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return NO_TIMEOUT;
            }
            n = 10 * n + b[i] - '0';
        }
        TimeUnit of = switch (b[unit]) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
        return of == null ? NO_TIMEOUT : of.toNanos(n);
    }

    /** The status of gRPC that stands for a failure of ours. */
    static int status(Reason why, int httpStatus) {
        return switch (why) {
            case BODY_TOO_LARGE, HEAD_TOO_LARGE, URI_TOO_LONG -> 8; // RESOURCE_EXHAUSTED
            case REQUEST_TIMEOUT, RESPONSE_TIMEOUT, TOTAL_TIMEOUT, CONNECT_TIMEOUT -> 4; // DEADLINE_EXCEEDED
            case REFUSED -> 7; // PERMISSION_DENIED
            case NO_ROUTE, WRONG_REGION, MISDIRECTED, METHOD_NOT_ALLOWED, UNKNOWN_CODING -> 12; // UNIMPLEMENTED
            case BAD_REQUEST, BAD_VERSION, LOOP -> 13; // INTERNAL
            case CLIENT_GONE -> 1; // CANCELLED
            default -> byHttp(httpStatus);
        };
    }

    /** As gRPC's own table has it (http-grpc-status-mapping). */
    private static int byHttp(int status) {
        return switch (status) {
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14; // UNAVAILABLE
            default -> 2; // UNKNOWN
        };
    }

    /** A text as {@code grpc-message} has it: visible ASCII, all else as the escapes of its UTF-8. */
    static String message(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7f && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16))).append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return out.toString();
    }
}

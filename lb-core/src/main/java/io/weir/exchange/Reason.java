package io.weir.exchange;

import io.weir.http.BadMessage;
import io.weir.upstream.AttemptFailure;

/** Why an exchange ended as it did. The code stands in error answers and logs; the status is what the client gets where it can still get one. */
public enum Reason {
    OK("ok", 0, ""),
    /** A mapping sends the client elsewhere; the status is the mapping's. */
    REDIRECTED("redirected", 308, "This has moved"),
    /** A mapping answers by itself; the status is the mapping's. */
    RESPONDED("responded", 0, "This host and path are answered without an app"),
    BAD_REQUEST("bad_request", 400, "The request is malformed"),
    NO_ROUTE("no_route", 404, "No app answers at this host and path"),
    METHOD_NOT_ALLOWED("method_not_allowed", 405, "This method is not served here"),
    REQUEST_TIMEOUT("request_timeout", 408, "The request did not arrive in time"),
    /** A listener that goes by the server names of TLS has got something else. */
    NOT_TLS("not_tls", 0, "What the client sent is not the beginning of TLS"),
    /** A listener that goes by the server names of TLS has got none. */
    NO_SERVER_NAME("no_server_name", 0, "The client's TLS names no server"),
    BODY_TOO_LARGE("body_too_large", 413, "The request's body is over the limit"),
    URI_TOO_LONG("uri_too_long", 414, "The request line is over the limit"),
    WRONG_REGION("wrong_region", 421, "The app is not served here for the region that was asked for"),
    MISDIRECTED("misdirected", 421, "This host may not be asked for on a connection that was opened for another one"),
    HEAD_TOO_LARGE("head_too_large", 431, "The request's head is over the limit"),
    REFUSED("refused", 403, "The request was refused"),
    CLIENT_GONE("client_gone", 499, "The client went away"),
    UNKNOWN_CODING("unknown_coding", 501, "The request has a transfer coding that is not known here"),
    UNKNOWN_PROTOCOL("unknown_protocol", 501, "A tunnel is asked for that is not known here"),
    CONNECT_FAILED("connect_failed", 502, "No worker of the app could be reached"),
    BAD_RESPONSE("bad_response", 502, "The worker's response is malformed"),
    /** A client of HTTP/2 would take the worker's success for an open tunnel. */
    NOT_UPGRADED("not_upgraded", 502, "The worker answered what asked for a WebSocket as if it had not"),
    RESET("reset", 502, "The worker ended the connection before it answered"),
    TLS_FAILED("tls_failed", 502, "No TLS handshake with a worker of the app succeeded"),
    NO_WORKERS("no_workers", 503, "The app has no workers that could serve"),
    RESIDENCY("residency", 503, "The app's data may not be sent to any region where it has workers"),
    OVERLOADED("overloaded", 503, "All connections are in use"),
    DRAINING("draining", 503, "This load balancer is shutting down"),
    CONNECT_TIMEOUT("connect_timeout", 504, "No worker of the app accepted a connection in time"),
    RESPONSE_TIMEOUT("response_timeout", 504, "The worker did not answer in time"),
    LOOP("loop", 508, "The request has come through Weir so often that it must be going round in a circle"),
    TOTAL_TIMEOUT("total_timeout", 504, "The exchange took longer than it may"),
    BAD_VERSION("bad_version", 505, "HTTP/1.0 and HTTP/1.1 are spoken here"),
    /** The last attempt failed and the app's budget allows no further one; the status is the last attempt's. */
    RETRY_BUDGET("retry_budget", 502, "The worker failed, and too many requests are being tried again already"),
    /** The response broke off after its head had been passed on: the client sees a cut message. */
    RESPONSE_CUT("response_cut", 0, "The worker's response broke off"),
    /** Neither side moved for too long after the head of the response had been passed on. */
    IDLE_TIMEOUT("idle_timeout", 0, "The response stood still for too long"),
    /** Neither side of an upgraded connection has said anything for too long. Nobody's fault. */
    UPGRADE_IDLE("upgrade_idle", 0, "Nothing came on the upgraded connection for too long");

    private final String code;
    private final int status;
    private final String sentence;

    Reason(String code, int status, String sentence) {
        this.code = code;
        this.status = status;
        this.sentence = sentence;
    }

    /** As it stands in answers and logs. */
    public String code() {
        return code;
    }

    /** The status of the answer, or 0 where there is none of ours. */
    public int status() {
        return status;
    }

    /** For people, without a final stop. */
    public String sentence() {
        return sentence;
    }

    /** Whether the app's workers are to blame, or that there are none: what a failover is to spare clients. */
    public boolean ofWorkers() {
        return switch (this) {
            case CONNECT_FAILED, TLS_FAILED, BAD_RESPONSE, RESET, NO_WORKERS, CONNECT_TIMEOUT, RESPONSE_TIMEOUT, TOTAL_TIMEOUT, RETRY_BUDGET, RESPONSE_CUT,
                    IDLE_TIMEOUT ->
                true;
            default -> false;
        };
    }

    /** Whether it says by itself that an attempt was written and has failed. */
    boolean ofWrittenAttempt() {
        return this == RESET || this == BAD_RESPONSE || this == RESPONSE_TIMEOUT;
    }

    /** The reason for refusing a request with that fault. */
    public static Reason of(BadMessage fault) {
        return switch (fault.status()) {
            case 414 -> URI_TOO_LONG;
            case 431 -> HEAD_TOO_LARGE;
            case 501 -> fault == BadMessage.UNKNOWN_PROTOCOL ? UNKNOWN_PROTOCOL : UNKNOWN_CODING;
            case 505 -> BAD_VERSION;
            default -> BAD_REQUEST;
        };
    }

    /** The reason of an exchange whose last attempt failed so. */
    static Reason of(AttemptFailure failure) {
        return switch (failure) {
            case CONNECT_REFUSED, CONNECT_UNREACHABLE, CONNECT_IMPOSSIBLE, CONNECT_GIVEN_UP -> CONNECT_FAILED;
            case CONNECT_TIMEOUT -> CONNECT_TIMEOUT;
            case TLS_FAILED -> TLS_FAILED;
            case NO_SOCKET, QUEUE_FULL, QUEUE_TIMEOUT -> OVERLOADED;
            case NOT_TAKEN -> NO_WORKERS;
            case UNPROCESSED, LEFT_BEHIND -> OVERLOADED;
            case STALE, RESET, FAILED_BEHIND -> RESET;
            case BAD_RESPONSE -> BAD_RESPONSE;
            case RESPONSE_TIMEOUT, GIVEN_BACK -> RESPONSE_TIMEOUT;
            case CUT -> RESPONSE_CUT;
            case STALLED -> IDLE_TIMEOUT;
        };
    }
}

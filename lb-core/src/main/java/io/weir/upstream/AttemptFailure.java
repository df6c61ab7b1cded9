package io.weir.upstream;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.weir.health.check.Unconnected;

/** How an attempt at a worker failed, classified where it happens. */
public enum AttemptFailure {
    /** The worker, or its machine, refused the connection. */
    CONNECT_REFUSED(true),
    /** No connection within the time for it. */
    CONNECT_TIMEOUT(true),
    /** No way leads to the worker's machine. */
    CONNECT_UNREACHABLE(true),
    /** No such host. */
    CONNECT_IMPOSSIBLE(true),
    /** There was a connection, and no handshake: the worker speaks no TLS, can't prove who it is, or won't have us. */
    TLS_FAILED(true),
    /** The worker was found not to answer while the attempt waited for a connection. */
    CONNECT_GIVEN_UP(true),
    /** This process has no descriptor or no local port left. */
    NO_SOCKET(true),
    /** Every connection that the worker may have is in use, and so is every place in the queue for one. */
    QUEUE_FULL(true),
    /** A place in the queue did not lead to a connection in time. */
    QUEUE_TIMEOUT(true),
    /** The worker says that it has not looked at the request (HTTP/2's REFUSED_STREAM): it has too many. */
    UNPROCESSED(true),
    /** The connection takes no more requests, or its worker has ended it (HTTP/2's GOAWAY) and says that it has not looked at this one. */
    LEFT_BEHIND(true),
    /** The load balancer of another region says that it could not serve, and that nothing has gone to a worker. */
    NOT_TAKEN(true),
    /** The load balancer of another region says that its attempt at a worker, which may have seen the request, failed. */
    FAILED_BEHIND(false),
    /** The worker closed a connection that had served before, without a byte of an answer: it had given it up before our request came. */
    STALE(false),
    /** The connection ended, or was reset, before the head of the response was whole. */
    RESET(false),
    /** The response is not HTTP as we understand it. */
    BAD_RESPONSE(false),
    /** No head of a response in time. */
    RESPONSE_TIMEOUT(false),
    /** The worker was found not to answer while the attempt waited for the first byte of a response. */
    GIVEN_BACK(false),
    /** The response ended early, after its head was there. */
    CUT(false),
    /** The response stood still for too long, after its head was there, and we would have taken more. */
    STALLED(false);

    private final boolean neverWritten;

    AttemptFailure(boolean neverWritten) {
        this.neverWritten = neverWritten;
    }

    /** How an attempt failed whose connection could not be secured. */
    static AttemptFailure ofHandshake(Throwable cause) {
        return cause instanceof SslHandshakeTimeoutException ? CONNECT_TIMEOUT : TLS_FAILED;
    }

    /** How an attempt failed that had no connection. */
    static AttemptFailure of(Unconnected why) {
        return switch (why) {
            case UNKNOWN_HOST -> CONNECT_IMPOSSIBLE;
            case NO_SOCKET, NO_PORT -> NO_SOCKET;
            case TIMED_OUT -> CONNECT_TIMEOUT;
            case NO_ROUTE, NO_NETWORK -> CONNECT_UNREACHABLE;
            case RESET, REFUSED, OTHER -> CONNECT_REFUSED;
        };
    }

    /** Whether the worker can't have seen any of the request: then every method may be tried again. */
    public boolean neverWritten() {
        return neverWritten;
    }

    /** Whether it speaks against the worker; else it met a limit of our own, or what is behind it. */
    public boolean ofWorker() {
        return this != NO_SOCKET && this != QUEUE_FULL && this != QUEUE_TIMEOUT && this != NOT_TAKEN && this != UNPROCESSED && this != LEFT_BEHIND;
    }

    /** Whether there was no connection to be had, and that at once: it says nothing of requests on connections that there are. */
    public boolean refused() {
        return this == CONNECT_REFUSED || this == CONNECT_IMPOSSIBLE;
    }

    /** Whether the worker didn't answer. */
    public boolean silent() {
        return switch (this) {
            case CONNECT_REFUSED,
                    CONNECT_TIMEOUT,
                    CONNECT_UNREACHABLE,
                    CONNECT_IMPOSSIBLE,
                    CONNECT_GIVEN_UP,
                    TLS_FAILED,
                    STALE,
                    RESET,
                    RESPONSE_TIMEOUT,
                    GIVEN_BACK -> true;
            case NO_SOCKET, QUEUE_FULL, QUEUE_TIMEOUT, NOT_TAKEN, UNPROCESSED, LEFT_BEHIND, FAILED_BEHIND, BAD_RESPONSE, CUT, STALLED -> false;
        };
    }
}

package io.weir.config;

/**
 * What one process takes on.
 *
 * @param connections open client connections over all listeners
 * @param requestLine the longest request line, in bytes
 * @param head the longest request head, in bytes
 * @param fields the most fields in a head
 * @param responseHead the longest head of a worker's response, in bytes
 * @param body the longest request body, in bytes; {@link #NO_BODY_LIMIT}: any length
 */
public record LimitSettings(int connections, int requestLine, int head, int fields, int responseHead, long body) {

    /** Bodies of any length. */
    public static final long NO_BODY_LIMIT = -1;

    static final Bounds<Integer> CONNECTIONS = Bounds.count(1, 1_000_000);

    // Below these, ordinary browsers with ordinary cookies are turned away; above, a few clients hold much memory.
    static final Bounds<Long> REQUEST_LINE = Bounds.size(256, 64 << 10);
    static final Bounds<Long> HEAD = Bounds.size(1 << 10, 1 << 20);
    static final Bounds<Integer> FIELDS = Bounds.count(10, 10_000);
    static final Bounds<Long> RESPONSE_HEAD = Bounds.size(1 << 10, 1 << 20);
    static final Bounds<Long> BODY = Bounds.size(0, 1L << 50);

    public static final LimitSettings DEFAULTS = new LimitSettings(8000, 8 << 10, 32 << 10, 100, 64 << 10, NO_BODY_LIMIT);

    public LimitSettings {
        CONNECTIONS.check("connections", connections);
        REQUEST_LINE.check("request-line", (long) requestLine);
        HEAD.check("head", (long) head);
        FIELDS.check("fields", fields);
        RESPONSE_HEAD.check("response-head", (long) responseHead);
        if (body != NO_BODY_LIMIT) {
            BODY.check("body", body);
        }
    }
}

package io.weir.config;

import java.time.Duration;

/**
 * How long a listener waits for a client.
 *
 * @param head from the first byte of a request (the connection's start, for the first one) to the end of its head
 * @param body the longest gap in a request's body
 * @param idle how long a connection may stay open between two requests
 */
public record ListenerTimeouts(Duration head, Duration body, Duration idle) {

    // 310 s: longer than the 300 s for which clients and proxies in front keep connections, so that they close first.
    public static final ListenerTimeouts DEFAULTS =
            new ListenerTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(310));

    public ListenerTimeouts {
        Timeouts.BOUNDS.check("head", head);
        Timeouts.BOUNDS.check("body", body);
        Timeouts.BOUNDS.check("idle", idle);
    }
}

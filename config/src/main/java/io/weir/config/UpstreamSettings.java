package io.weir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Connections to workers; every number is for one worker.
 *
 * @param connections open at once
 * @param queue exchanges that wait for a connection; one more is refused
 * @param idleConnections kept for later; more than {@code connections} is the same as {@code connections}
 * @param idle how long an unused connection is kept
 * @param http2 whether HTTP/2 is spoken there, and {@code connections} means streams; else HTTP/1.1
 * @param tls how they are secured; null: they aren't
 * @param proxyProtocol how connections say whom they are for, and then each is for one exchange; null: they don't
 */
public record UpstreamSettings(
        int connections,
        int queue,
        int idleConnections,
        Duration idle,
        boolean http2,
        @Nullable UpstreamTls tls,
        @Nullable ProxyVersion proxyProtocol) {

    static final Bounds<Integer> CONNECTIONS = Bounds.count(1, 100_000);
    static final Bounds<Integer> QUEUE = Bounds.count(0, 100_000);
    static final Bounds<Integer> IDLE_CONNECTIONS = Bounds.count(0, 100_000);

    // 60 s is longer than some servers keep an idle connection; one that they close first is noticed and costs no attempt.
    public static final UpstreamSettings DEFAULTS = new UpstreamSettings(1000, 64, 100, Duration.ofSeconds(60));

    public UpstreamSettings {
        CONNECTIONS.check("connections", connections);
        QUEUE.check("queue", queue);
        IDLE_CONNECTIONS.check("idle-connections", idleConnections);
        Timeouts.BOUNDS.check("idle", idle);
    }

    /** In clear, with HTTP/1.1, and without a word of whom they are for. */
    public UpstreamSettings(int connections, int queue, int idleConnections, Duration idle) {
        this(connections, queue, idleConnections, idle, false, null, null);
    }

    /** The same, secured so. */
    public UpstreamSettings over(@Nullable UpstreamTls other) {
        return new UpstreamSettings(connections, queue, idleConnections, idle, http2, other, proxyProtocol);
    }
}

package io.weir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long an app's workers may take.
 *
 * @param connect for a connection to a worker to stand
 * @param response from the end of the request to the end of the response's head
 * @param idle the longest gap in a body
 * @param websocket how long nothing may come on a WebSocket, in either direction
 * @param attempt for one attempt, from its start to the end of the response's head; null: no bound of its own
 * @param total for an exchange with all its attempts, to the response's last byte, or to a WebSocket's first; null: no bound
 */
public record AppTimeouts(
        Duration connect, Duration response, Duration idle, Duration websocket, @Nullable Duration attempt, @Nullable Duration total) {

    public static final AppTimeouts DEFAULTS =
            new AppTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ofSeconds(300), null, null);

    public AppTimeouts {
        Timeouts.BOUNDS.check("connect", connect);
        Timeouts.BOUNDS.check("response", response);
        Timeouts.BOUNDS.check("idle", idle);
        Timeouts.BOUNDS.check("websocket", websocket);
        if (attempt != null) {
            Timeouts.BOUNDS.check("attempt", attempt);
        }
        if (total != null) {
            Timeouts.BOUNDS.check("total", total);
        }
    }
}

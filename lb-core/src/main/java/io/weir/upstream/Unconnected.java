package io.weir.upstream;

import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection. Errors of sockets are told apart by the kernel's texts: Netty's transports share little more; a
 * {@link NoRouteToHostException} has none with some. Checks tell them apart in the same way.
 */
final class Unconnected {
    private Unconnected() {}

    static AttemptFailure classify(@Nullable Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return AttemptFailure.CONNECT_TIMEOUT;
        }
        if (cause instanceof ChannelException) {
            return AttemptFailure.NO_SOCKET;
        }
        String said = cause == null ? "" : String.valueOf(cause.getMessage());
        if (said.contains("Cannot assign requested address")) {
            return AttemptFailure.NO_SOCKET;
        }
        if (cause instanceof NoRouteToHostException || said.contains("No route to host") || said.contains("etwork is unreachable")) {
            return AttemptFailure.CONNECT_UNREACHABLE;
        }
        if (said.contains("timed out")) {
            return AttemptFailure.CONNECT_TIMEOUT;
        }
        return cause instanceof ConnectException ? AttemptFailure.CONNECT_REFUSED : AttemptFailure.CONNECT_IMPOSSIBLE;
    }
}

package io.weir.health.check;

import io.netty.channel.ChannelException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection, for checks and for requests alike. Errors of sockets are told apart by the kernel's texts: Netty's transports
 * share little more; a {@link NoRouteToHostException} has none with some.
 */
public enum Unconnected {
    /** Its name is that of no host. */
    UNKNOWN_HOST,
    /** This process has no descriptor left. */
    NO_SOCKET,
    /** This process has no local port left. */
    NO_PORT,
    /** Nobody answered in time. */
    TIMED_OUT,
    /** The host broke it off while it was made. */
    RESET,
    /** No way leads to the host. */
    NO_ROUTE,
    /** No way leads to the host's network. */
    NO_NETWORK,
    /** The host refused it. */
    REFUSED,
    /** Somebody on the way, or this process, did not let it be made. */
    OTHER;

    /** What {@code cause} says, with which connecting failed. */
    public static Unconnected of(@Nullable Throwable cause) {
        if (cause == null) {
            return OTHER;
        }
        if (cause instanceof UnknownHostException) { // first: names stand in its text
            return UNKNOWN_HOST;
        }
        if (cause instanceof ChannelException) {
            return NO_SOCKET;
        }
        return of(String.valueOf(cause.getMessage()), cause instanceof NoRouteToHostException);
    }

    private static Unconnected of(String said, boolean noRoute) {
        if (said.contains("Cannot assign requested address")) {
            return NO_PORT;
        }
        if (said.contains("timed out")) {
            return TIMED_OUT;
        }
        if (said.contains("onnection reset")) {
            return RESET;
        }
        if (noRoute || said.contains("No route to host")) { // without a text of the native transports, also for networks
            return NO_ROUTE;
        }
        if (said.contains("etwork is unreachable")) {
            return NO_NETWORK;
        }
        return said.contains("onnection refused") ? REFUSED : OTHER;
    }
}

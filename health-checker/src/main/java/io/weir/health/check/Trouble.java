package io.weir.health.check;

import io.netty.channel.ChannelException;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** What went wrong below the protocols, as a result. Errors of sockets are told apart by the kernel's texts: Netty's transports share little more. */
final class Trouble {

    private Trouble() {}

    /** There is no connection. */
    static CheckResult unconnected(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return CheckResult.failed(Failure.REFUSED, "unknown host: " + Excerpt.of(cause));
        }
        String said = String.valueOf(cause.getMessage());
        if (cause instanceof ChannelException) {
            return CheckResult.failed(Failure.UNASKED, "no socket: " + innermost(cause));
        }
        if (said.contains("Cannot assign requested address")) {
            return CheckResult.failed(Failure.UNASKED, "no local port is free");
        }
        if (said.contains("timed out")) {
            return CheckResult.failed(Failure.TIMEOUT, "no connection: timed out");
        }
        if (said.contains("onnection reset")) {
            return CheckResult.failed(Failure.RESET, "connection reset");
        }
        if (cause instanceof NoRouteToHostException || said.contains("No route to host")) { // without a text of the native transports, also for networks
            return CheckResult.failed(Failure.UNREACHABLE, "no route to host");
        }
        if (said.contains("etwork is unreachable")) {
            return CheckResult.failed(Failure.UNREACHABLE, "network is unreachable");
        }
        return CheckResult.failed(
                Failure.REFUSED, said.contains("onnection refused") ? "connection refused" : "no connection: " + Excerpt.of(said));
    }

    private static String innermost(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** A connection ended, by {@code cause} or in good order, and {@code missing} has not come. */
    static CheckResult ended(@Nullable Throwable cause, String missing) {
        if (cause == null || cause instanceof ClosedChannelException) {
            return CheckResult.failed(Failure.RESET, "connection closed, no " + missing);
        }
        String said = String.valueOf(cause.getMessage());
        if (said.contains("timed out")) {
            return CheckResult.failed(Failure.TIMEOUT, "connection timed out, no " + missing);
        }
        return CheckResult.failed(Failure.RESET, "connection reset, no " + missing);
    }
}

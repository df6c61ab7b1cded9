package io.weir.health.check;

import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** What went wrong below the protocols, as a result. */
final class Trouble {

    private Trouble() {}

    /** There is no connection. */
    static CheckResult unconnected(Throwable cause) {
        return switch (Unconnected.of(cause)) {
            case UNKNOWN_HOST -> CheckResult.failed(Failure.REFUSED, "unknown host: " + Excerpt.of(cause));
            case NO_SOCKET -> CheckResult.failed(Failure.UNASKED, "no socket: " + innermost(cause));
            case NO_PORT -> CheckResult.failed(Failure.UNASKED, "no local port is free");
            case TIMED_OUT -> CheckResult.failed(Failure.TIMEOUT, "no connection: timed out");
            case RESET -> CheckResult.failed(Failure.RESET, "connection reset");
            case NO_ROUTE -> CheckResult.failed(Failure.UNREACHABLE, "no route to host");
            case NO_NETWORK -> CheckResult.failed(Failure.UNREACHABLE, "network is unreachable");
            case REFUSED -> CheckResult.failed(Failure.REFUSED, "connection refused");
            case OTHER -> CheckResult.failed(Failure.REFUSED, "no connection: " + Excerpt.of(String.valueOf(cause.getMessage())));
        };
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

    /** A handshake failed, or what came was none. */
    static CheckResult handshake(Throwable cause) {
        return cause instanceof SSLHandshakeException
                ? CheckResult.failed(Failure.UNWELL, "TLS handshake failed: " + Excerpt.of(TlsFault.of(cause)))
                : CheckResult.failed(Failure.MALFORMED, "no TLS: " + Excerpt.of(cause));
    }

    /** What made a write fail, if that it was. */
    static Throwable belowTls(Throwable cause) {
        return cause instanceof SSLException && cause.getCause() instanceof IOException below ? below : cause;
    }
}

package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** What is said of workers that can't be connected to. */
class TroubleTest {
    @Test
    void whoRefusesIsToldFromWhoCantBeReached() {
        assertSays(Failure.REFUSED, "connection refused", new ConnectException("finishConnect(..) failed: Connection refused: /127.0.0.1:9"));
        assertSays(Failure.REFUSED, "unknown host: a.internal", new UnknownHostException("a.internal"));
        assertSays(Failure.REFUSED, "no connection: Permission denied", new ConnectException("Permission denied"));
        assertSays(Failure.UNREACHABLE, "no route to host", new NoRouteToHostException("connect(..) failed: No route to host"));
        assertSays(Failure.UNREACHABLE, "no route to host", new NoRouteToHostException("null: /10.1.0.1:9"));
        assertSays(Failure.UNREACHABLE, "network is unreachable", new ConnectException("connect(..) failed: Network is unreachable"));
        assertSays(Failure.TIMEOUT, "no connection: timed out", new ConnectException("Connection timed out"));
        assertSays(Failure.RESET, "connection reset", new ConnectException("finishConnect(..) failed: Connection reset by peer"));
    }

    @Test
    void whatThisProcessLacksIsNobodysFault() {
        assertSays(
                Failure.UNASKED,
                "no socket: Too many open files",
                new ChannelException("Unable to create Channel", new IOException("Too many open files")));
        assertSays(Failure.UNASKED, "no local port is free", new ConnectException("connect(..) failed: Cannot assign requested address"));
    }

    private static void assertSays(Failure failure, String detail, Throwable cause) {
        assertThat(Trouble.unconnected(cause)).isEqualTo(CheckResult.failed(failure, detail));
    }
}

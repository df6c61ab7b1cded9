package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** What the kernel's texts are taken for. */
class TroubleTest {
    @Test
    void whoRefusesIsToldFromWhoCantBeReached() {
        assertThat(Trouble.unconnected(new ConnectException("finishConnect(..) failed: Connection refused: /127.0.0.1:9")))
                .isEqualTo(CheckResult.failed(Failure.REFUSED, "connection refused"));
        assertThat(Trouble.unconnected(new UnknownHostException("a.internal"))).isEqualTo(CheckResult.failed(Failure.REFUSED, "unknown host: a.internal"));
        assertThat(Trouble.unconnected(new NoRouteToHostException("connect(..) failed: No route to host")))
                .isEqualTo(CheckResult.failed(Failure.UNREACHABLE, "no route to host"));
        assertThat(Trouble.unconnected(new NoRouteToHostException("null: /10.1.0.1:9")))
                .as("of epoll and io_uring, whichever of the two").isEqualTo(CheckResult.failed(Failure.UNREACHABLE, "no route to host"));
        assertThat(Trouble.unconnected(new ConnectException("connect(..) failed: Network is unreachable")))
                .isEqualTo(CheckResult.failed(Failure.UNREACHABLE, "network is unreachable"));
        assertThat(Trouble.unconnected(new ConnectException("connect(..) failed: Permission denied")).failure()).isEqualTo(Failure.REFUSED);
    }
}

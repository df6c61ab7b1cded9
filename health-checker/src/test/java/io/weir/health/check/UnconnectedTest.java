package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** What the kernel's texts are taken for, as each transport passes them on. */
class UnconnectedTest {
    @Test
    void somebodyRefused() {
        assertIs(Unconnected.REFUSED, new ConnectException("Connection refused: /127.0.0.1:1"));
        assertIs(Unconnected.REFUSED, ofTheKernel("finishConnect", -111, "Connection refused"));
    }

    @Test
    void noWayLeadsThere() {
        assertIs(Unconnected.NO_ROUTE, new NoRouteToHostException("null: /10.0.0.1:1"));
        assertIs(Unconnected.NO_ROUTE, new NoRouteToHostException("No route to host: /10.0.0.1:1"));
        assertIs(Unconnected.NO_ROUTE, ofTheKernel("finishConnect", -113, "No route to host"));
        assertIs(Unconnected.NO_NETWORK, new SocketException("Network is unreachable"));
        assertIs(Unconnected.NO_NETWORK, ofTheKernel("connect", -101, "Network is unreachable"));
    }

    @Test
    void nothingCameInTime() {
        assertIs(Unconnected.TIMED_OUT, new ConnectTimeoutException("connection timed out after 1000 ms: /10.0.0.1:1"));
        assertIs(Unconnected.TIMED_OUT, new ConnectException("Connection timed out"));
        assertIs(Unconnected.TIMED_OUT, ofTheKernel("finishConnect", -110, "Connection timed out"));
    }

    @Test
    void thisProcessHasNoDescriptorOrPortLeft() {
        assertIs(Unconnected.NO_SOCKET, new ChannelException("Unable to create Channel", new IOException("Too many open files")));
        assertIs(Unconnected.NO_PORT, new BindException("Cannot assign requested address"));
        assertIs(Unconnected.NO_PORT, ofTheKernel("connect", -99, "Cannot assign requested address"));
    }

    @Test
    void theNameIsUnknownWhateverStandsInIt() {
        assertIs(Unconnected.UNKNOWN_HOST, new UnknownHostException("nowhere.invalid"));
        assertIs(Unconnected.UNKNOWN_HOST, new UnknownHostException("Failed to resolve 'a.internal': query timed out"));
    }

    @Test
    void itBrokeOffWhileItWasMade() {
        assertIs(Unconnected.RESET, new SocketException("Connection reset"));
        assertIs(Unconnected.RESET, ofTheKernel("finishConnect", -104, "Connection reset by peer"));
    }

    @Test
    void whateverElseThereIs() {
        assertIs(Unconnected.OTHER, ofTheKernel("connect", -13, "Permission denied"));
        assertIs(Unconnected.OTHER, new ConnectException());
        assertThat(Unconnected.of(null)).isEqualTo(Unconnected.OTHER);
    }

    /** As epoll's transport says it. */
    private static ConnectException ofTheKernel(String call, int error, String text) {
        return new ConnectException("%s(..) failed with error(%d): %s: /10.0.0.1:1".formatted(call, error, text));
    }

    private static void assertIs(Unconnected why, Throwable cause) {
        assertThat(Unconnected.of(cause)).isEqualTo(why);
    }
}

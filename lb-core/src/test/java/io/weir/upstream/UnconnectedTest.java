package io.weir.upstream;

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

class UnconnectedTest {
    @Test
    void somebodyRefused() {
        assertIs(AttemptFailure.CONNECT_REFUSED, new ConnectException("Connection refused: /127.0.0.1:1"));
        assertIs(AttemptFailure.CONNECT_REFUSED, ofTheKernel("finishConnect", -111, "Connection refused"));
    }

    @Test
    void noWayLeadsThere() {
        assertIs(AttemptFailure.CONNECT_UNREACHABLE, new NoRouteToHostException("null: /10.0.0.1:1"));
        assertIs(AttemptFailure.CONNECT_UNREACHABLE, new NoRouteToHostException("No route to host: /10.0.0.1:1"));
        assertIs(AttemptFailure.CONNECT_UNREACHABLE, ofTheKernel("finishConnect", -113, "No route to host"));
        assertIs(AttemptFailure.CONNECT_UNREACHABLE, new SocketException("Network is unreachable"));
        assertThat(AttemptFailure.CONNECT_UNREACHABLE.silent()).isTrue();
        assertThat(AttemptFailure.CONNECT_UNREACHABLE.refused()).as("who waits for an answer may wait in vain too").isFalse();
    }

    @Test
    void nothingCameInTime() {
        assertIs(AttemptFailure.CONNECT_TIMEOUT, new ConnectTimeoutException("connection timed out after 1000 ms: /10.0.0.1:1"));
        assertIs(AttemptFailure.CONNECT_TIMEOUT, new ConnectException("Connection timed out"));
    }

    @Test
    void thisProcessHasNoDescriptorOrPortLeft() {
        assertIs(AttemptFailure.NO_SOCKET, new ChannelException("Unable to create Channel", new IOException("Too many open files")));
        assertIs(AttemptFailure.NO_SOCKET, new BindException("Cannot assign requested address"));
        assertIs(AttemptFailure.NO_SOCKET, ofTheKernel("connect", -99, "Cannot assign requested address"));
        assertThat(AttemptFailure.NO_SOCKET.ofWorker()).isFalse();
    }

    @Test
    void theNameIsUnknown() {
        assertIs(AttemptFailure.CONNECT_IMPOSSIBLE, new UnknownHostException("nowhere.invalid"));
        assertThat(AttemptFailure.CONNECT_IMPOSSIBLE.refused()).isTrue();
    }

    /** As epoll's transport says it. */
    private static ConnectException ofTheKernel(String call, int error, String text) {
        return new ConnectException("%s(..) failed with error(%d): %s: /10.0.0.1:1".formatted(call, error, text));
    }

    private static void assertIs(AttemptFailure failure, Throwable cause) {
        assertThat(Unconnected.classify(cause)).isEqualTo(failure);
    }
}

package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.net.InetSocketAddress;

/** Connects, and closes the connection. */
final class TcpCheck extends WireCheck {
    private static final CheckResult CONNECTED = CheckResult.passed("connected");

    TcpCheck(Dialler dialler, InetSocketAddress address) {
        super(dialler, address, null);
    }

    @Override
    void prepare(ChannelPipeline pipeline) {}

    @Override
    void send(Channel connected) {
        settle(CONNECTED, false);
    }

    @Override
    void received(Object message, boolean asked) {}

    @Override
    String awaited() {
        return "connection";
    }

    @Override
    CheckResult malformed(Throwable cause) {
        return CheckResult.failed(Failure.MALFORMED, Excerpt.of(cause));
    }
}

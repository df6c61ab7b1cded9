package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.weir.config.PlainHttp;
import io.weir.config.TcpSettings;
import io.weir.loop.TransportKind;
import org.junit.jupiter.api.Test;

class ListenerTest {
    private final FrontendRig rig = new FrontendRig();

    private boolean sendsAtOnce(ListenerRules rules) {
        NioSocketChannel channel = new NioSocketChannel();
        try {
            channel.config().setOption(ChannelOption.TCP_NODELAY, false); // whatever Netty thinks best
            Listener.wire(TransportKind.NIO, channel, rig.frontend, rules);
            return channel.config().isTcpNoDelay();
        } finally {
            channel.unsafe().closeForcibly();
        }
    }

    /** A reload may make the one of the other, and with NIO no option of the listening socket follows. */
    @Test
    void withNioTheRulesInForceSayWhetherSmallWritesGoOutAtOnce() {
        ListenerRules http = rig.rules();
        ListenerRules tcp = new ListenerRules(
                http.timeouts(), null, PlainHttp.SERVE, null, null, http.http2(), null, TcpSettings.BY_SERVER_NAME, null);
        assertThat(sendsAtOnce(tcp)).isTrue();
        assertThat(sendsAtOnce(http)).isFalse();
    }
}

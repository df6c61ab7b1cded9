package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LoadBalancerTest {
    @Test
    void everyAddressThatCannotBeHadIsNamed() throws Exception {
        try (ServerSocket listener = taken();
                ServerSocket admin = taken()) {
            assertThatThrownBy(() -> start(settings(listener.getLocalPort(), admin.getLocalPort())))
                    .isInstanceOf(LoadBalancer.CannotListenException.class)
                    .message()
                    .hasLineCount(2)
                    .contains("127.0.0.1:" + listener.getLocalPort() + ": ", "127.0.0.1:" + admin.getLocalPort() + ": ");
        }
    }

    @Test
    void whatCouldBeHadIsGivenBackWhenAnotherAddressIsTaken() throws Exception {
        int free = freePort();
        try (ServerSocket listener = taken()) {
            assertThatThrownBy(() -> start(settings(listener.getLocalPort(), free)))
                    .isInstanceOf(LoadBalancer.CannotListenException.class);
        }
        try (ServerSocket again = new ServerSocket(free, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = taken()) {
            return socket.getLocalPort();
        }
    }

    private static LoadBalancer start(Settings settings) throws Exception {
        return LoadBalancer.start(settings, TransportChoice.of(settings.runtime().transport()), 1);
    }

    private static ServerSocket taken() throws Exception {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static Settings settings(int listener, int admin) throws Exception {
        String text = """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners: [ { bind: "127.0.0.1:%d" } ]
                admin: { bind: "127.0.0.1:%d" }
                runtime: { transport: nio }
                """.formatted(listener, admin);
        return ConfigReader.read("test", text).settings();
    }
}

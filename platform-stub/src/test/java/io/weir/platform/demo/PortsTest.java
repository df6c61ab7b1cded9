package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.BindAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void whereSomebodyListensIsTaken() throws Exception {
        try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.ofLiteral("127.1.2.3"))) {
            BindAddress his = new BindAddress("127.1.2.3", somebody.getLocalPort());
            BindAddress neighbour = new BindAddress("127.1.2.4", somebody.getLocalPort());

            assertThat(Ports.taken(List.of(neighbour, his))).containsExactly(his);
        }
    }

    @Test
    void whoListensAtEveryAddressTakesThemAll() throws Exception {
        try (ServerSocket somebody = new ServerSocket(0)) {
            BindAddress one = new BindAddress("127.1.2.3", somebody.getLocalPort());

            assertThat(Ports.taken(List.of(one))).containsExactly(one);
        }
    }

    @Test
    void anAddressOfAnotherMachineIsForeign() {
        List<BindAddress> addresses = List.of(new BindAddress("192.0.2.1", 80), new BindAddress("127.1.2.3", 80), new BindAddress("192.0.2.1", 81));

        assertThat(Ports.foreign(addresses)).containsExactly("192.0.2.1");
    }

    @Test
    void theSearchPassesOverWhatIsTaken() throws Exception {
        int found = Ports.free(1).orElseThrow();
        assertThat(Ports.taken(Scene.at(found).addresses())).isEmpty();

        BindAddress one = Scene.at(found).workers().getLast().address();
        try (ServerSocket somebody = new ServerSocket(one.port(), 1, InetAddress.ofLiteral(one.host()))) {
            assertThat(somebody.isBound()).isTrue();
            assertThat(Ports.free(1).orElseThrow()).isNotEqualTo(found);
        }
    }
}

package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections on every transport, since what the kernel says reaches us in different words. */
class TcpCheckTest {
    private static final CheckSettings.Kind TCP = new CheckSettings.Tcp();

    @ParameterizedTest
    @MethodSource("io.weir.health.check.Transport#available")
    void aConnectionIsEnoughAndIsClosedInGoodOrder(Transport transport) throws Exception {
        try (CheckRig rig = new CheckRig(transport);
                ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            Check check = rig.check(server.port(), TCP);
            assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("connected"));
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("io.weir.health.check.Transport#available")
    void nobodyListens(Transport transport) throws Exception {
        try (CheckRig rig = new CheckRig(transport)) {
            Check check = rig.check(portOfNobody(), TCP);
            for (int i = 0; i < 3; i++) {
                assertThat(rig.ask(check)).isEqualTo(CheckResult.failed(Failure.REFUSED, "connection refused"));
            }
        }
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The kernel drops SYNs to a socket whose queue is full, as a black hole would. */
    @ParameterizedTest
    @MethodSource("io.weir.health.check.Transport#available")
    void nobodyTakesConnectionsUp(Transport transport) throws Exception {
        List<Socket> queued = new ArrayList<>();
        try (CheckRig rig = new CheckRig(transport);
                ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fill(full, queued);
            Check check = rig.check(full.getLocalPort(), TCP);
            for (int i = 0; i < 2; i++) {
                assertThat(rig.ask(check, CheckRig.SHORT)).isEqualTo(CheckResult.failed(Failure.TIMEOUT, "no connection within 700 ms"));
            }
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    private static void fill(ServerSocket server, List<Socket> queued) throws IOException {
        try {
            for (int i = 0; i < 50; i++) {
                Socket socket = new Socket();
                queued.add(socket);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()), 500);
            }
        } catch (SocketTimeoutException _) {
            return;
        }
        throw new IOException("the queue doesn't get full");
    }

    @ParameterizedTest
    @MethodSource("io.weir.health.check.Transport#available")
    void aConnectionThatIsResetBetweenQuestionAndAnswerIsAFailure(Transport transport) throws Exception {
        try (CheckRig rig = new CheckRig(transport);
                ScriptedServer server = new ScriptedServer(connection -> {
                    connection.request();
                    connection.reset();
                })) {
            assertThat(rig.ask(server.port(), CheckRig.http())).isEqualTo(CheckResult.failed(Failure.RESET, "connection reset, no answer"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.weir.health.check.Transport#available")
    void keptConnectionsSurviveOnEveryTransport(Transport transport) throws Exception {
        try (CheckRig rig = new CheckRig(transport);
                ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) {
            Check check = rig.check(server.port(), CheckRig.http());
            for (int i = 0; i < 20; i++) {
                assertThat(rig.ask(check).passed()).isTrue();
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}

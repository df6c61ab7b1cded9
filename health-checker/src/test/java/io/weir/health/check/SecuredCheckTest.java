package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import io.weir.topology.WorkerAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that go over TLS, as requests do. */
class SecuredCheckTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    private static Path folder;

    private static TestCertificate valid;

    private final CheckRig rig = new CheckRig();

    @BeforeAll
    static void makeCertificate() throws Exception {
        valid = TestCertificate.make(folder, "valid", "-1d", 30);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static ServerSocket listen() throws Exception {
        return valid.server().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static void answerAll(ScriptedServer.Connection connection) throws java.io.IOException {
        while (connection.request() != null) {
            connection.write(OK);
        }
    }

    @Test
    void httpIsAskedAgainOnTheSameConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer(listen(), SecuredCheckTest::answerAll)) {
            Check check = rig.check(new WorkerAddress("127.0.0.1", server.port()), CheckRig.overTls(CheckRig.http(), false));
            for (int i = 0; i < 3; i++) {
                assertThat(rig.ask(check)).isEqualTo(CheckResult.passed("status 200"));
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void whoCanNotProveItIsUnwell() throws Exception {
        try (ScriptedServer server = new ScriptedServer(listen(), SecuredCheckTest::answerAll)) {
            CheckResult result = rig.askOverTls(server.port(), CheckRig.http(), true);

            assertThat(result.failure()).isEqualTo(Failure.UNWELL);
            assertThat(result.detail()).startsWith("TLS handshake failed: ").contains("nobody who is believed has issued its certificate");
        }
    }

    @Test
    void aConnectionIsAHandshake() throws Exception {
        try (ScriptedServer server = new ScriptedServer(listen(), ScriptedServer.Connection::awaitEnd)) {
            CheckResult result = rig.askOverTls(server.port(), new CheckSettings.Tcp(), false);

            assertThat(result.passed()).isTrue();
            assertThat(result.detail()).startsWith("TLSv1.3, certificate until ");
        }
    }

    @Test
    void inClearIsNoTls() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
            connection.awaitEnd();
        })) {
            CheckResult result = rig.askOverTls(server.port(), CheckRig.http(), false);

            assertThat(result.failure()).isEqualTo(Failure.MALFORMED);
            assertThat(result.detail()).startsWith("no TLS: ");
        }
    }

    @Test
    void anEndAmidTheHandshakeIsOne() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {})) {
            CheckResult result = rig.askOverTls(server.port(), CheckRig.http(), false);

            assertThat(result.failure()).isEqualTo(Failure.RESET);
            assertThat(result.detail()).contains("TLS handshake");
        }
    }

    @Test
    void grpcIsAskedOverTls() throws Exception {
        try (GrpcServer server = new GrpcServer(valid.server(), GrpcServer.answering(GrpcServer.SERVING, "grpc-status", "0"))) {
            assertThat(rig.askOverTls(server.port(), new CheckSettings.Grpc(""), false).passed()).isTrue();
        }
    }
}

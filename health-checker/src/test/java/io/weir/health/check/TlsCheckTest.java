package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsCheckTest {
    private static final CheckSettings.Kind TLS = new CheckSettings.Tls(null);

    @TempDir
    private static Path folder;

    private static TestCertificate valid;
    private static TestCertificate expired;

    private final CheckRig rig = new CheckRig();

    @BeforeAll
    static void makeCertificates() throws Exception {
        valid = TestCertificate.make(folder, "valid", "-1d", 30);
        expired = TestCertificate.make(folder, "expired", "-10d", 5);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static SSLServerSocket listen(TestCertificate certificate, String... protocols) throws Exception {
        SSLServerSocket listening = (SSLServerSocket)
                certificate.server().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        if (protocols.length > 0) {
            listening.setEnabledProtocols(protocols);
        }
        return listening;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aHandshakeIsEnoughAndTellsWhenTheCertificateEnds(String protocol) throws Exception {
        try (ScriptedServer server = new ScriptedServer(listen(valid, protocol), ScriptedServer.Connection::awaitEnd)) {
            CheckResult result = rig.ask(server.port(), TLS);
            assertThat(result).isEqualTo(new CheckResult(null, protocol + ", certificate until " + valid.end(), valid.end()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void theConnectionIsClosedInGoodOrder(String protocol) throws Exception {
        try (ScriptedServer server = new ScriptedServer(listen(valid, protocol), ScriptedServer.Connection::awaitEnd)) {
            Check check = rig.check(server.port(), TLS);
            for (int i = 0; i < 5; i++) {
                assertThat(rig.ask(check).passed()).isTrue();
                assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
            }
        }
    }

    @Test
    void aConnectionThatTheWorkerKeepsOpenIsGivenUp() throws Exception {
        CountDownLatch tested = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(listen(valid), connection -> {
            ((SSLSocket) connection.socket()).startHandshake();
            awaitUninterruptibly(tested);
        })) {
            Check check = rig.check(server.port(), TLS);
            for (int i = 0; i < 5; i++) {
                assertThat(rig.ask(check).passed()).isTrue();
            }
            rig.awaitConnections(0);
            assertThat(server.connections()).isEqualTo(5);
            tested.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anExpiredCertificateIsToldAndIsNoFailure() throws Exception {
        try (ScriptedServer server = new ScriptedServer(listen(expired), ScriptedServer.Connection::awaitEnd)) {
            CheckResult result = rig.ask(server.port(), TLS);
            assertThat(result.passed()).isTrue();
            assertThat(result.certificateEnd()).isEqualTo(expired.end()).isBefore(Instant.now());
        }
    }

    @Test
    void noSessionIsResumedSoThatEachHandshakeShowsTheCertificate() throws Exception {
        BlockingQueue<Instant> created = new LinkedBlockingQueue<>();
        try (ScriptedServer server = new ScriptedServer(listen(valid), connection -> {
            SSLSocket socket = (SSLSocket) connection.socket();
            socket.startHandshake();
            created.add(Instant.ofEpochMilli(socket.getSession().getCreationTime()));
            connection.awaitEnd();
        })) {
            Check check = rig.check(server.port(), TLS);
            for (int i = 0; i < 3; i++) {
                assertThat(rig.ask(check).certificateEnd()).isEqualTo(valid.end());
            }
            Instant first = created.poll(60, TimeUnit.SECONDS);
            Instant second = created.poll(60, TimeUnit.SECONDS);
            Instant third = created.poll(60, TimeUnit.SECONDS);
            assertThat(first).isBefore(third);
            assertThat(second).isNotNull();
        }
    }

    @Test
    void sendsTheServersName() throws Exception {
        BlockingQueue<String> names = new LinkedBlockingQueue<>();
        try (ScriptedServer server = new ScriptedServer(listen(valid), connection -> {
            SSLSocket socket = (SSLSocket) connection.socket();
            socket.startHandshake();
            names.add(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames().toString());
            connection.awaitEnd();
        })) {
            assertThat(rig.ask(server.port(), new CheckSettings.Tls("orders.internal")).passed()).isTrue();
            assertThat(names.poll(60, TimeUnit.SECONDS)).contains("orders.internal");
            assertThat(rig.ask(server.port(), TLS).passed()).isTrue();
            assertThat(names.poll(60, TimeUnit.SECONDS)).isEqualTo("[]");
        }
    }

    /** The JDK's own server would refuse it. */
    @Test
    void theServersNameMayHoldUnderscores() throws Exception {
        BlockingQueue<String> hellos = new LinkedBlockingQueue<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            byte[] hello = new byte[4096];
            int length = connection.socket().getInputStream().read(hello);
            hellos.add(new String(hello, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
        })) {
            assertThat(rig.ask(server.port(), new CheckSettings.Tls("orders_blue.internal")).passed()).isFalse();
            assertThat(hellos.poll(60, TimeUnit.SECONDS)).contains("orders_blue.internal");
        }
    }

    @Test
    void aHandshakeThatTheWorkerRefusesIsUnwell() throws Exception {
        SSLServerSocket listening = listen(valid, "TLSv1.2");
        listening.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}); // its key is no RSA key
        try (ScriptedServer server = new ScriptedServer(listening, ScriptedServer.Connection::awaitEnd)) {
            CheckResult result = rig.ask(server.port(), TLS);
            assertThat(result.failure()).isEqualTo(Failure.UNWELL);
            assertThat(result.detail()).startsWith("TLS handshake failed: ").contains("handshake_failure");
        }
    }

    @Test
    void anHttpServerIsNoTls() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.write("HTTP/1.1 400 Bad Request\r\ncontent-length: 2000\r\n\r\n" + "x".repeat(2000));
            connection.awaitEnd();
        })) {
            CheckResult result = rig.ask(server.port(), TLS);
            assertThat(result.failure()).isEqualTo(Failure.MALFORMED);
            assertThat(result.detail()).startsWith("no TLS: ").hasSizeLessThan(150);
        }
    }

    @Test
    void aConnectionThatEndsInTheHandshakeIsLost() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            if (connection.socket().getInputStream().read() < 0) {
                throw new IOException("nothing came");
            }
            connection.socket().getInputStream().skipNBytes(connection.socket().getInputStream().available());
        })) {
            CheckResult result = rig.ask(server.port(), TLS);
            assertThat(result).isEqualTo(CheckResult.failed(Failure.RESET, "connection closed, no TLS handshake"));
        }
    }

    @Test
    void aConnectionThatIsResetInTheHandshakeIsLost() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::reset)) {
            Check check = rig.check(server.port(), TLS);
            for (int i = 0; i < 50; i++) { // while connecting, before the first flight is written, or after
                CheckResult result = rig.ask(check);
                assertThat(result.failure()).as(result.detail()).isEqualTo(Failure.RESET);
            }
        }
    }

    @Test
    void aWorkerThatSaysNothingIsWaitedForNoLongerThanTheTimeout() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            Check check = rig.check(server.port(), TLS);
            assertThat(rig.ask(check, CheckRig.SHORT)).isEqualTo(CheckResult.failed(Failure.TIMEOUT, "no TLS handshake within 700 ms"));
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
        }
    }
}

package io.weir.app;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.rsa;
import static io.weir.tls.TestCertificates.selfSigned;
import static io.weir.tls.TestCertificates.signed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.CertificateKeeper.CannotServeTlsException;
import io.weir.config.ConfigReader;
import io.weir.loop.TransportKind;
import io.weir.tls.TestCertificates.Issued;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy on the loopback, with a worker that speaks TLS. */
class WorkerTlsTest {
    private static final int SECONDS = 30;
    private static final int LARGE = 3_000_000;
    private static final String NAME = "worker.internal";
    private static final String GET = "GET / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Issued ca = authority("issuer");
    private final Issued good = signed(ec(), ca, false, days(30), NAME, "127.0.0.1");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private @Nullable ServerSocket worker;

    /** What a worker saw of a connection. */
    private record Seen(List<String> names, @Nullable Certificate client, String head) {}

    /** What a worker does with a connection on which it has read a head. */
    @FunctionalInterface
    private interface Doing {
        void with(SSLSocket connection, Socket below, String head) throws Exception;
    }

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    private static Instant days(int days) {
        return Instant.now().plus(days, ChronoUnit.DAYS);
    }

    @BeforeEach
    void writeIssuer() {
        ca.write(folder, "ca");
        good.write(folder, "good");
    }

    @AfterEach
    void stop() throws IOException {
        threads.shutdownNow();
        if (worker != null) {
            worker.close();
        }
    }

    private int serve(Issued shown, boolean asksClient, Doing doing) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", shown.key(), new char[0], new Certificate[] {shown.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", ca.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        worker = server;
        var _ = threads.submit(() -> {
            while (!server.isClosed()) {
                Socket below = server.accept();
                SSLSocket connection = (SSLSocket) context.getSocketFactory().createSocket(below, null, below.getPort(), true);
                connection.setUseClientMode(false);
                connection.setNeedClientAuth(asksClient);
                var _ = threads.submit(() -> {
                    try (connection) {
                        String head = head(connection.getInputStream());
                        ExtendedSSLSession session = (ExtendedSSLSession) connection.getSession();
                        List<String> names = session.getRequestedServerNames().stream().map(WorkerTlsTest::text).toList();
                        seen.add(new Seen(names, asksClient ? session.getPeerCertificates()[0] : null, head));
                        doing.with(connection, below, head);
                    }
                    return null;
                });
            }
            return null;
        });
        return server.getLocalPort();
    }

    private static String text(SNIServerName name) {
        return new String(name.getEncoded(), ISO_8859_1);
    }

    private int serve(Issued shown) throws Exception {
        return serve(shown, false, (connection, _, _) -> connection.getOutputStream().write(OK.getBytes(ISO_8859_1)));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended after " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private LoadBalancer start(TransportKind transport, int port, String tls, String check) throws Exception {
        return LoadBalancer.start(ConfigReader.read("test", """
                domains: [example.com]
                here: { region: ca-c1, zone: ca-c1a }
                regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                apps:
                  orders:
                    pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }
                    upstream: { tls: { %s } }
                    check: %s
                """.formatted(port, tls.replace("FOLDER", folder.toString()), check)).settings(), new TransportChoice(transport, "the test's"), 1);
    }

    private static Socket connect(LoadBalancer proxy) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.addresses().getFirst().getPort());
        client.setSoTimeout(SECONDS * 1000);
        return client;
    }

    private static String ask(LoadBalancer proxy, String request) throws IOException {
        try (Socket client = connect(proxy)) {
            client.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private Seen nextSeen() throws InterruptedException {
        Seen next = seen.poll(SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nobody came");
        }
        return next;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWorkerProvesWhoItIsByTheNameThatItIsAskedForBy(TransportKind transport) throws Exception {
        int port = serve(good);
        try (LoadBalancer proxy = start(transport, port, "ca: \"FOLDER/ca.pem\", server-name: " + NAME, "off")) {
            for (int i = 0; i < 3; i++) { // from the second on, perhaps in the session of the first
                assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello");
                Seen at = nextSeen();
                assertThat(at.names()).containsExactly(NAME);
                assertThat(at.head()).startsWith("GET / HTTP/1.1\r\nHost: orders.example.com\r\n");
            }
        }
    }

    @Test
    void aWorkerMayProveItsAddress() throws Exception {
        try (LoadBalancer proxy = start(TransportKind.NIO, serve(good), "ca: \"FOLDER/ca.pem\"", "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(nextSeen().names()).isEmpty();
        }
    }

    @Test
    void aConnectionIsUsedAgain() throws Exception {
        int port = serve(good, false, (connection, _, _) -> {
            for (int i = 0; i < 3; i++) {
                connection.getOutputStream().write(OK.getBytes(ISO_8859_1));
                var _ = head(connection.getInputStream());
            }
        });
        try (LoadBalancer proxy = start(TransportKind.NIO, port, "ca: \"FOLDER/ca.pem\"", "off")) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            }
            assertThat(seen).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoCanNotProveItGetsNoRequest(TransportKind transport) throws Exception {
        int port = serve(selfSigned(ec(), NAME));
        try (LoadBalancer proxy = start(transport, port, "ca: \"FOLDER/ca.pem\", server-name: " + NAME, "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 502 Bad Gateway\r\n").contains("reason: tls_failed");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void anotherNameIsNoProof() throws Exception {
        int port = serve(good);
        try (LoadBalancer proxy = start(TransportKind.NIO, port, "ca: \"FOLDER/ca.pem\", server-name: other.internal", "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 502 ").contains("reason: tls_failed");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void theIssuersThatJavaBelievesDoNotKnowIt() throws Exception {
        int port = serve(good);
        try (LoadBalancer proxy = start(TransportKind.NIO, port, "", "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 502 ").contains("reason: tls_failed");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void anExpiredCertificateIsNoProof() throws Exception {
        int port = serve(signed(rsa(), ca, false, days(-1), NAME));
        try (LoadBalancer proxy = start(TransportKind.NIO, port, "ca: \"FOLDER/ca.pem\", server-name: " + NAME, "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 502 ").contains("reason: tls_failed");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void withoutVerificationAnybodyWillDo() throws Exception {
        int port = serve(selfSigned(rsa(), "anybody.example"));
        try (LoadBalancer proxy = start(TransportKind.NIO, port, "verify: off", "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWorkerThatAsksIsShownOurCertificate(TransportKind transport) throws Exception {
        Issued own = signed(ec(), ca, false, days(30), "weir.internal");
        own.write(folder, "own");
        int port = serve(good, true, (connection, _, _) -> connection.getOutputStream().write(OK.getBytes(ISO_8859_1)));
        String tls = "ca: \"FOLDER/ca.pem\", cert: \"FOLDER/own.pem\", key: \"FOLDER/own.key\"";
        try (LoadBalancer proxy = start(transport, port, tls, "off")) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(nextSeen().client()).isEqualTo(own.certificate());
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWorkerInClearIsNoWorker(TransportKind transport) throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                LoadBalancer proxy = start(transport, plain.getLocalPort(), "ca: \"FOLDER/ca.pem\"", "off")) {
            Future<Void> answering = threads.submit(() -> {
                try (Socket connection = plain.accept()) {
                    var _ = connection.getInputStream().read();
                    connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
                    var _ = connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                }
                return null;
            });
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 502 ").contains("reason: tls_failed");
            answering.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anAnswerThatEndsWithItsConnectionIsWholeIfTlsSaysSo(TransportKind transport) throws Exception {
        int port = serve(good, false, (connection, below, head) -> {
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nall of it".getBytes(ISO_8859_1));
            if (head.startsWith("GET /cut")) {
                below.close(); // without a word of it in TLS
            }
        });
        try (LoadBalancer proxy = start(transport, port, "ca: \"FOLDER/ca.pem\"", "off")) {
            assertThat(ask(proxy, GET)).endsWith("all of it\r\n0\r\n\r\n");
            assertThat(ask(proxy, GET.replace("GET /", "GET /cut"))).contains("all of it").doesNotContain("0\r\n\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void muchPassesBothWays(TransportKind transport) throws Exception {
        byte[] much = new byte[LARGE];
        new Random(5).nextBytes(much);
        int port = serve(good, false, (connection, _, _) -> {
            byte[] body = connection.getInputStream().readNBytes(LARGE);
            connection.getOutputStream().write(("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n").getBytes(ISO_8859_1));
            connection.getOutputStream().write(body);
        });
        try (LoadBalancer proxy = start(transport, port, "ca: \"FOLDER/ca.pem\"", "off"); Socket client = connect(proxy)) {
            client.getOutputStream().write(("POST / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\nContent-Length: " + LARGE + "\r\n\r\n").getBytes(ISO_8859_1));
            client.getOutputStream().write(much);
            assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWebSocketPassesAndOneEndEndsBoth(TransportKind transport) throws Exception {
        String key = "dGhlIHNhbXBsZSBub25jZQ==";
        int port = serve(good, false, (connection, _, _) -> {
            connection.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nearly").getBytes(ISO_8859_1));
            byte[] ten = connection.getInputStream().readNBytes(10);
            connection.getOutputStream().write(ten);
        });
        try (LoadBalancer proxy = start(transport, port, "ca: \"FOLDER/ca.pem\"", "off"); Socket client = connect(proxy)) {
            client.getOutputStream().write(("GET / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: " + key + "\r\n\r\n").getBytes(ISO_8859_1));
            assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
            client.getOutputStream().write("0123456789".getBytes(ISO_8859_1));
            assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1)).isEqualTo("early0123456789");
        }
    }

    @Test
    void checksGoTheSameWay() throws Exception {
        int port = serve(good);
        try (LoadBalancer proxy = start(TransportKind.NIO, port, "ca: \"FOLDER/ca.pem\", server-name: " + NAME, "{ http: { path: /health }, interval: 100ms }")) {
            Seen check = nextSeen();
            assertThat(check.head()).startsWith("GET /health HTTP/1.1\r\n");
            assertThat(check.names()).containsExactly(NAME);
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void filesThatCanNotBeUsedAreNamedWithTheirPlace() {
        assertThatThrownBy(() -> start(TransportKind.NIO, 1, "ca: \"FOLDER/none.pem\"", "off"))
                .isInstanceOf(CannotServeTlsException.class)
                .hasMessageStartingWith("apps.orders.upstream.tls.ca: " + folder.resolve("none.pem"));
        assertThatThrownBy(() -> start(TransportKind.NIO, 1, "cert: \"FOLDER/good.pem\", key: \"FOLDER/ca.key\"", "off"))
                .isInstanceOf(CannotServeTlsException.class)
                .hasMessageContaining("does not match its certificate");
    }
}

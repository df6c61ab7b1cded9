package io.weir.app;

import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.selfSigned;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weir.config.ConfigReader;
import io.weir.loop.TransportKind;
import io.weir.tls.TestCertificates.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners that pass bytes on, through real sockets, on each transport. */
class TcpTest {
    private static final int SECONDS = 30;
    private static final int STREAM = 8 * 1024 * 1024;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    /** With io_uring the kernel may not tell that there is room again, and a stream to one that has ended stops. */
    static Stream<TransportKind> transportsThatGoOn() {
        return transports().filter(kind -> kind != TransportKind.IO_URING);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** A proxy that passes bytes on by server name at its first port, and to orders at its second. */
    private LoadBalancer start(TransportKind transport, String ofOrders, int[] orders, int... stock) throws Exception {
        return LoadBalancer.start(ConfigReader.read("test", """
                domains: [example.com]
                here: { region: ca-c1, zone: ca-c1a }
                regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] }, us-e1: { jurisdiction: US, zones: [us-e1a] } }
                listeners: [ { bind: "127.0.0.1:0", tcp: sni }, { bind: "127.0.0.1:0", tcp: orders.example.com } ]
                access-log: { path: "%s" }
                apps:
                  orders: { pools: { ca-c1: { workers: [ %s ] } }, check: off%s }
                  stock: { pools: { ca-c1: { workers: [ %s ] } }, check: off }
                  bills:
                    pools:
                      ca-c1: { workers: [ { address: "127.0.0.1:9", zone: ca-c1a } ] }
                      us-e1: { workers: [ { address: "127.0.0.1:9", zone: us-e1a } ] }
                    check: off
                    failover: { residency: [CA] }
                """.formatted(folder.resolve("access.log"), workers(orders), ofOrders, workers(stock))).settings(), new TransportChoice(transport, "the test's"), 1);
    }

    private static String workers(int... ports) {
        return String.join(", ", Arrays.stream(ports).mapToObj("{ address: \"127.0.0.1:%d\", zone: ca-c1a }"::formatted).toList());
    }

    /** What a test does with both ends of a connection. */
    @FunctionalInterface
    private interface Body {
        void run(Socket client, Socket worker) throws Exception;
    }

    private void connected(TransportKind transport, String ofOrders, Body body) throws Exception {
        try (ServerSocket worker = listen();
                LoadBalancer proxy = start(transport, ofOrders, new int[] {worker.getLocalPort()}, worker.getLocalPort());
                Socket client = connect(proxy, 1);
                Socket atWorker = worker.accept()) {
            atWorker.setSoTimeout(SECONDS * 1000);
            body.run(client, atWorker);
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, LOOPBACK);
    }

    private static int deadPort() throws IOException {
        try (ServerSocket gone = listen()) {
            return gone.getLocalPort();
        }
    }

    private static Socket connect(LoadBalancer proxy, int listener) throws IOException {
        Socket client = new Socket(LOOPBACK, proxy.addresses().get(listener).getPort());
        client.setSoTimeout(SECONDS * 1000);
        return client;
    }

    private <T> Future<T> beside(Callable<T> task) {
        return threads.submit(task);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    /** The access log, once the proxy is closed. */
    private List<String> log() throws IOException {
        return Files.readAllLines(folder.resolve("access.log"));
    }

    private static byte[] stream(int seed) {
        byte[] bytes = new byte[STREAM];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Future<?> send(Socket to, byte... bytes) {
        return beside(() -> {
            to.getOutputStream().write(bytes);
            return true;
        });
    }

    private static void assertSame(byte[] received, byte[] sent) {
        assertThat(Arrays.mismatch(received, sent)).as("where the %d bytes that came differ", received.length).isNegative();
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> {
            int got = socket.getInputStream().read();
            throw new AssertionError("got " + got);
        }).isInstanceOf(SocketException.class);
    }

    // ---- by server name

    private static SSLContext trusting(Issued... own) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (Issued each : own) {
            store.setKeyEntry("own", each.key(), new char[0], new Certificate[] {each.certificate()});
        }
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return context;
    }

    /** Who answers at a server name, by its certificate; it has echoed what was sent. */
    private static String whoEchoes(LoadBalancer proxy, String name) throws Exception {
        try (SSLSocket client = (SSLSocket) trusting().getSocketFactory().createSocket(LOOPBACK, proxy.addresses().getFirst().getPort())) {
            client.setSoTimeout(SECONDS * 1000);
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            client.setSSLParameters(parameters);
            client.getOutputStream().write("ping".getBytes(ISO_8859_1));
            assertThat(client.getInputStream().readNBytes(4)).isEqualTo("ping".getBytes(ISO_8859_1));
            return ((X509Certificate) client.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
        }
    }

    private ServerSocket tlsEcho(Issued own) throws Exception {
        ServerSocket at = trusting(own).getServerSocketFactory().createServerSocket(0, 50, LOOPBACK);
        var _ = beside(() -> {
            while (true) {
                try (Socket connection = at.accept()) {
                    connection.getInputStream().transferTo(connection.getOutputStream());
                }
            }
        });
        return at;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void tlsGoesToTheAppThatItNamesWhichShowsItsOwnCertificate(TransportKind transport) throws Exception {
        try (ServerSocket orders = tlsEcho(selfSigned(ec(), "orders.own"));
                ServerSocket stock = tlsEcho(selfSigned(ec(), "stock.own"));
                LoadBalancer proxy = start(transport, "", new int[] {orders.getLocalPort()}, stock.getLocalPort())) {
            assertThat(whoEchoes(proxy, "orders.example.com")).isEqualTo("CN=orders.own");
            assertThat(whoEchoes(proxy, "Stock.ca-c1.example.com")).isEqualTo("CN=stock.own");
        }
        assertThat(log()).hasSize(2).anySatisfy(line -> assertThat(line)
                .contains("\"host\":\"stock.ca-c1.example.com\",\"version\":\"tcp\",\"status\":0,\"reason\":\"ok\",\"app\":\"stock\"", "\"attempts\":1,\"request_bytes\":")
                .doesNotContain("\"method\"", "\"path\"", "\"request_bytes\":0,", "\"response_bytes\":0,"));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatLeadsNowhereOrMayNotGoThereIsResetWithoutAByte(TransportKind transport) throws Exception {
        try (LoadBalancer proxy = start(transport, "", new int[] {deadPort()}, deadPort())) {
            assertThatThrownBy(() -> whoEchoes(proxy, "nobody.example.com")).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> whoEchoes(proxy, "bills.us-e1.example.com")).isInstanceOf(SocketException.class);
            try (Socket plain = connect(proxy, 0)) {
                plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: orders.example.com\r\n\r\n".getBytes(ISO_8859_1));
                assertReset(plain);
            }
        }
        assertThat(log()).hasSize(3);
        assertThat(log().get(1)).contains("\"status\":0,\"reason\":\"residency\",\"app\":\"bills\"");
        assertThat(log().getFirst()).contains("\"host\":\"nobody.example.com\",\"version\":\"tcp\",\"status\":0,\"reason\":\"no_route\"");
        assertThat(log().getLast()).contains("\"version\":\"tcp\",\"status\":0,\"reason\":\"not_tls\"").doesNotContain("\"host\"");
    }

    // ---- bytes

    @ParameterizedTest
    @MethodSource("transports")
    void bothStreamsArriveAsTheyWereSentAndTheirEndsBehindThem(TransportKind transport) throws Exception {
        connected(transport, "", (client, worker) -> {
            Future<?> sent = send(client, stream(1));
            Future<?> answered = send(worker, stream(2));
            Future<byte[]> heard = beside(() -> client.getInputStream().readNBytes(STREAM));
            assertSame(worker.getInputStream().readNBytes(STREAM), stream(1));
            assertSame(await(heard), stream(2));
            await(sent);
            await(answered);
            client.shutdownOutput();
            assertThat(worker.getInputStream().read()).isNegative();
            worker.shutdownOutput();
            assertThat(client.getInputStream().read()).isNegative();
        });
        assertThat(log()).hasSize(1).first().asString().contains("\"reason\":\"ok\"", "\"request_bytes\":" + STREAM + ",\"response_bytes\":" + STREAM + ",");
    }

    @ParameterizedTest
    @MethodSource("transportsThatGoOn")
    void whoHasEndedStillGetsTheStreamOfTheOther(TransportKind transport) throws Exception {
        connected(transport, "", (client, worker) -> assertStreamsToOneThatHasEnded(client, worker));
        connected(transport, "", (client, worker) -> assertStreamsToOneThatHasEnded(worker, client));
    }

    private void assertStreamsToOneThatHasEnded(Socket ended, Socket other) throws Exception {
        ended.shutdownOutput();
        assertThat(other.getInputStream().read()).isNegative();
        Future<?> sent = beside(() -> {
            other.getOutputStream().write(stream(3));
            other.shutdownOutput();
            return true;
        });
        assertSame(ended.getInputStream().readAllBytes(), stream(3));
        await(sent);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWorkerMaySpeakFirstAndAResetIsAResetOnTheOtherSide(TransportKind transport) throws Exception {
        connected(transport, "", (client, worker) -> {
            worker.getOutputStream().write('!');
            assertThat(client.getInputStream().read()).isEqualTo('!');
            worker.setSoLinger(true, 0);
            worker.close();
            assertReset(client);
        });
        connected(transport, "", (client, worker) -> {
            client.setSoLinger(true, 0);
            client.close();
            assertReset(worker);
        });
        assertThat(log()).hasSize(2);
        assertThat(log().getFirst()).contains("\"reason\":\"response_cut\"");
        assertThat(log().getLast()).contains("\"status\":0,\"reason\":\"client_gone\"");
    }

    // ---- workers

    @ParameterizedTest
    @MethodSource("transports")
    void aWorkerThatIsDeadIsPassedByAndWhereAllAreTheClientIsReset(TransportKind transport) throws Exception {
        try (ServerSocket worker = listen();
                LoadBalancer proxy = start(transport, ", balance: round-robin", new int[] {deadPort(), worker.getLocalPort()}, deadPort(), deadPort())) {
            for (int i = 0; i < 4; i++) {
                try (Socket client = connect(proxy, 1);
                        Socket atWorker = worker.accept()) {
                    client.getOutputStream().write('?');
                    assertThat(atWorker.getInputStream().read()).isEqualTo('?');
                }
            }
            assertThatThrownBy(() -> whoEchoes(proxy, "stock.example.com")).isInstanceOf(SocketException.class);
        }
        assertThat(log()).hasSize(5).anySatisfy(line -> assertThat(line).contains("\"app\":\"orders\"", "\"attempts\":2"));
        assertThat(log().getLast()).contains("\"status\":0,\"reason\":\"connect_failed\",\"app\":\"stock\"", "\"attempts\":2");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoFindsAllConnectionsTakenWaitsInTheQueueAndIsResetIfThatIsFull(TransportKind transport) throws Exception {
        try (ServerSocket worker = listen();
                LoadBalancer proxy =
                        start(transport, ", upstream: { connections: 1, queue: 1 }", new int[] {worker.getLocalPort()}, worker.getLocalPort());
                Socket first = connect(proxy, 1);
                Socket served = worker.accept();
                Socket second = connect(proxy, 1)) {
            second.getOutputStream().write('2');
            try (Socket third = connect(proxy, 1)) { // accepted behind the second
                assertReset(third);
            }
            first.shutdownOutput();
            served.shutdownOutput();
            try (Socket next = worker.accept()) {
                assertThat(next.getInputStream().read()).isEqualTo('2');
            }
        }
        assertThat(log()).anySatisfy(line -> assertThat(line).contains("\"reason\":\"overloaded\""));
    }

    // ---- the end

    @ParameterizedTest
    @MethodSource("transports")
    void silenceEndsBothSides(TransportKind transport) throws Exception {
        connected(transport, ", timeouts: { websocket: 300ms }", (client, worker) -> {
            client.getOutputStream().write('x');
            assertThat(worker.getInputStream().read()).isEqualTo('x');
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(worker.getInputStream().read()).isNegative();
        });
        assertThat(log()).hasSize(1).first().asString().contains("\"reason\":\"upgrade_idle\"");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aDrainLetsItRunAndEndsWhatIsStillOpenThen(TransportKind transport) throws Exception {
        try (ServerSocket worker = listen();
                LoadBalancer proxy = start(transport, "", new int[] {worker.getLocalPort()}, worker.getLocalPort());
                Socket client = connect(proxy, 1);
                Socket atWorker = worker.accept()) {
            client.getOutputStream().write('x');
            assertThat(atWorker.getInputStream().read()).isEqualTo('x');
            Future<?> drain = beside(() -> {
                proxy.drain(Duration.ofMillis(300));
                return true;
            });
            atWorker.getOutputStream().write('y');
            assertThat(client.getInputStream().read()).isEqualTo('y');
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(atWorker.getInputStream().read()).isNegative();
            await(drain);
            assertThat(proxy.connections()).isZero();
        }
        assertThat(log()).hasSize(1).first().asString().contains("\"reason\":\"draining\"");
    }
}

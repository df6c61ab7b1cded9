package io.weir.app;

import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.selfSigned;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weir.config.ConfigReader;
import io.weir.loop.TransportKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSockets through real sockets, on each transport: what is in their frames is nobody's business here, so any bytes do. */
class WebSocketTest {
    private static final int SECONDS = 30;
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ASK = String.join(
            "\r\n", "GET / HTTP/1.1", "Host: orders.example.com", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: " + KEY, "\r\n");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ArrayDeque<LoadBalancer> running = new ArrayDeque<>();

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** What a test does with both ends of a connection that was upgraded. */
    @FunctionalInterface
    private interface Body {
        void run(Socket client, Socket worker) throws Exception;
    }

    private void upgraded(TransportKind transport, String early, String behind, Body body) throws Exception {
        upgraded(transport, "", port -> new Socket(InetAddress.getLoopbackAddress(), port), early, behind, body);
    }

    private void overTls(TransportKind transport, Body body) throws Exception {
        selfSigned(ec(), "orders.example.com").write(folder, "a");
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        upgraded(transport, ", tls: { certificates: [ { cert: \"%1$s/a.pem\", key: \"%1$s/a.key\" } ] }".formatted(folder),
                port -> trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port), "", "", body);
    }

    /** Opens a connection to a port. */
    @FunctionalInterface
    private interface Opening {
        Socket to(int port) throws IOException;
    }

    private void upgraded(TransportKind transport, String tls, Opening opening, String early, String behind, Body body) throws Exception {
        try (ServerSocket worker = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                LoadBalancer proxy = LoadBalancer.start(ConfigReader.read("test", """
                        domains: [example.com]
                        here: { region: ca-c1, zone: ca-c1a }
                        regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] } }
                        listeners: [ { bind: "127.0.0.1:%d"%s } ]
                        apps: { orders: { pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }, check: off } }
                        """.formatted(tls.isEmpty() ? 0 : freePort(), tls, worker.getLocalPort())).settings(), new TransportChoice(transport, "the test's"), 1);
                Socket client = opening.to(proxy.addresses().getFirst().getPort())) {
            client.setSoTimeout(SECONDS * 1000);
            client.getOutputStream().write((ASK + early).getBytes(ISO_8859_1));
            try (Socket atWorker = worker.accept()) {
                running.addFirst(proxy);
                atWorker.setSoTimeout(SECONDS * 1000);
                assertThat(head(atWorker.getInputStream())).contains("Sec-WebSocket-Key: " + KEY);
                atWorker.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(KEY) + "\r\n\r\n" + behind).getBytes(ISO_8859_1));
                assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 101 ").contains("Sec-WebSocket-Accept: " + accept(KEY));
                body.run(client, atWorker);
            }
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** The answer to a key. */
    static String accept(String key) throws Exception {
        byte[] said = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(said));
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            assertThat(c).as("after %s", head).isNotNegative();
            head.append((char) c);
        }
        return head.toString();
    }

    private <T> Future<T> beside(Callable<T> task) {
        return threads.submit(task);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    private static byte[] send(Socket to, Random random, int bytes) throws IOException {
        return send(to.getOutputStream(), random, bytes);
    }

    /** Sends as many random bytes, and returns them. */
    static byte[] send(OutputStream out, Random random, int bytes) throws IOException {
        byte[] stream = new byte[bytes];
        random.nextBytes(stream);
        for (int at = 0; at < bytes; ) {
            int n = Math.min(bytes - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 300_000 : 3000));
            out.write(stream, at, n);
            at += n;
        }
        return stream;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void bothStreamsArriveAsTheyWereSentAndTheirEndsBehindThem(TransportKind transport) throws Exception {
        int bytes = 5_000_000;
        upgraded(transport, "early", "greeting", (client, worker) -> {
            Future<byte[]> sent = beside(() -> send(client, new Random(1), bytes));
            Future<byte[]> answered = beside(() -> send(worker, new Random(2), bytes));
            Future<byte[]> heard = beside(() -> client.getInputStream().readNBytes(bytes + "greeting".length()));
            byte[] received = worker.getInputStream().readNBytes(bytes + "early".length());
            assertSame("the worker", received, join("early", await(sent)));
            assertSame("the client", await(heard), join("greeting", await(answered)));
            client.shutdownOutput();
            assertThat(worker.getInputStream().read()).isNegative();
            worker.shutdownOutput();
            assertThat(client.getInputStream().read()).isNegative();
        });
    }

    static void assertSame(String who, byte[] received, byte[] sent) {
        int differs = Arrays.mismatch(received, sent);
        assertThat(differs).as("where what %s got, %d bytes, differs", who, received.length).isNegative();
    }

    private static byte[] join(String first, byte[] rest) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first.getBytes(ISO_8859_1));
        all.writeBytes(rest);
        return all.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void oneEndsLongBeforeTheOther(TransportKind transport) throws Exception {
        upgraded(transport, "", "", (client, worker) -> {
            client.shutdownOutput();
            assertThat(worker.getInputStream().read()).isNegative();
            for (int i = 0; i < 20; i++) {
                worker.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
            worker.close();
            assertThat(client.getInputStream().read()).isNegative();
        });
        upgraded(transport, "", "", (client, worker) -> {
            worker.shutdownOutput();
            assertThat(client.getInputStream().read()).isNegative();
            for (int i = 0; i < 20; i++) {
                client.getOutputStream().write(i);
                assertThat(worker.getInputStream().read()).isEqualTo(i);
            }
            client.close();
            assertThat(worker.getInputStream().read()).isNegative();
        });
    }

    /** With io_uring the kernel may not tell that there is room again, and such a stream stops. */
    static Stream<TransportKind> transportsThatGoOn() {
        return transports().filter(kind -> kind != TransportKind.IO_URING);
    }

    @ParameterizedTest
    @MethodSource("transportsThatGoOn")
    void whoHasEndedStillGetsAStreamThatIsOnItsWay(TransportKind transport) throws Exception {
        int bytes = 8_000_000;
        for (int i = 0; i < 5; i++) { // how much the kernel takes at once is its choice
            upgraded(transport, "", "", (client, worker) -> {
                client.shutdownOutput();
                assertThat(worker.getInputStream().read()).isNegative();
                assertStreamed(worker, client, bytes);
            });
            upgraded(transport, "", "", (client, worker) -> {
                worker.shutdownOutput();
                assertThat(client.getInputStream().read()).isNegative();
                assertStreamed(client, worker, bytes);
            });
        }
    }

    private void assertStreamed(Socket from, Socket to, int bytes) throws Exception {
        Future<byte[]> sent = beside(() -> {
            byte[] all = send(from, new Random(6), bytes);
            from.shutdownOutput();
            return all;
        });
        byte[] received = to.getInputStream().readAllBytes();
        assertSame("who had ended", received, await(sent));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void overTlsTheEndOfAWorkerEndsBothWays(TransportKind transport) throws Exception {
        byte[] last = new byte[1_000_000];
        new Random(3).nextBytes(last);
        for (int i = 0; i < 5; i++) { // what of the client's stream meets our own end is the kernel's choice
            overTls(transport, (client, worker) -> {
                Future<?> sent = beside(() -> send(client, new Random(4), 3_000_000));
                assertThat(worker.getInputStream().readNBytes(100_000)).hasSize(100_000);
                Future<byte[]> heard = beside(() -> client.getInputStream().readAllBytes());
                worker.getOutputStream().write(last);
                worker.shutdownOutput();
                Future<byte[]> rest = beside(() -> worker.getInputStream().readAllBytes());
                assertSame("the client", await(heard), last);
                client.close();
                await(rest);
                assertThatCode(() -> await(sent)).satisfiesAnyOf(
                        none -> assertThat(none).isNull(), gone -> assertThat(gone).hasRootCauseInstanceOf(SocketException.class));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void overTlsTheEndOfAClientIsHeardByTheWorker(TransportKind transport) throws Exception {
        overTls(transport, (client, worker) -> {
            Future<byte[]> received = beside(() -> worker.getInputStream().readAllBytes());
            byte[] sent = send(client, new Random(5), 1_000_000);
            client.close();
            assertSame("the worker", await(received), sent);
        });
    }

    @ParameterizedTest
    @MethodSource("transports")
    void overTlsTheEndOfAClientEndsAWorkerThatGoesOn(TransportKind transport) throws Exception {
        overTls(transport, (client, worker) -> {
            client.shutdownOutput(); // its last word; the connection stays
            assertThat(worker.getInputStream().read()).isNegative();
            assertThatThrownBy(() -> {
                for (int i = 0; i < 1_000_000; i++) {
                    worker.getOutputStream().write(new byte[1000]);
                }
            }).isInstanceOf(SocketException.class);
        });
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aResetIsAResetOnTheOtherSide(TransportKind transport) throws Exception {
        upgraded(transport, "", "", (client, worker) -> {
            worker.setSoLinger(true, 0);
            worker.close();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        });
        upgraded(transport, "", "", (client, worker) -> {
            client.setSoLinger(true, 0);
            client.close();
            assertThatThrownBy(() -> worker.getInputStream().read()).isInstanceOf(SocketException.class);
        });
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aResetIsNoEndWhileMuchIsOnItsWay(TransportKind transport) throws Exception {
        upgraded(transport, "", "", (client, worker) -> assertReset(client, worker));
        upgraded(transport, "", "", (client, worker) -> assertReset(worker, client));
    }

    /** Whoever sends to one that is gone learns of it, instead of waiting for room. */
    private void assertReset(Socket from, Socket gone) throws Exception {
        Future<?> sent = beside(() -> send(from, new Random(7), 50_000_000));
        assertThat(gone.getInputStream().readNBytes(100_000)).hasSize(100_000);
        gone.setSoLinger(true, 0);
        gone.close();
        assertThatThrownBy(() -> await(sent)).hasRootCauseInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aDrainEndsWhatIsStillOpen(TransportKind transport) throws Exception {
        upgraded(transport, "", "bytes", (client, worker) -> {
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo("bytes".getBytes(ISO_8859_1));
            Future<?> drain = beside(() -> {
                running.element().drain(Duration.ofMillis(100));
                return true;
            });
            assertThat(client.getInputStream().read()).isNegative();
            assertThat(worker.getInputStream().read()).isNegative();
            await(drain);
        });
    }
}

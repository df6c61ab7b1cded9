package io.weir.app;

import static io.weir.app.WebSocketTest.accept;
import static io.weir.app.WebSocketTest.assertSame;
import static io.weir.app.WebSocketTest.freePort;
import static io.weir.app.WebSocketTest.head;
import static io.weir.app.WebSocketTest.send;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.selfSigned;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weir.config.ConfigReader;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSockets in streams of HTTP/2 (RFC 8441) through real sockets, with and without TLS, on each transport. */
class WebSocketOverHttp2Test {
    private static final int SECONDS = 30;
    private static final int CANCEL = 8;
    /** So little that a message stops many times on its way. */
    private static final int SMALL_WINDOW = 5000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** How a test's clients come. */
    record Way(TransportKind transport, boolean tls) {}

    static Stream<Way> ways() {
        return Stream.of(TransportKind.values())
                .filter(kind -> kind.unavailability() == null)
                .flatMap(kind -> Stream.of(new Way(kind, false), new Way(kind, true)));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private record Ends(LoadBalancer proxy, Http2Socket client, ServerSocket worker) {
        Http2Socket.Stream ask(String path) throws IOException {
            return client.open(
                    ":method=CONNECT", ":protocol=websocket", ":scheme=https", ":authority=orders.example.com", ":path=" + path,
                    "sec-websocket-version=13");
        }

        Http2Socket.Stream get(String path) throws IOException {
            Http2Socket.Stream stream = client.open(":method=GET", ":scheme=https", ":authority=orders.example.com", ":path=" + path);
            stream.output().close();
            return stream;
        }

        /** The worker's next connection. */
        Socket accepted() throws IOException {
            Socket next = worker.accept();
            next.setSoTimeout(SECONDS * 1000);
            return next;
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(Ends ends) throws Exception;
    }

    @FunctionalInterface
    private interface TunnelBody {
        void run(Http2Socket.Stream client, Socket worker) throws Exception;
    }

    private void running(Way way, Body body) throws Exception {
        String tls = "";
        if (way.tls) {
            selfSigned(ec(), "orders.example.com").write(folder, "a");
            tls = ", tls: { certificates: [ { cert: \"%1$s/a.pem\", key: \"%1$s/a.key\" } ] }".formatted(folder);
        }
        try (ServerSocket worker = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                LoadBalancer proxy = LoadBalancer.start(ConfigReader.read("test", """
                        domains: [example.com]
                        here: { region: ca-c1, zone: ca-c1a }
                        regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] } }
                        listeners: [ { bind: "127.0.0.1:%d"%s } ]
                        apps: { orders: { pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }, check: off } }
                        mappings: [ { host: orders.example.com, path: /fine, respond: 200 } ]
                        """.formatted(tls.isEmpty() ? 0 : freePort(), tls, worker.getLocalPort())).settings(),
                        new TransportChoice(way.transport, "the test's"), 1);
                Http2Socket client = new Http2Socket(open(way, proxy.addresses().getFirst().getPort()), SMALL_WINDOW)) {
            worker.setSoTimeout(SECONDS * 1000);
            body.run(new Ends(proxy, client, worker));
        }
    }

    private static Socket open(Way way, int port) throws Exception {
        if (!way.tls) {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        }
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(new Socket(InetAddress.getLoopbackAddress(), port), "orders.example.com", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        return socket;
    }

    /** Grants what the worker is asked for, and says {@code behind} with it. */
    private static void grant(Socket worker, String behind) throws Exception {
        String asked = head(worker.getInputStream());
        assertThat(asked).startsWith("GET /chat HTTP/1.1\r\n").contains("\r\nUpgrade: websocket\r\n", "\r\nConnection: Upgrade\r\n");
        int key = asked.indexOf("sec-websocket-key: ") + "sec-websocket-key: ".length();
        worker.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept(asked.substring(key, asked.indexOf('\r', key))) + "\r\n\r\n" + behind).getBytes(ISO_8859_1));
    }

    private static void tunnel(Ends ends, TunnelBody body) throws Exception {
        Http2Socket.Stream client = ends.ask("/chat");
        try (Socket worker = ends.accepted()) {
            grant(worker, "");
            assertThat(client.head()).startsWith(":status=200\n").doesNotContain("sec-websocket-accept", "upgrade", "connection");
            body.run(client, worker);
        }
    }

    private <T> Future<T> beside(Callable<T> task) {
        return threads.submit(task);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    // ---- bytes and their ends

    @ParameterizedTest
    @MethodSource("ways")
    void muchPassesBothWaysThroughASmallWindow(Way way) throws Exception {
        int bytes = 2_000_000;
        running(way, ends -> {
            Http2Socket.Stream client = ends.ask("/chat");
            client.output().write("early".getBytes(ISO_8859_1));
            try (Socket worker = ends.accepted()) {
                grant(worker, "greeting");
                assertThat(client.head()).startsWith(":status=200\n");
                assertThat(worker.getInputStream().readNBytes(5)).isEqualTo("early".getBytes(ISO_8859_1));
                assertThat(client.input().readNBytes(8)).isEqualTo("greeting".getBytes(ISO_8859_1));
                Future<byte[]> sent = beside(() -> send(client.output(), new Random(1), bytes));
                Future<byte[]> answered = beside(() -> send(worker.getOutputStream(), new Random(2), bytes));
                Future<byte[]> heard = beside(() -> client.input().readNBytes(bytes));
                byte[] received = worker.getInputStream().readNBytes(bytes);
                assertSame("the worker", received, await(sent));
                assertSame("the client", await(heard), await(answered));
                client.output().close();
                assertThat(worker.getInputStream().read()).isNegative();
                worker.shutdownOutput();
                assertThat(client.input().read()).isNegative();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void oneEndsLongBeforeTheOther(Way way) throws Exception {
        running(way, ends -> {
            tunnel(ends, (client, worker) -> {
                client.output().close();
                assertThat(worker.getInputStream().read()).isNegative();
                for (int i = 0; i < 20; i++) {
                    worker.getOutputStream().write(i);
                    assertThat(client.input().read()).isEqualTo(i);
                }
                worker.close();
                assertThat(client.input().read()).isNegative();
            });
            tunnel(ends, (client, worker) -> {
                worker.shutdownOutput();
                assertThat(client.input().read()).isNegative();
                for (int i = 0; i < 20; i++) {
                    client.output().write(i);
                    assertThat(worker.getInputStream().read()).isEqualTo(i);
                }
                client.output().close();
                assertThat(worker.getInputStream().read()).isNegative();
            });
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aResetIsAResetOnTheOtherSide(Way way) throws Exception {
        running(way, ends -> {
            tunnel(ends, (client, worker) -> {
                worker.setSoLinger(true, 0);
                worker.close();
                assertThatThrownBy(() -> client.input().read()).isInstanceOf(SocketException.class).hasMessage("reset " + CANCEL);
            });
            tunnel(ends, (client, worker) -> {
                client.reset(CANCEL);
                assertThatThrownBy(() -> worker.getInputStream().read()).isInstanceOf(SocketException.class);
            });
            tunnel(ends, (client, worker) -> {
                ends.client().close();
                assertThatThrownBy(() -> worker.getInputStream().read()).isInstanceOf(SocketException.class);
            });
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aTunnelThatStandsDoesntHoldUpTheNextOne(Way way) throws Exception {
        running(way, ends -> tunnel(ends, (slow, slowWorker) -> {
            Future<byte[]> stuck = beside(() -> send(slow.output(), new Random(3), 3_000_000)); // which its worker doesn't read
            var _ = beside(() -> send(slowWorker.getOutputStream(), new Random(4), 3_000_000)); // nor its client
            tunnel(ends, (client, worker) -> {
                Future<byte[]> sent = beside(() -> send(worker.getOutputStream(), new Random(5), 300_000));
                assertSame("the client", client.input().readNBytes(300_000), await(sent));
            });
            assertSame("the worker", slowWorker.getInputStream().readNBytes(3_000_000), await(stuck));
        }));
    }

    // ---- what opens none

    @ParameterizedTest
    @MethodSource("ways")
    void aRefusalIsAResponse(Way way) throws Exception {
        running(way, ends -> {
            Http2Socket.Stream client = ends.ask("/chat");
            try (Socket worker = ends.accepted()) {
                head(worker.getInputStream());
                worker.getOutputStream().write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno".getBytes(ISO_8859_1));
                assertThat(client.head()).startsWith(":status=403\n");
                assertThat(client.input().readNBytes(2)).isEqualTo("no".getBytes(ISO_8859_1));
                Http2Socket.Stream plain = ends.get("/next");
                assertThat(head(worker.getInputStream())).startsWith("GET /next HTTP/1.1\r\n").contains("\r\nVia: 2.0 weir\r\n").doesNotContain("pgrade");
                worker.getOutputStream().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(ISO_8859_1));
                assertThat(plain.head()).startsWith(":status=204\n");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aSwitchThatIsNoAnswerToTheKeyOpensNothing(Way way) throws Exception {
        running(way, ends -> {
            Http2Socket.Stream client = ends.ask("/chat");
            try (Socket worker = ends.accepted()) {
                head(worker.getInputStream());
                worker.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept("AAAAAAAAAAAAAAAAAAAAAA==") + "\r\n\r\n").getBytes(ISO_8859_1));
                assertThat(client.head()).startsWith(":status=502\n");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aSuccessOfOursOpensNothing(Way way) throws Exception {
        running(way, ends -> {
            assertThat(ends.ask("/fine").head()).isEqualTo("reset 10"); // CONNECT_ERROR
            assertThat(ends.get("/fine").head()).startsWith(":status=200\n");
        });
    }

    // ---- drain

    @ParameterizedTest
    @MethodSource("ways")
    void aDrainEndsWhatIsStillOpen(Way way) throws Exception {
        running(way, ends -> tunnel(ends, (client, worker) -> {
            Future<?> drain = beside(() -> {
                ends.proxy().drain(Duration.ofSeconds(1));
                return true;
            });
            assertThat(ends.client().goaway()).isEqualTo(Integer.MAX_VALUE);
            client.output().write(1);
            assertThat(worker.getInputStream().read()).isEqualTo(1);
            worker.getOutputStream().write(2);
            assertThat(client.input().read()).isEqualTo(2);
            assertThat(client.input().read()).isNegative();
            assertThat(worker.getInputStream().read()).isNegative();
            assertThat(ends.client().goaway()).isEqualTo(1);
            await(drain);
        }));
    }
}

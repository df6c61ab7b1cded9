package io.weir.app;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.signed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.weir.config.ConfigReader;
import io.weir.loop.TransportKind;
import io.weir.tls.TestCertificates.Issued;
import io.weir.upstream.Http2LoopbackWorker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy on the loopback, with workers that speak HTTP/2 and a client that speaks HTTP/1.1. */
class Http2WorkerTest {
    private static final int SECONDS = 30;
    private static final int LARGE = 3_000_000;
    private static final String GET = "GET /a?b=1 HTTP/1.1\r\nHost: orders.example.com\r\nX-Own: 1\r\nCookie: a=1; b=2\r\nConnection: close\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";

    private static final String UPGRADE = String.join(
            "\r\n", "GET / HTTP/1.1", "Host: orders.example.com", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "\r\n");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    private static LoadBalancer start(TransportKind transport, String upstream, int... ports) throws Exception {
        List<String> workers = new ArrayList<>();
        for (int port : ports) {
            workers.add("{ address: \"127.0.0.1:" + port + "\", zone: ca-c1a }");
        }
        return LoadBalancer.start(ConfigReader.read("test", """
                domains: [example.com]
                here: { region: ca-c1, zone: ca-c1a }
                regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                apps:
                  orders:
                    pools: { ca-c1: { workers: [ %s ] } }
                    upstream: { protocol: http2%s }
                    check: off
                """.formatted(String.join(", ", workers), upstream)).settings(), new TransportChoice(transport, "the test's"), 1);
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

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("after %s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aRequestAndItsResponse(TransportKind transport) throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> call.head(200, false, "x-its", "2", "set-cookie", "c=3", "set-cookie", "d=4").data("hello", true));
                LoadBalancer proxy = start(transport, "", worker.port())) {
            assertThat(ask(proxy, GET))
                    .startsWith("HTTP/1.1 200 \r\nx-its: 2\r\nset-cookie: c=3\r\nset-cookie: d=4\r\n")
                    .contains("\r\nTransfer-Encoding: chunked\r\n")
                    .endsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
            Http2Worker.Call call = worker.next();
            assertThat(call.head.method()).hasToString("GET");
            assertThat(call.head.path()).hasToString("/a?b=1");
            assertThat(call.head.scheme()).hasToString("http");
            assertThat(call.head.authority()).hasToString("orders.example.com");
            assertThat(call.head.get("x-own")).hasToString("1");
            assertThat(call.head.get("cookie")).hasToString("a=1; b=2");
            assertThat(call.head.get("x-forwarded-host")).hasToString("orders.example.com");
            assertThat(call.head.contains("host")).isFalse();
            assertThat(call.head.contains("connection")).isFalse();
        }
    }

    @Test
    void lengthsAreSaidAsTheWorkerSaysThem() throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> {
                    switch (call.head.path().toString()) {
                        case "/length" -> call.head(200, false, "content-length", "5").data("hello", true);
                        case "/none" -> call.head(204, true);
                        case "/unchanged" -> call.head(304, true, "content-length", "7");
                        default -> call.head(200, true);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            assertThat(ask(proxy, GET.replace("/a?b=1", "/length"))).contains("\r\ncontent-length: 5\r\n").endsWith("\r\n\r\nhello");
            assertThat(ask(proxy, GET.replace("/a?b=1", "/none"))).startsWith("HTTP/1.1 204 ").doesNotContain("ength:", "ncoding:");
            assertThat(ask(proxy, GET.replace("/a?b=1", "/unchanged"))).startsWith("HTTP/1.1 304 ").contains("content-length: 7").endsWith("\r\n\r\n");
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 ").contains("content-length: 0").endsWith("\r\n\r\n");
            assertThat(ask(proxy, GET.replace("GET", "HEAD"))).startsWith("HTTP/1.1 200 ").doesNotContain("ength:", "ncoding:");
            assertThat(worker.connections()).isEqualTo(1);
        }
    }

    @Test
    void bodiesAndTrailersPassBothWays() throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> call.head(200, false).data(call.body.toByteArray(), false).trailers("x-sum", "ok"));
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            String request = POST.replace("Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Check: 7\r\n\r\n");
            assertThat(ask(proxy, request)).endsWith("5\r\nhello\r\n0\r\nx-sum: ok\r\n\r\n");
            Http2Worker.Call call = worker.next();
            assertThat(call.head.contains("transfer-encoding")).isFalse();
            assertThat(java.util.Objects.requireNonNull(call.trailers()).get("x-check")).hasToString("7");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void muchPassesBothWaysWithSmallWindows(TransportKind transport) throws Exception {
        byte[] much = new byte[LARGE];
        new Random(7).nextBytes(much);
        // More than half of what streams begin with: Netty gives less than that back late, and never if its settings come in between.
        int window = 40_000;
        try (Http2Worker worker = new Http2Worker(null, new Http2Settings().initialWindowSize(window), call -> call.head(200, false).data(call.body.toByteArray(), true));
                LoadBalancer proxy = start(transport, "", worker.port());
                Socket client = connect(proxy)) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 200 "); // Netty's worker forgets bytes that came before its smaller window was acknowledged
            Future<Void> sent = threads.submit(() -> {
                OutputStream out = client.getOutputStream();
                out.write(("POST / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\nContent-Length: " + LARGE + "\r\n\r\n").getBytes(ISO_8859_1));
                out.write(much);
                return null;
            });
            assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 ").contains("chunked");
            java.io.ByteArrayOutputStream got = new java.io.ByteArrayOutputStream();
            readChunks(client.getInputStream(), got);
            assertThat(got.toByteArray()).isEqualTo(much);
            sent.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void readChunks(InputStream in, OutputStream to) throws IOException {
        while (true) {
            StringBuilder line = new StringBuilder();
            for (int c; (c = in.read()) != '\n'; ) {
                assertThat(c).isNotNegative();
                line.append((char) c);
            }
            int n = Integer.parseInt(line.toString().strip(), 16);
            to.write(in.readNBytes(n));
            assertThat(in.readNBytes(2)).containsExactly('\r', '\n');
            if (n == 0) {
                return;
            }
        }
    }

    @Test
    void manyExchangesShareOneConnection() throws Exception {
        List<Http2Worker.Call> open = new ArrayList<>();
        try (Http2Worker worker = new Http2Worker(_ -> {}); LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(() -> ask(proxy, GET)));
            }
            for (int i = 0; i < 20; i++) {
                open.add(worker.next());
            }
            open.reversed().forEach(call -> call.head(200, false, "content-length", "2").data("ok", true));
            for (Future<String> answer : answers) {
                assertThat(answer.get(SECONDS, TimeUnit.SECONDS)).endsWith("ok");
            }
            assertThat(worker.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatIsRefusedUnseenGoesElsewhereWhateverItsMethod() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        try (Http2Worker full = new Http2Worker(call -> {
                    seen.incrementAndGet();
                    call.reset(Http2Error.REFUSED_STREAM);
                });
                Http2Worker other = new Http2Worker(call -> call.head(200, false, "content-length", "5").data(call.body.toByteArray(), true));
                LoadBalancer proxy = start(TransportKind.NIO, "", full.port(), other.port())) {
            for (int i = 0; i < 4; i++) {
                assertThat(ask(proxy, POST)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nhello");
            }
            assertThat(seen.get()).isPositive();
        }
    }

    @Test
    void whatNobodyLooksAtIsOverloaded() throws Exception {
        try (Http2Worker full = new Http2Worker(call -> call.reset(Http2Error.REFUSED_STREAM));
                LoadBalancer proxy = start(TransportKind.NIO, "", full.port())) {
            assertThat(ask(proxy, POST)).startsWith("HTTP/1.1 503 ").contains("reason: overloaded");
        }
    }

    @Test
    void aStreamThatIsCutIsNoWholeResponse() throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> {
                    if (call.head.path().toString().startsWith("/early")) {
                        call.reset(Http2Error.INTERNAL_ERROR);
                    } else {
                        call.head(200, false).data("half", false).reset(Http2Error.INTERNAL_ERROR);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            assertThat(ask(proxy, GET)).contains("4\r\nhalf\r\n").doesNotContain("0\r\n\r\n");
            assertThat(ask(proxy, POST.replace("POST /", "POST /early"))).startsWith("HTTP/1.1 502 ").contains("reason: reset");
            assertThat(worker.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoResponseIsRefused() throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> {
                    switch (call.head.path().toString()) {
                        case "/lines" -> call.head(200, true, "x-a", "1\r\nx-b: 2");
                        case "/coding" -> call.head(200, true, "transfer-encoding", "chunked");
                        case "/short" -> call.head(200, false, "content-length", "5").data("four", true);
                        default -> call.head(101, true);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            for (String path : List.of("/lines", "/coding", "/switch")) {
                assertThat(ask(proxy, GET.replace("/a?b=1", path))).as(path).startsWith("HTTP/1.1 502 ").contains("reason: bad_response");
            }
            assertThat(ask(proxy, GET.replace("/a?b=1", "/short"))).startsWith("HTTP/1.1 200 ").doesNotContain("four\r\n");
        }
    }

    @Test
    void aWorkerThatGoesServesWhatItHasAndGetsNoMore() throws Exception {
        AtomicInteger n = new AtomicInteger();
        try (Http2Worker worker = new Http2Worker(call -> {
                    if (n.incrementAndGet() == 1) {
                        call.goAway(call.number());
                    }
                    call.head(200, false, "content-length", "2").data("ok", true);
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(proxy, GET)).endsWith("ok");
            }
            assertThat(worker.connections()).isEqualTo(2);
        }
    }

    @Test
    void whatAWorkerLeavesBehindUnseenComesBackToItWhateverItsMethod() throws Exception {
        try (Http2LoopbackWorker worker = new Http2LoopbackWorker(); LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            Future<String> answer = threads.submit(() -> ask(proxy, POST));
            Http2LoopbackWorker.Accepted going = worker.next();
            assertThat(going.next(Http2LoopbackWorker.DATA).ends()).isTrue();
            going.goAway(0);
            Http2LoopbackWorker.Accepted next = worker.next();
            int stream = next.next(Http2LoopbackWorker.DATA).stream();
            next.head(stream, false);
            next.data(stream, "ok", true);
            assertThat(answer.get(SECONDS, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200 ").contains("\r\nok\r\n");
        }
    }

    @Test
    void aClientThatGoesResetsItsStreamAlone() throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> {
                    if (call.head.path().toString().equals("/ok")) {
                        call.head(200, false, "content-length", "2").data("ok", true);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            try (Socket client = connect(proxy)) {
                client.getOutputStream().write(GET.replace("Connection: close\r\n", "").getBytes(ISO_8859_1));
                var _ = worker.next();
                client.setSoLinger(true, 0);
            }
            assertThat(worker.nextReset()).isEqualTo(Http2Error.CANCEL.code());
            assertThat(ask(proxy, GET.replace("/a?b=1", "/ok"))).endsWith("ok");
            assertThat(worker.connections()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionThatBreaksIsReplaced() throws Exception {
        AtomicInteger n = new AtomicInteger();
        try (Http2Worker worker = new Http2Worker(call -> {
                    if (n.incrementAndGet() == 1) {
                        call.close();
                    } else {
                        call.head(200, false, "content-length", "2").data("ok", true);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            assertThat(ask(proxy, POST)).startsWith("HTTP/1.1 502 ").contains("reason: reset");
            assertThat(ask(proxy, POST)).endsWith("ok");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void overTlsItIsAgreedOnInTheHandshake(TransportKind transport) throws Exception {
        Issued ca = authority("issuer");
        ca.write(folder, "ca");
        Issued good = signed(ec(), ca, false, Instant.now().plus(30, ChronoUnit.DAYS), "127.0.0.1");
        try (Http2Worker worker = new Http2Worker(good, Http2Settings.defaultSettings(), call -> call.head(200, false, "content-length", "2").data("ok", true));
                LoadBalancer proxy = start(transport, ", tls: { ca: \"" + folder + "/ca.pem\" }", worker.port())) {
            assertThat(ask(proxy, GET)).endsWith("ok");
            assertThat(worker.next().head.scheme()).hasToString("https");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aConnectionWhoseTlsHasEndedGetsNoMore(TransportKind transport) throws Exception {
        Issued ca = authority("issuer");
        ca.write(folder, "ca");
        Issued good = signed(ec(), ca, false, Instant.now().plus(30, ChronoUnit.DAYS), "127.0.0.1");
        try (Http2Worker worker = new Http2Worker(good, Http2Settings.defaultSettings(), call -> {
                    call.head(200, false, "content-length", "2").data("ok", true);
                    call.endTls();
                });
                LoadBalancer proxy = start(transport, ", tls: { ca: \"" + folder + "/ca.pem\" }", worker.port())) {
            for (int i = 1; i <= 3; i++) {
                assertThat(ask(proxy, GET)).endsWith("ok"); // which may be stale
                assertThat(worker.connections()).isEqualTo(i);
            }
        }
    }

    @Test
    void aWorkerThatSpeaksNoHttp2IsNoWorker() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                LoadBalancer proxy = start(TransportKind.NIO, "", plain.getLocalPort())) {
            Future<Void> answering = threads.submit(() -> {
                try (Socket connection = plain.accept()) {
                    var _ = connection.getInputStream().read();
                    connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
                    var _ = connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
                return null;
            });
            assertThat(ask(proxy, POST)).startsWith("HTTP/1.1 502 ").contains("reason: connect_failed");
            answering.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aWebSocketGoesByHttp1() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                LoadBalancer proxy = start(TransportKind.NIO, "", plain.getLocalPort());
                Socket client = connect(proxy)) {
            client.getOutputStream().write(UPGRADE.getBytes(ISO_8859_1));
            try (Socket connection = plain.accept()) {
                assertThat(head(connection.getInputStream())).startsWith("GET / HTTP/1.1\r\n");
                connection.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhi").getBytes(ISO_8859_1));
                assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
                assertThat(client.getInputStream().readNBytes(2)).isEqualTo("hi".getBytes(ISO_8859_1));
            }
        }
    }

    @Test
    void whatAWorkerThatGoesHasNotSeenGoesToItAgainWhateverItsMethod() throws Exception {
        AtomicInteger n = new AtomicInteger();
        try (Http2Worker worker = new Http2Worker(call -> {
                    if (n.incrementAndGet() <= 3) {
                        call.goAway(0);
                        call.close();
                    } else {
                        call.head(200, false, "content-length", "5").data(call.body.toByteArray(), true);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            assertThat(ask(proxy, POST)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nhello");
            assertThat(worker.connections()).isEqualTo(4);
        }
    }

    @Test
    void aWorkerThatAlwaysGoesIsGivenUp() throws Exception {
        try (Http2Worker worker = new Http2Worker(call -> {
                    call.goAway(0);
                    call.close();
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            assertThat(ask(proxy, GET)).startsWith("HTTP/1.1 503 ").contains("reason: overloaded");
        }
    }

    @Test
    void aConnectionThatWasGivenUpWithoutAWordIsStale() throws Exception {
        AtomicInteger n = new AtomicInteger();
        try (Http2Worker worker = new Http2Worker(call -> {
                    if (n.incrementAndGet() == 2) {
                        call.hangUp();
                    } else {
                        call.head(200, false, "content-length", "2").data("ok", true);
                    }
                });
                LoadBalancer proxy = start(TransportKind.NIO, "", worker.port())) {
            assertThat(ask(proxy, GET)).endsWith("ok");
            assertThat(ask(proxy, GET)).endsWith("ok"); // the second time on a connection of its own
            assertThat(worker.connections()).isEqualTo(2);
        }
    }
}

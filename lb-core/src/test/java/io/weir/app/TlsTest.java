package io.weir.app;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.rsa;
import static io.weir.tls.TestCertificates.selfSigned;
import static io.weir.tls.TestCertificates.signed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.explain.Explainer;
import io.weir.explain.Question;
import io.weir.explain.Subject;
import io.weir.loop.TransportKind;
import io.weir.tls.TestCertificates.Issued;
import io.weir.tls.TestOcsp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy on the loopback, with a client that speaks TLS. */
class TlsTest {
    private static final int SECONDS = 30;
    private static final int AGAIN = 20;
    private static final String HOST = "orders.example.com";
    private static final String GET = "GET /a?b=1 HTTP/1.1\r\nHost: " + HOST + ":8443\r\nConnection: close\r\n\r\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final LinkedBlockingQueue<String> atWorker = new LinkedBlockingQueue<>();
    @SuppressWarnings("NullAway.Init")
    private ServerSocket worker;

    @SuppressWarnings("NullAway.Init")
    private Settings settings;

    private volatile String answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    @BeforeEach
    void startWorker() throws IOException {
        worker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            while (!worker.isClosed()) {
                try (Socket connection = worker.accept()) {
                    InputStream in = connection.getInputStream();
                    StringBuilder head = new StringBuilder();
                    while (head.indexOf("\r\n\r\n") < 0) {
                        head.append((char) in.read());
                    }
                    atWorker.add(head.toString());
                    connection.getOutputStream().write(answer.getBytes(ISO_8859_1));
                } catch (IOException _) {
                    // the next one
                }
            }
        });
    }

    @AfterEach
    void endWorker() throws IOException {
        worker.close();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aRequestOverTlsIsToldAsSuchAndItsAnswerEndsAsTlsDoes(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "serve", "", "a")) {
            String got = ask(proxy, HOST, GET);

            assertThat(got).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\nStrict-Transport-Security: max-age=31536000\r\n").endsWith("\r\n\r\nhello");
            assertThat(atWorker.poll(SECONDS, TimeUnit.SECONDS))
                    .contains("\r\nX-Forwarded-Proto: https\r\n", "\r\nX-Forwarded-Port: " + port(proxy, 1) + "\r\n");
        }
        assertThat(Files.readString(folder.resolve("access.log")))
                .containsPattern(",\"tls_version\":\"TLSv1.3\",\"tls_cipher\":\"TLS_AES_[A-Z0-9_]+\",\"server_name\":\"" + HOST + "\"");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anAnswerThatIsCutDoesNotEndAsTlsDoes(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\n";
        try (LoadBalancer proxy = start(transport, "serve", "", "a")) {
            assertThat(ask(proxy, HOST, "GET / HTTP/1.0\r\nHost: " + HOST + "\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hello" + TlsClient.CUT);
            assertThat(ask(proxy, HOST, GET)).endsWith("hello\r\n" + TlsClient.CUT);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aClientThatIsAnsweredEarlyGetsTheAnswerWhole(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "serve", "", "a")) {
            for (int i = 0; i < AGAIN; i++) { // what of the body meets our own end is the kernel's choice
                String got = ask(proxy, HOST, "POST / HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: +1\r\n\r\n" + "x".repeat(100_000));

                assertThat(got).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("reason: bad_request").doesNotContain(TlsClient.CUT);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHostThatTheCertificateIsNotForIsMisdirected(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST, "*.wild.example.com").write(folder, "a");
        try (LoadBalancer proxy = start(transport, "serve", "", "a")) {
            assertThat(ask(proxy, HOST, GET.replace("Host: orders", "Host: stock"))).startsWith("HTTP/1.1 421 Misdirected Request\r\n").contains("misdirected");
            assertThat(ask(proxy, "x.wild.example.com", GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(ask(proxy, "", GET)).startsWith("HTTP/1.1 200 OK\r\n");

            String url = "https://" + HOST + ":" + port(proxy, 1) + "/";
            Subject running = new LiveSubject(proxy, settings);
            assertThat(Explainer.explain(Question.of("GET", url, List.of("Host: stock.example.com"), "127.0.0.1", 1), running).ending().reason()).isEqualTo("misdirected");
            assertThat(Explainer.explain(Question.of("GET", url, List.of(), "127.0.0.1", 1), running).json())
                    .contains("\"certificate_names\": [\"*.wild.example.com\", \"" + HOST + "\"]", "\"certificate_covers_host\": true");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void plainHttpIsSentToHttpsIfItsHostIsServed(TransportKind transport) throws Exception {
        selfSigned(rsa(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "redirect", "", "a")) {
            assertThat(askPlain(port(proxy, 0), GET)).startsWith("HTTP/1.1 308 Permanent Redirect\r\n").contains("\r\nLocation: https://" + HOST + ":" + port(proxy, 1) + "/a?b=1\r\n");
            assertThat(askPlain(port(proxy, 0), GET.replace(":8443", ""))).contains("\r\nLocation: https://" + HOST + "/a?b=1\r\n");
            assertThat(askPlain(port(proxy, 0), GET.replace("orders", "nobody"))).startsWith("HTTP/1.1 404 ").doesNotContain("Location");
            assertThat(askPlain(port(proxy, 0), "GET /any/ HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("reason: bad_request", "There is no host to redirect to https")
                    .doesNotContain("Location");
            assertThat(atWorker).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void plainHttpCanBeDroppedAndIsToldTheWayAtATlsPort(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "drop", "", "a")) {
            assertThat(askPlain(port(proxy, 1), GET)).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("This port speaks HTTPS");
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, 0))) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoAClientIsGoesToWorkersAndHostsThatAskMoreAreKeptApart(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST, "stock.example.com", "free.example.com").write(folder, "a");
        Issued ca = authority("our clients");
        ca.write(folder, "ca");
        Issued good = signed(ec(), ca, false, Instant.now().plus(1, ChronoUnit.DAYS), "j\u00e9r\u00f4me");
        Issued bad = signed(ec(), authority("our clients"), false, Instant.now().plus(1, ChronoUnit.DAYS), "somebody"); // who only calls itself that
        String auth = "client-auth: { mode: MODE, ca: \"" + folder.resolve("ca.pem") + "\", forward: on }";
        String more = ", " + auth.replace("MODE", "optional") + ", hosts: { stock.example.com: { " + auth.replace("MODE", "required")
                + " }, free.example.com: { client-auth: { mode: off } } }";
        try (LoadBalancer proxy = start(transport, "serve", more, "a")) {
            int port = port(proxy, 1);
            assertThat(TlsClient.ask(port, HOST, GET, good)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(atWorker.poll(SECONDS, TimeUnit.SECONDS)).contains(
                    "\r\nX-SSL-Client-Verify: SUCCESS\r\nX-SSL-Client-DN: CN=j\\C3\\A9r\\C3\\B4me\r\nX-SSL-Issuer: CN=our clients\r\nX-SSL-Client-Serial: ",
                    "\r\nX-Forwarded-Client-Cert: Hash=",
                    ";Cert=\"-----BEGIN%20CERTIFICATE-----%0A");
            assertThat(ask(proxy, HOST, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(atWorker.poll(SECONDS, TimeUnit.SECONDS)).contains("\r\nX-SSL-Client-Verify: NONE\r\n").doesNotContain("X-SSL-Issuer", "Client-Cert");
            assertThat(TlsClient.ask(port, HOST, GET, bad)).isEqualTo(TlsClient.CUT);
            assertThat(ask(proxy, "stock.example.com", GET.replace("orders", "stock"))).isEqualTo(TlsClient.CUT);
            assertThat(TlsClient.ask(port, "stock.example.com", GET.replace("orders", "stock"), good)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(ask(proxy, HOST, GET.replace("Host: orders", "Host: STOCK"))).startsWith("HTTP/1.1 421 ");
            assertThat(ask(proxy, "", GET.replace("Host: orders", "Host: stock"))).startsWith("HTTP/1.1 421 ");
            assertThat(ask(proxy, "free.example.com", GET.replace("Host: orders", "Host: stock"))).startsWith("HTTP/1.1 421 ");
            assertThat(page(proxy)).contains("weir_tls_handshakes_total{outcome=\"client_certificate\"} 2.0", "weir_certificate_not_after_seconds{");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anOcspResponseGoesWithTheHandshakeWhileItHolds(TransportKind transport) throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Issued ca = authority("an issuer");
        Issued own = signed(ec(), ca, false, now.plus(1, ChronoUnit.DAYS), HOST);
        own.write(folder, "a", ca);
        byte[] holds = TestOcsp.good(own, ca, now.minusSeconds(60), now.plusSeconds(3600));
        Path file = folder.resolve("a.ocsp");
        Files.write(file, holds);
        try (LoadBalancer proxy = start(transport, "serve", "", "a.ocsp")) {
            assertThat(TlsClient.staples(port(proxy, 1), HOST)).singleElement().isEqualTo(holds);
            assertThat(page(proxy)).contains("weir_certificate_ocsp_next_update_seconds{certificate=\"" + HOST + "\",file=\"" + file + "\"} ");
        }
        Files.write(file, TestOcsp.good(own, ca, now.minusSeconds(60), now.minusSeconds(30)));
        try (LoadBalancer proxy = start(transport, "serve", "", "a.ocsp")) {
            assertThat(TlsClient.staples(port(proxy, 1), HOST)).isEmpty();
            assertThat(ask(proxy, HOST, GET)).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void handshakesThatEndBeforeTheyHaveBegunAreCounted(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "serve", "", "a")) {
            byte[] endless = {22, 3, 1, 0, 4, 1, 0, 64, 1}; // a record with the beginning of a hello of 16 KiB and a byte
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, 1))) {
                client.getOutputStream().write(endless);
                assertThat(client.getInputStream().read()).isNegative();
            }
            assertThat(page(proxy)).contains("weir_tls_handshakes_total{outcome=\"malformed\"} 1.0");
            new Socket(InetAddress.getLoopbackAddress(), port(proxy, 1)).close();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (!page(proxy).contains("weir_tls_handshakes_total{outcome=\"ended\"} 1.0")) {
                assertThat(System.nanoTime()).as("counted in time: %s", page(proxy)).isLessThan(end);
            }
        }
    }

    private static String page(LoadBalancer proxy) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        Objects.requireNonNull(proxy.metrics()).write("", page);
        return page.toString(ISO_8859_1);
    }

    private static String askPlain(int port, String request) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
            client.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String ask(LoadBalancer proxy, String serverName, String request) throws Exception {
        return TlsClient.ask(port(proxy, 1), serverName, request);
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static int port(LoadBalancer proxy, int listener) {
        return proxy.addresses().get(listener).getPort();
    }

    /** {@code NAME} or, with an OCSP response, {@code NAME.ocsp}. */
    private String pair(String name) {
        String files = name.replace(".ocsp", "");
        return "{ cert: \"%1$s/%2$s.pem\", key: \"%1$s/%2$s.key\"%3$s }".formatted(folder, files, name.equals(files) ? "" : ", ocsp: \"%s/%s\"".formatted(folder, name));
    }

    private LoadBalancer start(TransportKind transport, String plainHttp, String more, String... certificates) throws Exception {
        List<String> pairs = Stream.of(certificates).map(this::pair).toList();
        settings = ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners:
                  - { bind: "127.0.0.1:0", plain-http: %s }
                  - { bind: "127.0.0.1:%d", tls: { certificates: [ %s ], hsts: {}%s } }
                access-log: { path: "%s" }
                apps: { orders: &app { pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a } ] } }, check: off }, stock: *app, free: *app }
                mappings: [ { path: /any/, app: orders } ]
                """.formatted(plainHttp, freePort(), String.join(", ", pairs), more, folder.resolve("access.log"), worker.getLocalPort())).settings();
        return LoadBalancer.start(settings, new TransportChoice(transport, "each in turn"), 1);
    }
}

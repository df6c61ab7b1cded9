package io.weir.app;

import static io.weir.tls.TestCertificates.authority;
import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.selfSigned;
import static io.weir.tls.TestCertificates.signed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weir.app.LoadBalancer.CannotListenException;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.loop.TransportKind;
import io.weir.tls.TestCertificates.Issued;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole proxy on the loopback, with the PROXY protocol in front of it and behind. */
class ProxyProtocolTest {
    private static final int MOST_TRIES = 5;
    private static final int SECONDS = 30;
    private static final String HOST = "orders.example.com";
    private static final String GET = "GET / HTTP/1.1\r\nHost: " + HOST + "\r\nConnection: close\r\n\r\n";
    private static final String V1 = "PROXY TCP4 203.0.113.9 198.51.100.1 4711 444\r\n";
    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
    private static final String V2 = SIGNATURE + chars("21" + "11" + "000c" + "cb007109" + "c6336401" + "1267" + "01bc");
    private static final String BELIEVED = "proxy-protocol: { accept: required, from: [127.0.0.0/8] }";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final LinkedBlockingQueue<String> atWorker = new LinkedBlockingQueue<>();
    /** How many requests each connection has brought that was ended. */
    private final LinkedBlockingQueue<Integer> served = new LinkedBlockingQueue<>();
    @SuppressWarnings("NullAway.Init")
    private ServerSocket worker;

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    @BeforeEach
    void startWorker() throws IOException {
        worker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            while (!worker.isClosed()) {
                try {
                    Socket connection = worker.accept();
                    Thread.ofPlatform().daemon().start(() -> serve(connection));
                } catch (IOException _) {
                    // it is closed
                }
            }
        });
    }

    /** Answers one request after the other, and keeps what has come up to the end of each. */
    private void serve(Socket socket) {
        try (Socket connection = socket) {
            InputStream in = connection.getInputStream();
            int requests = 0;
            for (StringBuilder head = new StringBuilder(); ; ) {
                int next = in.read();
                if (next < 0) {
                    served.add(requests);
                    atWorker.add(head.toString());
                    return;
                }
                head.append((char) next);
                if (next == '\n' && head.indexOf("HTTP/1.1") >= 0 && head.toString().endsWith("\r\n\r\n")) {
                    requests++;
                    atWorker.add(head.toString());
                    head.setLength(0);
                    connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(ISO_8859_1));
                }
            }
        } catch (IOException _) {
            served.add(-1);
        }
    }

    @AfterEach
    void endWorker() throws IOException {
        worker.close();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theClientOfABelievedHeaderIsTheClientForEverything(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, BELIEVED, "", "")) {
            for (String header : new String[] {V1, V2}) {
                assertThat(ask(port(proxy, 0), header + GET)).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(request()).contains("\r\nX-Forwarded-For: 203.0.113.9\r\n", "\r\nX-Forwarded-Port: 444\r\n", "\r\nX-Forwarded-Proto: http\r\n");
                assertThat(TlsClient.ask(port(proxy, 1), HOST, GET, null, bytes(header))).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(request()).contains("\r\nX-Forwarded-For: 203.0.113.9\r\n", "\r\nX-Forwarded-Port: 444\r\n", "\r\nX-Forwarded-Proto: https\r\n");
            }
            assertThat(ask(port(proxy, 0), "PROXY UNKNOWN\r\n" + GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(request()).contains("\r\nX-Forwarded-For: 127.0.0.1\r\n");
            assertThat(ask(port(proxy, 0), GET)).isEmpty();
            assertThat(ask(port(proxy, 0), "PROXY TCP4 nobody\r\n" + GET)).isEmpty();
            assertThat(ask(port(proxy, 1), GET)).isEmpty();
            assertThat(page(proxy)).contains("weir_client_connections_refused_total{why=\"no_header\"} 2.0", "{why=\"bad_header\"} 1.0", "weir_tls_handshakes_total{outcome=\"done\"} 2.0");
        }
        assertThat(Files.readString(folder.resolve("access.log"))).contains("\"client\":\"203.0.113.9\"", "\"client\":\"127.0.0.1\"");
    }

    /** With prior knowledge. */
    @ParameterizedTest
    @MethodSource("transports")
    void http2SeesItToo(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        String head = chars("8286" + "84" + "41" + "12") + HOST;
        String frames = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + chars("000000040000000000") + chars("0000%02x010500000001".formatted(head.length())) + head;
        try (LoadBalancer proxy = start(transport, BELIEVED, "", "");
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, 0))) {
            client.getOutputStream().write(bytes(V2 + frames));
            assertThat(request()).contains("\r\nX-Forwarded-For: 203.0.113.9\r\n", "\r\nX-Forwarded-Port: 444\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void strangersAreNotBelieved(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "proxy-protocol: { accept: optional, from: [10.0.0.0/8] }", "", "")) {
            assertThat(ask(port(proxy, 0), V1 + GET)).startsWith("HTTP/1.1 505 ");
            assertThat(ask(port(proxy, 0), V2 + GET)).startsWith("HTTP/1.1 400 ");
            assertThat(ask(port(proxy, 0), GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(request()).contains("\r\nX-Forwarded-For: 127.0.0.1\r\n");
        }
        try (LoadBalancer proxy = start(transport, BELIEVED.replace("127", "10"), "", "")) {
            assertThat(ask(port(proxy, 0), V1 + GET)).isEmpty();
            assertThat(page(proxy)).contains("weir_client_connections_refused_total{why=\"not_believed\"} 1.0", "weir_client_connections_accepted_total 0.0");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHeaderIsOptionalWhereItIsCalledThat(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, BELIEVED.replace("required", "optional"), "", "")) {
            assertThat(ask(port(proxy, 0), GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(request()).contains("\r\nX-Forwarded-For: 127.0.0.1\r\n");
            assertThat(TlsClient.ask(port(proxy, 1), HOST, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(request()).contains("\r\nX-Forwarded-For: 127.0.0.1\r\n");
            assertThat(ask(port(proxy, 0), V2 + GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(request()).contains("\r\nX-Forwarded-For: 203.0.113.9\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHeaderThatDoesNotComeEndsTheConnectionInTime(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, BELIEVED + ", timeouts: { head: 100ms }", "", "")) {
            for (int listener = 0; listener < 2; listener++) {
                for (String begun : new String[] {"", "PROXY TC", SIGNATURE}) {
                    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, listener))) {
                        client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
                        client.getOutputStream().write(bytes(begun));
                        assertThat(client.getInputStream().read()).isNegative();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void onlyWhoIsAllowedComesIn(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "allow: [10.0.0.0/8]", "", "")) {
            assertThat(ask(port(proxy, 0), GET)).isEmpty();
            assertThat(TlsClient.ask(port(proxy, 1), HOST, GET)).isEqualTo(TlsClient.CUT);
            assertThat(page(proxy)).contains("weir_client_connections_refused_total{why=\"not_allowed\"} 2.0");
        }
        try (LoadBalancer proxy = start(transport, "allow: [\"::1\", 127.0.0.1]", "", "")) {
            assertThat(ask(port(proxy, 0), GET)).startsWith("HTTP/1.1 200 OK\r\n");
        }
        try (LoadBalancer proxy = start(transport, "allow: [203.0.113.0/24], " + BELIEVED, "", "")) {
            assertThat(ask(port(proxy, 0), V1 + GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(ask(port(proxy, 0), V1.replace("203", "204") + GET)).isEmpty();
            assertThat(TlsClient.ask(port(proxy, 1), HOST, GET, null, bytes("PROXY UNKNOWN\r\n"))).isEqualTo(TlsClient.CUT);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void workersAreToldWhomAConnectionIsFor(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        try (LoadBalancer proxy = start(transport, "strict-region: off", ", upstream: { proxy-protocol: v1 }", "")) {
            for (int i = 0; i < 2; i++) {
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, 0))) {
                    String got = ask(client, GET);
                    assertThat(got).endsWith("\r\n\r\nhello");
                    assertThat(request())
                            .startsWith("PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + port(proxy, 0) + "\r\nGET / HTTP/1.1\r\n");
                    assertThat(served.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
                }
            }
        }
        try (LoadBalancer proxy = start(transport, "strict-region: off", ", upstream: { proxy-protocol: v2 }", "trusted-proxies: [127.0.0.1]")) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, 0))) {
                assertThat(ask(client, GET)).endsWith("\r\n\r\nhello");
                assertThat(request()).startsWith(SIGNATURE
                        + chars("2111000c" + "7f000001" + "7f000001" + "%04x%04x".formatted(client.getLocalPort(), port(proxy, 0))) + "GET / HTTP/1.1\r\n");
            }
            assertThat(served.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(proxy, 0))) {
                assertThat(ask(client, GET.replace("Connection", "X-Forwarded-For: 2001:db8::9\r\nConnection"))).endsWith("hello");
                assertThat(request()).as("a client of which a trusted proxy tells").startsWith(SIGNATURE
                        + chars("21210024" + "20010db8000000000000000000000009" + "00000000000000000000ffff7f000001" + "%04x%04x".formatted(client.getLocalPort(), port(proxy, 0)))
                        + "GET / HTTP/1.1\r\n");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void workersAreToldOfTheClientsTls(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        Issued ca = authority("our clients");
        ca.write(folder, "ca");
        Issued own = signed(ec(), ca, false, Instant.now().plus(1, ChronoUnit.DAYS), "j\u00e9r\u00f4me");
        try (LoadBalancer proxy = start(transport, "strict-region: off", ", upstream: { proxy-protocol: v2 }", "")) {
            int port = port(proxy, 1);
            assertThat(TlsClient.ask(port, HOST, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            String authority = chars("020012") + HOST;
            String version = chars("210007") + "TLSv1.3";
            assertThat(request()).startsWith(SIGNATURE + chars("2111")).contains(chars("%04x".formatted(port)) + authority + chars("20"), chars("0100000001") + version + chars("23"));
            assertThat(served.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);

            assertThat(TlsClient.ask(port, HOST, GET, own)).startsWith("HTTP/1.1 200 OK\r\n");
            String name = chars("22") + chars("0008") + new String("j\u00e9r\u00f4me".getBytes(UTF_8), ISO_8859_1);
            String got = request();
            assertThat(got).contains(authority, chars("0700000000") + version + name + chars("23"), "TLS_AES_");
            assertThat(extras(got)).as("as others read it").startsWith("AUTHORITY SSL SSL_VERSION SSL_CN OTHER, then GET / HTTP/1.1\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void workersAreToldWhatIsSpokenInside(TransportKind transport) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (LoadBalancer proxy = start(transport, "strict-region: off", ", upstream: { proxy-protocol: v2 }", "");
                SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port(proxy, 1))) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            client.setSSLParameters(parameters);
            assertThat(ask(client, GET)).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(request()).contains(chars("%04x%04x".formatted(client.getLocalPort(), port(proxy, 1)) + "010008") + "http/1.1" + chars("20"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "{ http: { path: /health } }"})
    void checksSayThatTheyAreForNobody(String check) throws Exception {
        selfSigned(ec(), HOST).write(folder, "a");
        for (String version : new String[] {"v1", "v2"}) {
            try (LoadBalancer _ = start(TransportKind.NIO, "strict-region: off", ", upstream: { proxy-protocol: " + version + " }", "", check)) {
                String nobody = version.equals("v1") ? "PROXY UNKNOWN\r\n" : SIGNATURE + chars("20000000");
                String got = request();
                assertThat(got).startsWith(check.equals("tcp") ? nobody : nobody + "GET /health HTTP/1.1\r\n");
                atWorker.clear();
            }
        }
    }

    /** The types of what the header says beside addresses, and what is behind it. */
    private static String extras(String bytes) {
        EmbeddedChannel reader = new EmbeddedChannel(new HAProxyMessageDecoder());
        reader.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
        HAProxyMessage header = reader.readInbound();
        ByteBuf behind = reader.readInbound();
        try {
            return header.tlvs().stream().map(each -> each.type().name().replaceFirst("PP2_TYPE_", "")).collect(Collectors.joining(" "))
                    + ", then " + behind.toString(ISO_8859_1);
        } finally {
            header.release();
            behind.release();
            var _ = reader.finish();
        }
    }

    /** What has come next, or what came of it before the connection ended. */
    private String request() throws InterruptedException {
        String next;
        do {
            next = Objects.requireNonNull(atWorker.poll(SECONDS, TimeUnit.SECONDS));
        } while (next.isEmpty());
        return next;
    }

    private static String chars(String hex) {
        return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static String page(LoadBalancer proxy) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        Objects.requireNonNull(proxy.metrics()).write("", page);
        return page.toString(ISO_8859_1);
    }

    /** What comes back; nothing, too, if the connection was reset. */
    private static String ask(int port, String bytes) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return ask(client, bytes);
        }
    }

    private static String ask(Socket client, String bytes) throws IOException {
        client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try {
            client.getOutputStream().write(bytes(bytes));
            client.getInputStream().transferTo(got);
        } catch (SocketException _) {
            return got.toString(ISO_8859_1);
        }
        return got.toString(ISO_8859_1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static int port(LoadBalancer proxy, int listener) {
        return proxy.addresses().get(listener).getPort();
    }

    private LoadBalancer start(TransportKind transport, String listener, String app, String more) throws Exception {
        return start(transport, listener, app, more, "off");
    }

    /** A port that was free a moment ago may be another's by now: then again. */
    private LoadBalancer start(TransportKind transport, String listener, String app, String more, String check) throws Exception {
        for (int tries = 1; ; tries++) {
            try {
                return startOnce(transport, listener, app, more, check);
            } catch (CannotListenException e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    private LoadBalancer startOnce(TransportKind transport, String listener, String app, String more, String check) throws Exception {
        Files.deleteIfExists(folder.resolve("access.log"));
        String clients = app.isEmpty() ? "" : ", client-auth: { mode: optional, ca: \"" + folder.resolve(Files.exists(folder.resolve("ca.pem")) ? "ca.pem" : "a.pem") + "\" }";
        Settings settings = ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners:
                  - { bind: "127.0.0.1:0", %1$s }
                  - { bind: "127.0.0.1:%2$d", %1$s, tls: { certificates: [ { cert: "%3$s/a.pem", key: "%3$s/a.key" } ]%4$s } }
                access-log: { path: "%3$s/access.log" }
                apps: { orders: { pools: { r1: { workers: [ { address: "127.0.0.1:%5$d", zone: r1a } ] } }, check: %6$s%7$s } }
                %8$s
                """.formatted(listener, freePort(), folder, clients, worker.getLocalPort(), check, app, more)).settings();
        return LoadBalancer.start(settings, new TransportChoice(transport, "each in turn"), 1);
    }
}

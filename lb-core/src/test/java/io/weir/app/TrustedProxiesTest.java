package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy on the loopback, with what each transport says of who connects. */
class TrustedProxiesTest {
    private static final int SECONDS = 30;
    private static final String TRACE = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=b,c=d\r\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    /** A listener at every address takes IPv4 on a socket of IPv6, where addresses are IPv4-mapped. */
    @ParameterizedTest
    @MethodSource("transports")
    void aTrustedProxyIsBelieved(TransportKind transport) throws Exception {
        Seen seen = exchange(transport, ":0", "127.0.0.0/8");

        assertThat(seen.worker)
                .contains("\r\nX-Forwarded-For: 203.0.113.9, 127.0.0.1\r\n", "\r\nX-Forwarded-Proto: https\r\n", "\r\nX-Request-Id: its-own\r\n", TRACE)
                .doesNotContain("evil");
        assertThat(seen.logged).contains("\"client\":\"203.0.113.9\",\"request_id\":\"its-own\"");
        assertThat(seen.client).contains(TRACE);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anyoneElseIsNot(TransportKind transport) throws Exception {
        Seen seen = exchange(transport, "127.0.0.1:0", "10.0.0.0/8");

        assertThat(seen.worker)
                .contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", "\r\nX-Forwarded-Proto: http\r\n", TRACE)
                .doesNotContain("203.0.113.9", "its-own", "evil");
        assertThat(seen.logged).contains("\"client\":\"127.0.0.1\",\"request_id\":\"").doesNotContain("its-own");
        assertThat(seen.client).contains(TRACE);
    }

    /** What the worker and the client got, and the access log. */
    private record Seen(String worker, String client, String logged) {}

    private Seen exchange(TransportKind transport, String bind, String trusted) throws Exception {
        CompletableFuture<String> atWorker = new CompletableFuture<>();
        String answer;
        try (ServerSocket worker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LoadBalancer proxy = LoadBalancer.start(
                        settings(bind, trusted, worker.getLocalPort()),
                        new TransportChoice(transport, "each in turn"),
                        1);
                Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), proxy.addresses().getFirst().getPort())) {
            Thread.ofPlatform().daemon().start(() -> serve(worker, atWorker));
            client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
            client.getOutputStream().write(("GET / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close, X-Forwarded-For\r\n"
                    + "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Request-Id: its-own\r\n"
                    + "X_Forwarded_For: evil\r\nX-Forwarded-Client-Cert: evil\r\n" + TRACE + "\r\n").getBytes(ISO_8859_1));
            answer = new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
        return new Seen(atWorker.get(SECONDS, TimeUnit.SECONDS), answer, Files.readString(folder.resolve("access.log"))); // whole, since it is closed
    }

    private static void serve(ServerSocket worker, CompletableFuture<String> seen) {
        try (Socket connection = worker.accept()) {
            InputStream in = connection.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            connection.getOutputStream().write(("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + TRACE + "\r\n").getBytes(ISO_8859_1));
            seen.complete(head.toString());
        } catch (IOException e) {
            seen.completeExceptionally(e);
        }
    }

    private Settings settings(String bind, String trusted, int worker) throws Exception {
        return ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners: [ { bind: "%s" } ]
                trusted-proxies: [ %s ]
                access-log: { path: "%s" }
                apps: { orders: { pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a } ] } }, check: off } }
                """.formatted(bind, trusted, folder.resolve("access.log"), worker)).settings();
    }
}

package io.weir.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.loop.TransportKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What an event loop allocates for a small request on a connection that stays open, with a real proxy on the loopback. */
@Isolated("it measures")
class AllocationTest {
    /** What Netty makes for each read and write on its other transports is among it. */
    private static final long MOST = 512;
    /** Where nothing but our own would be seen: less than any string. */
    private static final long MOST_ON_EPOLL = 128;

    /** Far more than it takes: it ends a proxy that hangs. */
    private static final int SECONDS = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** In a JVM of its own: the leak detector, which is at paranoid here, allocates for each buffer. */
    @Test
    void keepAliveRequestAllocatesNextToNothingOnItsEventLoop() throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process proxy = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MeasuredProxy.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = proxy.waitFor(SECONDS, TimeUnit.SECONDS);
        proxy.destroyForcibly();
        String said = Files.readString(output);
        System.out.print(said);
        assertThat(ended).as("ended within %d s: %s", SECONDS, said).isTrue();
        assertThat(proxy.exitValue()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.startsWith(MeasuredProxy.FIGURE)))
                .as(said)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).isBetween(0L, line.contains("epoll") ? MOST_ON_EPOLL : MOST));
    }

    /** A worker, the proxy with one event loop, and a client that asks one thing after the other; a line for each transport that works here. */
    static final class MeasuredProxy {
        static final String FIGURE = "allocated per request, ";

        private static final int BATCH = 2_000;
        private static final int WARM_UP = 5;
        private static final byte[] REQUEST = """
                GET /orders/7 HTTP/1.1\r
                Host: orders.r1.example.com\r
                User-Agent: allocation-test\r
                Accept: application/json\r
                \r
                """.getBytes(US_ASCII);
        /** The same from a proxy in front, which is trusted. */
        private static final byte[] PROXIED = """
                GET /orders/7 HTTP/1.1\r
                Host: orders.example.com\r
                User-Agent: allocation-test\r
                Accept: application/json\r
                X-Forwarded-For: 203.0.113.9, 10.1.1.1\r
                X-Forwarded-Proto: https\r
                X-Request-Id: 5f0c6f0a-7f3b-4d07-9d4a-5a2f1c9e8b77\r
                \r
                """.getBytes(US_ASCII);
        private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);
        private static final int BODY = 100;
        private static final byte[] RESPONSE = ("""
                HTTP/1.1 200 OK\r
                Server: allocation-test\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                """.formatted(BODY) + "x".repeat(BODY)).getBytes(US_ASCII);

        private MeasuredProxy() {}

        public static void main(String... args) throws IOException, ConfigProblemsException, LoadBalancer.CannotListenException, LoadBalancer.CannotLogException, CertificateKeeper.CannotServeTlsException {
            try (ServerSocket worker = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
                var _ = Thread.ofPlatform().daemon().start(() -> work(worker));
                for (TransportKind transport : TransportKind.values()) {
                    if (transport.unavailability() == null) {
                        measure(transport, worker.getLocalPort(), REQUEST, "[]");
                    }
                }
                measure(TransportKind.NIO, worker.getLocalPort(), PROXIED, "[127.0.0.0/8, 10.0.0.0/8]");
            }
        }

        private static void measure(TransportKind kind, int worker, byte[] request, String trusted)
                throws IOException, ConfigProblemsException, LoadBalancer.CannotListenException, LoadBalancer.CannotLogException, CertificateKeeper.CannotServeTlsException {
            TransportChoice transport = new TransportChoice(kind, "each in turn");
            try (LoadBalancer proxy = LoadBalancer.start(settings(worker, trusted), transport, 1);
                    Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.addresses().getFirst().getPort())) {
                client.setTcpNoDelay(true);
                byte[] response = new byte[firstResponse(client, request)];
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                long loop = eventLoop();
                for (int i = 0; i < WARM_UP; i++) {
                    ask(client, request, response);
                }
                long before = threads.getThreadAllocatedBytes(loop);
                ask(client, request, response);
                long allocated = threads.getThreadAllocatedBytes(loop) - before;
                System.out.println(FIGURE + TransportChoice.name(kind) + ", trusted " + trusted + ", bytes: " + Math.ceilDiv(allocated, BATCH));
            }
        }

        /** Metrics are counted and lines are written: neither may cost an allocation. */
        private static Settings settings(int worker, String trusted) throws ConfigProblemsException {
            return ConfigReader.read("measured", """
                    domains: [example.com]
                    here: { region: r1, zone: r1a }
                    regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                    listeners: [ { bind: "127.0.0.1:0" } ]
                    trusted-proxies: %s
                    apps: { orders: { pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a } ] } }, check: off } }
                    access-log: { path: /dev/null, request-headers: [user-agent] }
                    """.formatted(trusted, worker)).settings();
        }

        private static long eventLoop() {
            List<Thread> loops = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("weir-loop-"))
                    .toList();
            if (loops.size() != 1) {
                throw new IllegalStateException("event loops: " + loops);
            }
            return loops.getFirst().threadId();
        }

        /** Bytes of a whole response; all have the same, since their dates are of one length. */
        private static int firstResponse(Socket client, byte[] request) throws IOException {
            client.getOutputStream().write(request);
            InputStream in = client.getInputStream();
            int head = readHead(in, new byte[4096]);
            in.readNBytes(BODY);
            return head + BODY;
        }

        private static void ask(Socket client, byte[] request, byte[] response) throws IOException {
            InputStream in = client.getInputStream();
            for (int i = 0; i < BATCH; i++) {
                client.getOutputStream().write(request);
                if (in.readNBytes(response, 0, response.length) < response.length) {
                    throw new IOException("the proxy closed the connection");
                }
            }
        }

        private static void work(ServerSocket worker) {
            try {
                while (true) {
                    Socket connection = worker.accept();
                    var _ = Thread.ofPlatform().daemon().start(() -> answer(connection));
                }
            } catch (IOException e) {
                // closed: everything is measured
            }
        }

        private static void answer(Socket connection) {
            try (connection) {
                connection.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(connection.getInputStream());
                byte[] request = new byte[4096];
                while (readHead(in, request) > 0) {
                    connection.getOutputStream().write(RESPONSE);
                }
            } catch (IOException e) {
                // closed: everything is measured
            }
        }

        /** Reads up to the end of a head and not beyond; its length, or 0 at the end of the stream. */
        private static int readHead(InputStream in, byte[] into) throws IOException {
            int length = 0;
            for (int seen = 0; seen < HEAD_END.length; length++) {
                int b = in.read();
                if (b < 0) {
                    return 0;
                }
                into[length] = (byte) b;
                seen = b == HEAD_END[seen] ? seen + 1 : b == HEAD_END[0] ? 1 : 0;
            }
            return length;
        }
    }
}

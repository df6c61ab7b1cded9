package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A start that waits until it is known how the workers are. */
@Timeout(60)
class FirstVerdictsTest {
    private static final int SECONDS = 30;
    private static final Duration FOREVER = Duration.ofHours(1);

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connectionsWaitUntilTheFirstVerdictsAreThere(TransportKind transport) throws Exception {
        int port = freePort();
        int admin = freePort();
        CompletableFuture<Void> verdicts = new CompletableFuture<>();
        FutureTask<LoadBalancer> start = inBackground(() -> start(settings(port, admin), transport, new FirstVerdicts(verdicts, FOREVER)));
        try (Socket client = connect(port)) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
            for (int i = 0; i < 20; i++) { // time enough for an answer
                assertThat(ask(admin, "/ready")).startsWith("HTTP/1.1 503 ").endsWith("starting\n");
            }
            assertThat(client.getInputStream().available()).isZero();
            assertThat(start.isDone()).isFalse();

            verdicts.complete(null);

            assertThat(answer(client)).startsWith("HTTP/1.1 404 ");
            try (LoadBalancer _ = start.get(SECONDS, TimeUnit.SECONDS)) {
                assertThat(ask(admin, "/ready")).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void verdictsThatDoNotComeInTimeAreNotWaitedFor() throws Exception {
        assertServes(new FirstVerdicts(new CompletableFuture<>(), Duration.ofMillis(20)));
    }

    @Test
    void verdictsThatCannotBeHadAreNotWaitedFor() throws Exception {
        assertServes(new FirstVerdicts(CompletableFuture.failedFuture(new IllegalStateException("nobody asks")), FOREVER));
    }

    private static void assertServes(FirstVerdicts verdicts) throws Exception {
        int port = freePort();
        try (LoadBalancer _ = start(settings(port, freePort()), TransportKind.NIO, verdicts)) {
            assertThat(ask(port, "/")).startsWith("HTTP/1.1 404 ");
        }
    }

    private static <T> FutureTask<T> inBackground(Callable<T> task) {
        FutureTask<T> running = new FutureTask<>(task);
        Thread.ofPlatform().daemon().start(running);
        return running;
    }

    private static LoadBalancer start(Settings settings, TransportKind transport, FirstVerdicts verdicts) throws Exception {
        LoadBalancer balancer = LoadBalancer.open(settings, new TransportChoice(transport, "each in turn"), 2, RunFile.NONE, Succession.none());
        balancer.accept(verdicts);
        return balancer;
    }

    /** As soon as somebody listens. */
    private static Socket connect(int port) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (true) {
            try {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
                return socket;
            } catch (IOException e) {
                assertThat(System.nanoTime()).as("listens in time").isLessThan(end);
            }
        }
    }

    private static String ask(int port, String path) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
            return answer(socket);
        }
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Settings settings(int listener, int admin) throws Exception {
        return ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners: [ { bind: "127.0.0.1:%d" } ]
                admin: { bind: "127.0.0.1:%d" }
                """.formatted(listener, admin)).settings();
    }
}

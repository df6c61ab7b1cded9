package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.loop.TransportKind;
import io.weir.routing.Requests;
import io.weir.routing.Route;
import io.weir.upstream.EndpointTarget;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy on the loopback between clients and two workers, of which one doesn't answer, or takes no new connections. */
@Timeout(60)
class SilentWorkerTest {
    private static final int SECONDS = 30;

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatItDoesNotAnswerIsServedByTheOtherIfItMayBeSentTwice(TransportKind transport) throws Exception {
        InetAddress here = InetAddress.getLoopbackAddress();
        List<Client> clients = new ArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 16, here);
                ServerSocket other = new ServerSocket(0, 16, here);
                LoadBalancer proxy = LoadBalancer.start(
                        settings(silent.getLocalPort(), other.getLocalPort(), "off"), new TransportChoice(transport, "each in turn"), 2)) {
            Thread.ofPlatform().daemon().start(() -> serve(other, SilentWorkerTest::answerAll));
            Queue<Heard> heard = new ConcurrentLinkedQueue<>();
            Thread.ofPlatform().daemon().start(() -> serve(silent, connection -> hear(connection, heard)));
            EndpointTarget target = target(proxy, silent.getLocalPort());
            int port = proxy.addresses().getFirst().getPort();
            for (String method : List.of("GET", "PUT", "POST")) {
                clients.add(Client.waitingAt(heard, port, method));
            }

            target.endpoint().foundSilent();

            assertThat(clients.get(0).answer()).endsWith("\r\n\r\nserved");
            assertThat(clients.get(1).answer()).endsWith("\r\n\r\nserved");
            await(() -> target.endpoint().connections() == 1);
            assertThat(target.inFlight()).as("the POST waits on").isOne();
            answerPost(heard);
            assertThat(clients.get(2).answer()).endsWith("\r\n\r\nlate");
        } finally {
            for (Client client : clients) {
                client.socket.close();
            }
        }
    }

    /** Its listening socket is closed, so that checks are refused and the worker is out, while it still works at what it has. */
    @ParameterizedTest
    @MethodSource("transports")
    void oneThatShutsDownAnswersWhatItHas(TransportKind transport) throws Exception {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket leaving = new ServerSocket(0, 16, here);
                ServerSocket other = new ServerSocket(0, 16, here);
                LoadBalancer proxy = LoadBalancer.start(
                        settings(leaving.getLocalPort(), other.getLocalPort(), "{ tcp: {}, interval: 1s, fall: 1 }"),
                        new TransportChoice(transport, "each in turn"),
                        2)) {
            Thread.ofPlatform().daemon().start(() -> serve(other, SilentWorkerTest::answerAll));
            Queue<Heard> heard = new ConcurrentLinkedQueue<>();
            Thread.ofPlatform().daemon().start(() -> serve(leaving, connection -> hear(connection, heard)));
            EndpointTarget target = target(proxy, leaving.getLocalPort());
            int port = proxy.addresses().getFirst().getPort();
            Client client = Client.waitingAt(heard, port, "GET");
            try (Socket _ = client.socket) {
                stopListening(leaving);
                await(() -> targets(proxy).noneMatch(target::equals));
                proxy.control().ask(_ -> "whatever comes of it is told to the event loops").join();
                for (int i = 0; i < 8; i++) {
                    try (Socket another = Client.ask(port, "GET").socket) {
                        assertThat(new Client(another).answer()).endsWith("served");
                    }
                }

                Heard get = heard.stream().filter(each -> each.request().startsWith("GET")).findFirst().orElseThrow();
                get.connection().getOutputStream().write(response("late"));
                assertThat(client.answer()).endsWith("\r\n\r\nlate");
            }
        }
    }

    private static EndpointTarget target(LoadBalancer proxy, int port) {
        return targets(proxy).filter(target -> target.endpoint().address().port() == port).findFirst().orElseThrow();
    }

    private static Stream<EndpointTarget> targets(LoadBalancer proxy) {
        Route route = (Route) Objects.requireNonNull(proxy.table().resolve(Requests.get("orders.example.com", "/")));
        return Objects.requireNonNull(route.plan()).plan().tiers().getFirst().targets().stream().map(EndpointTarget.class::cast);
    }

    /** A client's connection with one request on it. */
    private record Client(Socket socket) {
        /** Asks, until it is the silent worker's turn and the request is there: one that has no connection yet may go elsewhere, whatever it is. */
        static Client waitingAt(Queue<Heard> heard, int port, String method) throws IOException {
            int before = heard.size();
            while (true) {
                Client client = ask(port, method);
                await(() -> heard.size() > before || client.hasAnswer());
                if (heard.size() > before) {
                    return client;
                }
                client.socket.close();
            }
        }

        private static Client ask(int port, String method) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
            socket.getOutputStream()
                    .write((method + " / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody").getBytes(ISO_8859_1));
            return new Client(socket);
        }

        private boolean hasAnswer() {
            try {
                return socket.getInputStream().available() > 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        String answer() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** A request that the silent worker has read, and where its answer would go. */
    private record Heard(Socket connection, String request) {}

    private static void hear(Socket connection, Queue<Heard> heard) {
        try {
            String request = readRequest(connection.getInputStream());
            if (!request.isEmpty()) { // else it was a check, which only connects
                heard.add(new Heard(connection, request));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private static void stopListening(ServerSocket worker) throws IOException {
        worker.close();
    }

    private static void answerPost(Queue<Heard> heard) throws IOException {
        Heard post = heard.stream().filter(each -> each.request().startsWith("POST")).findFirst().orElseThrow();
        post.connection().getOutputStream().write(response("late"));
    }

    private static void serve(ServerSocket worker, Consumer<Socket> each) {
        try {
            while (true) {
                Socket connection = worker.accept();
                var _ = Thread.ofPlatform().daemon().start(() -> each.accept(connection));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private static void answerAll(Socket connection) {
        try (connection) {
            while (!readRequest(connection.getInputStream()).isEmpty()) {
                connection.getOutputStream().write(response("served"));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    /** A head and the four bytes behind it, or what there was of them. */
    private static String readRequest(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (!request.toString().endsWith("\r\n\r\nbody")) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            request.append((char) b);
        }
        return request.toString();
    }

    private static byte[] response(String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(ISO_8859_1);
    }

    private static Settings settings(int one, int two, String check) throws Exception {
        return ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a, r1b] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                apps:
                  orders:
                    pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a }, { address: "127.0.0.1:%d", zone: r1b } ] } }
                    check: %s
                """.formatted(one, two, check)).settings();
    }
}

package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.admin.Readiness;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.explain.Explainer;
import io.weir.explain.Question;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two load balancers on the loopback: {@code near} in ca-c1, which reaches us-e1 through {@code far}. The app prefers us-e1 and goes on to
 * ca-c1. Each region has one worker.
 */
class GatewayTest {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** Says its name and what it got, once a connection. */
    private record AnsweringWorker(String name, ServerSocket socket) implements AutoCloseable {
        static AnsweringWorker start(String name) throws IOException {
            AnsweringWorker worker = new AnsweringWorker(name, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofPlatform().daemon().start(worker::serve);
            return worker;
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    StringBuilder head = new StringBuilder();
                    for (int c = 0; c >= 0 && head.indexOf("\r\n\r\n") < 0; ) {
                        c = connection.getInputStream().read();
                        head.append((char) c);
                    }
                    String body = name + "\n" + head;
                    connection.getOutputStream().write(
                            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(ISO_8859_1));
                } catch (IOException e) {
                    // a check that asks nothing, or the end
                }
            }
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private <T extends AutoCloseable> T opened(T it) {
        open.add(it);
        return it;
    }

    private LoadBalancer start(String region, String pools, String more) throws Exception {
        Settings settings = ConfigReader.read("test", """
                domains: [example.com]
                here: { region: %1$s, zone: %1$sa }
                regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] }, us-e1: { jurisdiction: US, zones: [us-e1a] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                instance: in-%1$s
                %3$s
                apps: { orders: { pools: { %2$s }, check: { tcp: {}, interval: 5s, timeout: 5s } } }
                """.formatted(region, pools, more)).settings();
        return opened(LoadBalancer.start(settings, new TransportChoice(TransportKind.NIO, "the same everywhere"), 1));
    }

    private LoadBalancer far(AnsweringWorker worker) throws Exception {
        return start("us-e1", "us-e1: { workers: [ { address: \"127.0.0.1:%d\", zone: us-e1a } ] }".formatted(worker.port()), "trusted-gateways: [ 127.0.0.0/8 ]");
    }

    private LoadBalancer near(LoadBalancer far, AnsweringWorker worker) throws Exception {
        return opened(LoadBalancer.start(nearSettings(far, worker), new TransportChoice(TransportKind.NIO, "the same everywhere"), 1));
    }

    private static Settings nearSettings(LoadBalancer far, AnsweringWorker worker) throws Exception {
        return ConfigReader.read("test", """
                domains: [example.com]
                here: { region: ca-c1, zone: ca-c1a }
                regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] }, us-e1: { jurisdiction: US, zones: [us-e1a] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                instance: near
                apps:
                  orders:
                    pools:
                      us-e1: { gateway: { address: "127.0.0.1:%d" } }
                      ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] }
                    failover: { to: [ca-c1] }
                """.formatted(port(far), worker.port())).settings();
    }

    private static int port(LoadBalancer balancer) {
        InetSocketAddress address = balancer.addresses().getFirst();
        return address.getPort();
    }

    private static String ask(LoadBalancer balancer, String target, String method) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(balancer))) {
            client.setSoTimeout((int) LONGEST.toMillis());
            client.getOutputStream().write((method + " " + target + " HTTP/1.1\r\nHost: orders.us-e1.example.com\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody").getBytes(ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    private static String post(LoadBalancer balancer) throws IOException {
        return ask(balancer, "/", "POST");
    }

    /** The first answer from the other region: until {@code near} has heard of that, it serves what it gets itself. */
    private static String servedThere(LoadBalancer near) {
        List<String> answers = new ArrayList<>();
        await(() -> {
            try {
                answers.add(post(near));
            } catch (IOException e) {
                answers.add(e.toString());
            }
            return answers.getLast().contains("there\n");
        });
        return answers.getLast();
    }

    private static String pools(LoadBalancer balancer) {
        try {
            return ask(balancer, "/.weir/apps", "GET");
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("time over").isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void aRegionBehindAGatewayServesAndIsLeftWhenItIsLost() throws Exception {
        AnsweringWorker there = opened(AnsweringWorker.start("there"));
        AnsweringWorker here = opened(AnsweringWorker.start("here"));
        LoadBalancer far = far(there);
        await(() -> pools(far).contains("orders us-e1 1 1"));
        LoadBalancer near = near(far, here);

        assertThat(servedThere(near)).contains("there\nPOST / ", "\r\nX-Forwarded-For: 127.0.0.1, 127.0.0.1\r\n").doesNotContain("Weir-Hop");

        there.close();
        assertThat(post(near)).as("what no worker behind it could be given").startsWith("HTTP/1.1 200").contains("here\nPOST / ");
        await(() -> pools(far).contains("orders us-e1 0 1"));
        assertThat(post(near)).as("what the gateway does not take").startsWith("HTTP/1.1 200").contains("here\nPOST / ").doesNotContain("Weir-Reason");
    }

    @Test
    void aGatewayThatIsLostIsLeft() throws Exception {
        AnsweringWorker there = opened(AnsweringWorker.start("there"));
        AnsweringWorker here = opened(AnsweringWorker.start("here"));
        LoadBalancer far = far(there);
        await(() -> pools(far).contains("orders us-e1 1 1"));
        LoadBalancer near = near(far, here);
        assertThat(servedThere(near)).contains("there\nPOST / ");

        far.drain(Duration.ZERO); // a process that ends closes its connections; event loops that are shut down may leave some open
        far.close();

        assertThat(post(near)).startsWith("HTTP/1.1 200").contains("here\nPOST / ");
    }

    @Test
    void aGatewayThatDrainsSaysThatItTakesNothing() throws Exception {
        AnsweringWorker there = opened(AnsweringWorker.start("there"));
        LoadBalancer far = far(there);
        await(() -> pools(far).contains("orders us-e1 1 1"));
        await(() -> far.connections() == 0);

        try (Socket asks = new Socket(InetAddress.getLoopbackAddress(), port(far))) {
            asks.setSoTimeout((int) LONGEST.toMillis());
            asks.getOutputStream().write("GET /.weir/apps HTTP/1.1\r\nHost: x\r\n".getBytes(ISO_8859_1));
            await(() -> far.connections() == 1);
            Thread drain = Thread.ofPlatform().start(() -> far.drain(LONGEST));
            await(() -> far.readiness() == Readiness.DRAINING);
            asks.getOutputStream().write("\r\n".getBytes(ISO_8859_1));

            assertThat(new String(asks.getInputStream().readAllBytes(), ISO_8859_1)).startsWith("HTTP/1.1 200").endsWith(" draining\n");
            drain.join();
        }
    }

    @Test
    void anExplanationNamesTheGatewayAndWhatItReports() throws Exception {
        AnsweringWorker there = opened(AnsweringWorker.start("there"));
        AnsweringWorker here = opened(AnsweringWorker.start("here"));
        LoadBalancer far = far(there);
        await(() -> pools(far).contains("orders us-e1 1 1"));
        LoadBalancer near = near(far, here);
        LiveSubject subject = new LiveSubject(near, nearSettings(far, here));
        Question question = Question.of("GET", "http://orders.us-e1.example.com:" + port(near) + "/", List.of(), "127.0.0.1", 1);

        await(() -> Explainer.explain(question, subject).json().contains("\"gateway\": {\"region\": \"us-e1\", \"available\": 1, \"enabled\": 1}"));
        assertThat(Explainer.explain(question, subject).text().replaceAll("\\s+", " "))
                .contains("Handed over to the load balancer of us-e1 at 127.0.0.1:" + port(far) + ", which picks among its own; it reports 1 of 1 able to serve.");
    }

    @Test
    void whoIsNotTrustedHandsNothingOver() throws Exception {
        AnsweringWorker there = opened(AnsweringWorker.start("there"));
        LoadBalancer far = start("us-e1", "us-e1: { workers: [ { address: \"127.0.0.1:%d\", zone: us-e1a } ] }".formatted(there.port()), "");

        assertThat(pools(far)).contains("there\nGET /.weir/apps ");
    }
}

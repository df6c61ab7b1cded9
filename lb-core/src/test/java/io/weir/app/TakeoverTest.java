package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.admin.RunFolder;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.health.Health;
import io.weir.health.HealthMemo;
import io.weir.loop.TransportKind;
import io.weir.takeover.Takeover;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Load balancers that take each other's place, through real sockets, in one process. */
@Timeout(60)
class TakeoverTest {
    private static final String KEY = "abc";
    private static final int SECONDS = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<LoadBalancer> started = new ArrayList<>();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CompletableFuture<Long> handedOver = new CompletableFuture<>();

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.IO_URING, TransportKind.EPOLL).filter(kind -> kind.unavailability() == null);
    }

    @AfterEach
    void stop() {
        started.forEach(LoadBalancer::close);
    }

    private RunFolder runFolder() {
        return new RunFolder(folder.resolve("run"));
    }

    /** What the configs hold beside. */
    private String apps = "";

    private Settings settings(String listeners) throws Exception {
        return ConfigReader.read("test", """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners: [ %s ]
                admin: { bind: "127.0.0.1:0", socket: %s }
                mappings: [ { respond: 204 } ]
                runtime: { state: %s }
                %s""".formatted(listeners, folder.resolve("admin.sock"), folder.resolve("state"), apps)).settings();
    }

    private LoadBalancer open(TransportKind transport, int loops, String listeners, Succession succession) throws Exception {
        RunFile file = new RunFile("weir.yaml", folder.resolve("weir.yaml").toString(), "0", KEY);
        LoadBalancer opened = LoadBalancer.open(settings(listeners), new TransportChoice(transport, "test"), loops, file, succession);
        started.add(opened);
        return opened;
    }

    private LoadBalancer first(TransportKind transport, int loops, String listeners) throws Exception {
        LoadBalancer first = open(transport, loops, listeners, Succession.none());
        first.accept();
        first.awaitSuccessor(runFolder(), _ -> {}, handedOver::complete, told::add);
        return first;
    }

    private Succession succession() throws Exception {
        return Succession.of(Takeover.begin(runFolder().handover(KEY), runFolder().post(KEY), KEY, "test"));
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.getPort());
        socket.setSoTimeout(SECONDS * 1000);
        return socket;
    }

    /** Asks on a connection that ends with the answer. */
    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    private static void assertServes(InetSocketAddress at, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (Socket client = connect(at)) {
                assertThat(ask(client)).startsWith("HTTP/1.1 204");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connectionsThatWaitAreServedByTheNextOne(TransportKind transport) throws Exception {
        String bind = "{ bind: \"127.0.0.1:0\" }";
        LoadBalancer first = first(transport, 2, bind);
        InetSocketAddress address = first.addresses().getFirst();
        try (Socket kept = connect(address)) {
            kept.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(ISO_8859_1));
            assertThat(new String(kept.getInputStream().readNBytes("HTTP/1.1 204".length()), ISO_8859_1)).isEqualTo("HTTP/1.1 204");
            // Other numbers of loops: two sockets for three of them, and for one.
            LoadBalancer second = open(transport, 3, bind, succession());
            assertThat(second.addresses()).containsExactly(address);
            assertServes(address, 10);
            second.accept();
            assertThat(handedOver.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(ProcessHandle.current().pid());
            assertThat(second.adminLines()).anyMatch(line -> line.startsWith("took over from ")).anyMatch(line -> line.endsWith("/admin.sock"));
            Thread drain = Thread.ofPlatform().start(() -> first.drain(Duration.ofSeconds(SECONDS)));
            assertServes(address, 50);
            assertThat(first.connections()).as("the connection that is kept").isEqualTo(1);
            assertThat(ask(kept)).contains("HTTP/1.1 204", "onnection: close");
            drain.join();
            first.close();
            second.awaitSuccessor(runFolder(), _ -> {}, _ -> {}, told::add);
            LoadBalancer third = open(transport, 1, bind, succession());
            try (Socket early = connect(address)) {
                third.accept();
                Thread ending = Thread.ofPlatform().start(() -> second.drain(Duration.ofSeconds(SECONDS)));
                assertThat(ask(early)).as("whichever of the two has accepted it").startsWith("HTTP/1.1 204");
                ending.join();
                second.close();
            }
            assertServes(address, 50);
        }
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aSuccessorThatEndsBeforeItServesChangesNothing(TransportKind transport) throws Exception {
        String bind = "{ bind: \"127.0.0.1:0\" }";
        LoadBalancer first = first(transport, 2, bind);
        LoadBalancer second = open(transport, 2, bind, succession());
        second.close();
        assertThat(told.poll(SECONDS, TimeUnit.SECONDS)).contains("has not taken over", "this process goes on");
        assertServes(first.addresses().getFirst(), 50);
        open(transport, 2, bind, succession()).accept();
        assertThat(handedOver.get(SECONDS, TimeUnit.SECONDS)).isPositive();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void listenersComeAndGo(TransportKind transport) throws Exception {
        LoadBalancer first = first(transport, 1, "{ bind: \"127.0.0.1:0\" }, { bind: \"localhost:0\" }");
        List<InetSocketAddress> before = first.addresses();
        Succession succession = succession();
        LoadBalancer second = open(transport, 1, "{ bind: \"localhost:0\" }, { bind: \"[::1]:0\" }", succession);
        assertThat(second.addresses()).contains(before.getLast()).doesNotContain(before.getFirst());
        assertThat(succession.unwanted()).containsExactly(LoadBalancerProcess.text(before.getFirst()));
        assertServes(before.getFirst(), 1);
        second.accept();
        first.drain(Duration.ofSeconds(SECONDS));
        first.close();
        assertServes(before.getLast(), 10);
        assertThatThrownBy(() -> connect(before.getFirst())).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsKnownOfWorkersGoesAlong(TransportKind transport) throws Exception {
        LoadBalancer first;
        try (ServerSocket worker = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            apps = "apps: { orders: { pools: { r1: { workers: [ { address: \"127.0.0.1:%d\", zone: r1a } ] } }, check: { tcp: {}, interval: 60s } } }"
                    .formatted(worker.getLocalPort());
            first = first(transport, 1, "{ bind: \"127.0.0.1:0\" }"); // which waits for its verdict
            assertThat(first.control().known().health()).singleElement().extracting(HealthMemo::health).isEqualTo(Health.HEALTHY);
        }
        LoadBalancer second = open(transport, 1, "{ bind: \"127.0.0.1:0\" }", succession());
        assertThat(second.control().known().health())
                .as("nobody listens there any more, so it can't have found out itself")
                .singleElement()
                .extracting(HealthMemo::health)
                .isEqualTo(Health.HEALTHY);
    }

    @Test
    void nioHandsNothingOver() throws Exception {
        LoadBalancer first = first(TransportKind.NIO, 1, "{ bind: \"127.0.0.1:0\" }");
        assertThatThrownBy(this::succession).isInstanceOf(IOException.class).hasMessageContaining("NIO").hasMessageContaining("without --takeover");
        assertServes(first.addresses().getFirst(), 1);
    }

    @Test
    void aListenerTakesOnlyWhatIsItsOwn() throws Exception {
        first(transports().findFirst().orElseThrow(), 1, "{ bind: \"127.0.0.1:0\" }");
        try (Succession succession = succession()) {
            assertThat(succession.socketsOf(new BindAddress("127.0.0.2", 0))).isNull();
            Objects.requireNonNull(succession.socketsOf(new BindAddress("127.0.0.1", 0))).close();
            assertThat(succession.socketsOf(new BindAddress("127.0.0.1", 0))).isNull();
        }
    }
}

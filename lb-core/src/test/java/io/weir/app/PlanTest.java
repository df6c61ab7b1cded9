package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
import io.weir.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code weir plan} against a load balancer that has a WebSocket, connections at two listeners, and some requests behind it. */
@Timeout(60)
class PlanTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ServerSocket worker;
    private String text;
    private Path socket;
    private LoadBalancer balancer;

    @BeforeEach
    void start() throws Exception {
        worker = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        socket = folder.resolve("admin.sock");
        text = """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a, r1b] } }
                listeners: [ { bind: "127.0.0.1:%d" }, { bind: "127.0.0.1:%d", timeouts: { head: 11s } } ]
                admin: { socket: %s }
                apps:
                  orders: { check: off, pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a }, { address: "127.0.0.1:1", zone: r1b, weight: 0 } ] } } }
                mappings: [ { host: shop.test, path: /gone, respond: 410 }, { host: shop.test, app: orders } ]
                runtime: { transport: nio, state: %s }
                """.formatted(WebSocketTest.freePort(), WebSocketTest.freePort(), socket, worker.getLocalPort(), folder.resolve("state"));
        Path file = write("weir.yaml", text);
        LoadedConfig config = ConfigReader.read(file);
        balancer = LoadBalancer.start(config.settings(), TransportChoice.of(config.settings().runtime().transport()), 2, RunFile.of(file, config));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        balancer.close();
        worker.close();
    }

    private Path write(String name, String config) throws IOException {
        return Files.writeString(folder.resolve(name), config);
    }

    private Socket client(int listener) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), balancer.addresses().get(listener).getPort());
        client.setSoTimeout(20_000);
        open.add(client);
        return client;
    }

    /** A request that a mapping answers, so that the connection is known to be open; it stays so. */
    private void gone(int listener) throws IOException {
        Socket client = client(listener);
        client.getOutputStream().write("GET /gone HTTP/1.1\r\nHost: shop.test\r\n\r\n".getBytes(ISO_8859_1));
        assertThat(WebSocketTest.head(client.getInputStream())).startsWith("HTTP/1.1 410 ");
    }

    private void webSocket(int listener) throws Exception {
        Socket client = client(listener);
        client.getOutputStream().write(String.join(
                        "\r\n", "GET /ws HTTP/1.1", "Host: orders.example.com", "Connection: Upgrade", "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "\r\n")
                .getBytes(ISO_8859_1));
        Socket atWorker = worker.accept();
        open.add(atWorker);
        WebSocketTest.head(atWorker.getInputStream());
        atWorker.getOutputStream().write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + WebSocketTest.accept("dGhlIHNhbXBsZSBub25jZQ==") + "\r\n\r\n").getBytes(ISO_8859_1));
        assertThat(WebSocketTest.head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
    }

    private int plan(String config, String... further) throws IOException {
        List<String> args = new ArrayList<>(List.of(write("next.yaml", config).toString()));
        args.addAll(List.of(further));
        PlanCommand command = new PlanCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args.toArray(String[]::new));
        out.reset();
        PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
        return command.plan(new ProcessOptions.Surroundings(Map.of("WEIR_ADMIN", socket.toString())::get, List.of(), both, both));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String without(String what, String instead) {
        assertThat(text).contains(what);
        return text.replace(what, instead);
    }

    private String otherWorker() {
        return without("127.0.0.1:" + worker.getLocalPort(), "127.0.0.1:2");
    }

    private String firstListenerAlone() {
        return text.replaceFirst(", \\{ bind: \"127.0.0.1:\\d+\", timeouts: \\{ head: 11s } }", "");
    }

    @Test
    void nothingDiffers() throws IOException {
        assertThat(plan(text)).isEqualTo(Main.OK);
        assertThat(said()).contains("changes     none\nverdict     ok\n");
    }

    @Test
    void theWebSocketOfAWorkerThatLeavesIsCountedAndIsWhatAReloadEnds() throws Exception {
        webSocket(0);
        webSocket(1);
        gone(0);

        assertThat(plan(otherWorker(), "--fail-if", "closes>0", "--fail-if", "removed-workers>60%")).isEqualTo(Main.FAILED);
        assertThat(said()).contains(
                "127.0.0.1:2 (zone r1a) joins", "workers     2 now; 1 joins, 1 leaves (50%)", "closes      2 streams at workers that leave",
                "fails       closes>0: 2\nverdict     fails\n").doesNotContain("removed-workers>60%");

        Settings next = ConfigReader.read(folder.resolve("next.yaml")).settings();
        assertThat(balancer.become(next, null, 2, Duration.ofSeconds(1)).streams()).isEqualTo(2);
    }

    @Test
    void soDoesWhatIsReachedInAnotherWay() throws Exception {
        webSocket(0);

        assertThat(plan(without("check: off,", "check: off, upstream: { connections: 7 },"))).isEqualTo(Main.OK);
        assertThat(said()).contains("apps.orders.upstream.connections: ", "0 join, 0 leave\n", "closes      1 stream at workers");
    }

    @Test
    void connectionsOfAListenerThatGoesOrIsEnteredInAnotherWay() throws Exception {
        gone(0);
        gone(1);
        gone(1);
        webSocket(1);

        assertThat(plan(firstListenerAlone())).isEqualTo(Main.OK);
        assertThat(said()).contains(
                "]: gone\n", "listeners   127.0.0.1:" + balancer.addresses().get(1).getPort() + " closes\n", "closes      3 connections of clients (1 amid a stream)\n");
        assertThat(plan(without("timeouts: { head: 11s }", "strict-region: on"))).isEqualTo(Main.OK);
        assertThat(said()).contains("strict-region: off -> on", " changes\n", "closes      3 connections");
        assertThat(plan(without("head: 11s", "head: 12s"))).isEqualTo(Main.OK);
        assertThat(said()).contains("timeouts.head: 11s -> 12s", "closes      nothing that is open\n");
    }

    @Test
    void eachStreamOfHttp2IsAnEndOfItsOwnAndItsConnectionOne() throws Exception {
        try (Http2Socket client = new Http2Socket(client(1), 65_535)) {
            for (int i = 0; i < 2; i++) {
                Http2Socket.Stream stream = client.open(":method=GET", ":scheme=http", ":authority=orders.example.com", ":path=/");
                stream.output().close();
                Socket atWorker = worker.accept();
                open.add(atWorker);
                WebSocketTest.head(atWorker.getInputStream());
                atWorker.getOutputStream().write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n".getBytes(ISO_8859_1));
                assertThat(stream.input().read()).isEqualTo('x');
            }

            assertThat(plan(otherWorker())).isEqualTo(Main.OK);
            assertThat(said()).contains("closes      2 streams at workers that leave\n");
            assertThat(plan(firstListenerAlone())).isEqualTo(Main.OK);
            assertThat(said()).contains("closes      1 connection of clients (1 amid a stream)\n");
        }
    }

    @Test
    void requestsThatWereSeenAreTriedOnTheOtherTable() throws Exception {
        gone(0);

        assertThat(plan(without("{ host: shop.test, path: /gone, respond: 410 }, ", ""), "--fail-if", "rerouted>1%,closes>0", "--format", "json"))
                .isEqualTo(Main.FAILED);
        assertThat(said()).contains(
                "\"seen\" : 1", "\"now\" : \"410\"", "\"then\" : \"app orders in r1\"", "\"example\" : \"GET shop.test/gone\"", "\"rerouted>1%: 100%\"",
                "\"verdict\" : \"fails\"");
    }

    @Test
    void problemsAreSaidAndConditionsThatMakeNoSenseAreRefused() throws IOException {
        assertThat(plan(without("app: orders }", "app: order }"))).isEqualTo(Main.FAILED);
        assertThat(said()).contains("next.yaml:", "did you mean", "verdict     problems\n");
        assertThat(plan(text, "--fail-if", "closed>1")).isEqualTo(Main.USAGE);
        assertThat(said()).startsWith("weir plan: \"closed>1\" is no condition; write closes>0");
    }
}

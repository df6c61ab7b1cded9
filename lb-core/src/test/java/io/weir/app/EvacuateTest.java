package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.admin.AdminAddress;
import io.weir.admin.AdminClient;
import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that try losses out and move traffic, against a load balancer between clients and workers on the loopback. */
@Timeout(60)
class EvacuateTest {
    private static final int REQUESTS = 8;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ServerSocket first;
    private ServerSocket second;
    private Path file;
    private Path socket;

    @BeforeEach
    void write() throws IOException {
        first = worker("first");
        second = worker("second");
        socket = folder.resolve("admin.sock");
        file = Files.writeString(folder.resolve("weir.yaml"), """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a, r1b] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                admin: { socket: %s }
                apps:
                  orders:
                    check: off
                    pools:
                      r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a }, { address: "127.0.0.1:%d", zone: r1b } ] }
                runtime: { transport: nio, state: %s }
                """.formatted(socket, first.getLocalPort(), second.getLocalPort(), folder.resolve("state")));
    }

    @AfterEach
    void close() throws IOException {
        first.close();
        second.close();
    }

    /** One that answers each connection's only request with its name. */
    private static ServerSocket worker(String name) throws IOException {
        ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    var _ = client.getInputStream().read(new byte[4096]);
                    String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + name.length() + "\r\n\r\n" + name;
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException _) {
                    // whoever hung up gets nothing
                }
            }
        });
        return server;
    }

    private LoadBalancer start() throws Exception {
        LoadedConfig config = ConfigReader.read(file);
        return LoadBalancer.start(config.settings(), TransportChoice.of(config.settings().runtime().transport()), 1, RunFile.of(file, config));
    }

    private static Set<String> served(LoadBalancer balancer) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), balancer.addresses().getFirst().getPort())) {
                client.getOutputStream().write("GET / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                names.add(answer.substring(answer.indexOf("\r\n\r\n") + 4));
            }
        }
        return names;
    }

    /** Plans follow within milliseconds; bounded by the test's time-out. */
    private static void await(LoadBalancer balancer, String... names) throws IOException {
        while (!served(balancer).equals(Set.of(names))) {
            Thread.onSpinWait();
        }
    }

    private <C extends Callable<Integer>> int run(C command, ToIntFunction<C> to, String... args) {
        out.reset();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        return to.applyAsInt(command);
    }

    private ProcessOptions.Surroundings around() {
        PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new ProcessOptions.Surroundings(Map.of("WEIR_ADMIN", socket.toString())::get, List.of(), both, both);
    }

    private int evacuate(String... args) {
        return run(new Evacuate(), command -> command.run(around()), args);
    }

    private int restore(String... args) {
        return run(new Restore(), command -> command.run(around()), args);
    }

    private int simulate(String... args) {
        return run(new Simulate(), command -> command.simulate(around()), args);
    }

    private int drill(String... args) {
        return run(new DrillCommand(), command -> command.drill(around()), args);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anEvacuationHoldsOverARestartUntilItIsEnded() throws Exception {
        try (LoadBalancer balancer = start()) {
            await(balancer, "first", "second");

            assertThat(evacuate("zone=r1a", "--for", "30m")).as(said()).isEqualTo(Main.OK);
            assertThat(said()).startsWith("evacuated  zone=r1a\n");
            await(balancer, "second");
        }
        try (LoadBalancer balancer = start()) {
            assertThat(served(balancer)).as("it starts evacuated").containsExactly("second");

            assertThat(restore("zone=r1a")).as(said()).isEqualTo(Main.OK);
            await(balancer, "first", "second");
        }
    }

    @Test
    void whatLeavesNothingIsRefusedUnlessForced() throws Exception {
        try (LoadBalancer balancer = start()) {
            await(balancer, "first", "second");
            assertThat(evacuate("region=r1", "--for", "30m")).isEqualTo(Main.FAILED);
            assertThat(said()).startsWith("weir evacuate: " + socket + " refuses: without region=r1,").contains("orders: nothing else may serve it");
            assertThat(evacuate("region=r1", "--for", "30m", "--dry-run")).isEqualTo(Main.OK);
            assertThat(served(balancer)).containsExactly("first", "second");

            assertThat(evacuate("region=r1", "--for", "30m", "--force")).isEqualTo(Main.OK);
            assertThat(served(balancer)).as("nothing else is left").containsExactly("first", "second");
        }
    }

    @Test
    void aLossIsTriedOutOnTheProcessAndOnItsConfig() throws Exception {
        try (LoadBalancer balancer = start()) {
            await(balancer, "first", "second");
            assertThat(simulate("--lose", "zone=r1a", "--load", "10")).as(said()).isEqualTo(Main.OK);
            String ofProcess = said();
            assertThat(ofProcess).contains("lose zone=r1a", "exchanges 10, from given, over the apps by their workers' weight");

            assertThat(simulate("--lose", "zone=r1a", "--load", "10", "--config", file.toString())).isEqualTo(Main.OK);
            assertThat(said()).isEqualTo(ofProcess);
        }
        assertThat(simulate("--lose", "zone=r1x", "--config", file.toString())).isEqualTo(Main.FAILED);
        assertThat(said()).startsWith("weir simulate: no worker is in zone=r1x");
        assertThat(simulate("--lose", "r1a", "--config", file.toString())).isEqualTo(Main.USAGE);
    }

    @Test
    void aDrillIsFollowedToItsEnd() throws Exception {
        try (LoadBalancer balancer = start()) {
            await(balancer, "first", "second");

            assertThat(drill("zone=r1a", "for=1s", "abort-if", "errors>1%")).as(said()).isEqualTo(Main.OK);
            assertThat(said())
                    .startsWith("0 s: evacuated zone=r1a\n")
                    .contains("completed; restored zone=r1a\n", "abort if   errors>1%\n", "outcome    completed\n", "over       true\n");
            await(balancer, "first", "second");

            assertThat(drill("region=r1", "--for", "1s")).isEqualTo(Main.FAILED);
            assertThat(said()).contains("orders: nothing else may serve it");
            assertThat(drill("--abort")).isEqualTo(Main.FAILED);
            assertThat(said()).contains("no drill is under way");
            assertThat(drill("zone=r1a")).isEqualTo(Main.USAGE);
            assertThat(drill("zone=r1a", "zone=r1b", "for=1s")).isEqualTo(Main.USAGE);
        }
    }

    @Test
    void aStateFolderThatCannotBeWrittenIsSaidAtOnce() throws Exception {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        try (LoadBalancer balancer = start();
                AdminClient client = new AdminClient(Duration.ofSeconds(20), null)) {
            assertThat(balancer.stateObstacle()).contains("nothing can be kept in " + folder.resolve("state"), "set runtime.state");
            assertThat(client.get(new AdminAddress.Unix(socket), "/events?format=text").body()).contains("state_failing");

            assertThat(evacuate("zone=r1a", "--for", "30m")).isEqualTo(Main.FAILED);
            assertThat(said()).contains("zone=r1a is evacuated and that is in force, but it could not be kept over a restart");
            await(balancer, "second");
        }
    }
}

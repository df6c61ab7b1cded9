package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.admin.AdminAddress;
import io.weir.admin.AdminClient;
import io.weir.admin.RunFolder;
import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code weir status} against running load balancers, and against what is none. */
@Timeout(60)
class StatusTest {
    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private RunFolder runFolder;
    private Path file;
    private Path socket;
    private LoadBalancer balancer;

    @BeforeEach
    void start() throws Exception {
        runFolder = new RunFolder(folder.resolve("weir"));
        socket = folder.resolve("admin.sock");
        file = Files.writeString(folder.resolve("weir.yaml"), """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                admin: { bind: "127.0.0.1:0", socket: %s }
                apps:
                  orders: { pools: { r1: { workers: [ { address: "127.0.0.1:1", zone: r1a } ] } }, check: off }
                  stock: { pools: { r1: { workers: [ { address: "127.0.0.1:2", zone: r1a } ] } }, check: off }
                runtime: { transport: nio }
                """.formatted(socket));
        LoadedConfig config = ConfigReader.read(file);
        RunFile run = RunFile.of(file, config);
        balancer = LoadBalancer.start(
                config.settings(), TransportChoice.of(config.settings().runtime().transport()), 1, new RunFile(run.given(), run.origin(), run.checksum(), null));
    }

    @AfterEach
    void stop() {
        balancer.close();
    }

    /** As another process of this config would be found in the run folder. */
    private Path inRunFolder(String key, long pid) throws IOException {
        runFolder.prepare();
        return Files.createSymbolicLink(runFolder.path().resolve(key + "-" + pid + ".sock"), socket);
    }

    private int status(String... args) {
        Status status = new Status();
        new CommandLine(status).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        return status.status(new ProcessOptions.Surroundings(
                environment::get, List.of(runFolder), new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theOnlyOneThatRunsIsFoundWithoutBeingNamed() throws Exception {
        inRunFolder(RunFolder.key(file), 7);

        assertThat(status()).isEqualTo(Main.OK);
        assertThat(said()).contains("readiness     ready\n", "origin " + file + ", checksum ", "admin         127.0.0.1:", "workers 2,", "orders  r1");
    }

    @Test
    void itIsFoundByItsConfigAmongOthers() throws Exception {
        inRunFolder(RunFolder.key(file), 7);
        inRunFolder("0123456789ab", 8);

        assertThat(status(file.toString(), "--app", "stock")).isEqualTo(Main.OK);
        assertThat(said()).contains("stock  r1").doesNotContain("orders");
    }

    @Test
    void ofSeveralEachIsListedWithWhatToSay() throws Exception {
        Path first = inRunFolder(RunFolder.key(file), 7);
        Path second = inRunFolder("fedcba987654", 8);

        assertThat(status()).isEqualTo(Main.USAGE);
        assertThat(said())
                .contains(
                        "several run here; say which:",
                        "weir status --admin " + first + "   # pid 7, " + file + "\n",
                        "weir status --admin " + second + "   # pid 8, " + file + "\n");
    }

    @Test
    void anAddressAndTheEnvironmentGoFirst() throws Exception {
        String port = balancer.adminLines().getFirst().substring("admin at ".length());

        assertThat(status("--admin", port, "--format", "json", "--limit", "1")).isEqualTo(Main.OK);
        assertThat(said()).contains("\"readiness\" : \"ready\"", "\"pools_left_off\" : 1");

        environment.put("WEIR_ADMIN", socket.toString());
        out.reset();
        assertThat(status()).isEqualTo(Main.OK);
        assertThat(said()).contains("readiness     ready\n");
    }

    @Test
    void whereNoneRunsItSaysWhereItLooked() {
        assertThat(status()).isEqualTo(Main.FAILED);
        assertThat(said()).startsWith("weir status: this user runs no weir (looked in " + folder + "/weir)").contains("--admin");
    }

    @Test
    void aConfigThatNobodyRunsAndOneThatThereIsNot() throws Exception {
        assertThat(status(file.toString())).isEqualTo(Main.FAILED);
        assertThat(said()).contains("this user runs no weir with " + file);
        assertThat(status(folder.resolve("none.yaml").toString())).isEqualTo(Main.FAILED);
        assertThat(said()).contains("there is no " + folder.resolve("none.yaml"));
    }

    @Test
    void whatIsWrongWithAnAddressIsSaid() throws Exception {
        assertThat(status("--admin", "localhost")).isEqualTo(Main.USAGE);
        assertThat(said()).contains("--admin: the port is missing", "write it as 127.0.0.1:9901");

        assertThat(status("--admin", folder.resolve("nobody.sock").toString())).isEqualTo(Main.FAILED);
        assertThat(said()).contains("nothing answers at " + folder.resolve("nobody.sock"));

        assertThat(status("--admin", socket.toString(), "--app", "nix")).isEqualTo(Main.FAILED);
        assertThat(said()).contains("refuses: there is no app nix among 2");
    }

    @Test
    void whatIsNoWeirIsToldApart() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.ofPlatform().start(() -> answer(other, "HTTP/1.1 200 OK\r\nServer: other\r\nContent-Length: 2\r\n\r\nhi"));
            assertThat(status("--admin", "127.0.0.1:" + other.getLocalPort())).isEqualTo(Main.FAILED);
            answering.join();
            assertThat(said()).contains("is no weir's admin API");

            answering = Thread.ofPlatform().start(() -> answer(other, "SSH-2.0-other\r\n\r\n"));
            assertThat(status("--admin", "127.0.0.1:" + other.getLocalPort())).isEqualTo(Main.FAILED);
            answering.join();
            assertThat(said()).contains("doesn't speak HTTP");
        }
    }

    private static void answer(ServerSocket server, String response) {
        try (Socket socket = server.accept()) {
            var _ = socket.getInputStream().read(new byte[4096]);
            socket.getOutputStream().write(response.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            var _ = socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theRunFolderIsOpenToNobodyElseOrNotUsed() throws Exception {
        inRunFolder(RunFolder.key(file), 7);
        Files.setPosixFilePermissions(folder.resolve("weir"), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(status()).isEqualTo(Main.FAILED);
        assertThat(said()).contains("is open to others; chmod 700 it");
    }

    @Test
    void anEndpointThatRestsIsListedAndItsEventsAreKept() throws Exception {
        int port = balancer.addresses().getFirst().getPort();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: orders.example.com\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 502 ");
        }
        assertThat(status("--admin", socket.toString())).isEqualTo(Main.OK);
        assertThat(said()).contains("resting 1,").containsPattern("127\\.0\\.0\\.1:1 +orders +r1 +r1a +[0-9.]+m?s +connect_refused");
        assertThat(events()).containsSubsequence("started", "listening", "ready", "endpoint_resting");

        balancer.drain(Duration.ZERO);
        assertThat(events()).contains("draining");
    }

    private String events() throws IOException {
        try (var client = new AdminClient(Duration.ofSeconds(20), null)) {
            return client.get(new AdminAddress.Unix(socket), "/events?format=text").body();
        }
    }
}

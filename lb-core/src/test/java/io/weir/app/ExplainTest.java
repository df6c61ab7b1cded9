package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.admin.RunFolder;
import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code weir explain} against a running load balancer with one worker that listens and one that doesn't, and against its config. */
@Timeout(60)
class ExplainTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private ServerSocket worker;
    private Path file;
    private Path socket;
    private LoadBalancer balancer;

    @BeforeEach
    void start() throws Exception {
        worker = new ServerSocket(0);
        int free;
        try (ServerSocket gone = new ServerSocket(0)) {
            free = gone.getLocalPort();
        }
        socket = folder.resolve("admin.sock");
        file = Files.writeString(folder.resolve("weir.yaml"), """
                domains: [example.com]
                here: { region: r1, zone: r1a }
                regions: { r1: { jurisdiction: XX, zones: [r1a, r1b] } }
                listeners: [ { bind: "127.0.0.1:0" } ]
                admin: { socket: %s }
                apps:
                  orders:
                    pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a }, { address: "127.0.0.1:%d", zone: r1b } ] } }
                runtime: { transport: nio }
                """.formatted(socket, worker.getLocalPort(), free));
        LoadedConfig config = ConfigReader.read(file);
        RunFile run = RunFile.of(file, config);
        balancer = LoadBalancer.start(config.settings(), TransportChoice.of(config.settings().runtime().transport()), 1, new RunFile(run.given(), run.origin(), run.checksum(), null));
    }

    @AfterEach
    void stop() throws Exception {
        balancer.close();
        worker.close();
    }

    private int explain(String... args) {
        Explain explain = new Explain();
        new CommandLine(explain).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
        out.reset();
        return explain.explain(new ProcessOptions.Surroundings(
                _ -> null,
                List.of(new RunFolder(folder.resolve("weir"))),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aProcessExplainsWhatItsChecksHaveSeen() {
        String url = "http://orders.example.com:" + balancer.addresses().getFirst().getPort() + "/cart";

        do { // until its checks have found out and a plan has come of it, which a slow machine may take its time for
            assertThat(explain(url, "--admin", socket.toString(), "--seed", "7")).isEqualTo(Main.OK);
        } while (!said().contains("not well") || !said().contains(" 70% "));
        String first = said();
        assertThat(first)
                .contains(url + " from 127.0.0.1, seed 7\n", "Of 2 workers, 1 takes traffic, 1 can't be picked.", "answer     What 127.0.0.1:" + worker.getLocalPort() + " answers.")
                .containsPattern("not well +unhealthy +enabled +0 +check: .*, for ");
        assertThat(explain(url, "--admin", socket.toString(), "--seed", "7")).isEqualTo(Main.OK);
        assertThat(said().replaceAll("for [0-9.ms ]+", "")).as("but for the time that passes").isEqualTo(first.replaceAll("for [0-9.ms ]+", ""));
    }

    @Test
    void aConfigIsExplainedWithoutAProcess() {
        assertThat(explain("http://orders.example.com/", "--config", file.toString())).isEqualTo(Main.OK);
        assertThat(said()).contains("Of 2 workers, 2 take traffic.", "takes a share");

        assertThat(explain("http://orders.example.com/", "--config", file.toString(), "--assume", "unproven", "--format", "json")).isEqualTo(Main.OK);
        assertThat(said()).contains("\"health\": \"unproven\"", "\"proven\": 0");
    }

    @Test
    void whatCantBeAskedSaysWhatToDo() {
        assertThat(explain("ftp://orders.example.com/")).isEqualTo(Main.USAGE);
        assertThat(said()).contains("weir explain: ", "write http://HOST:PORT/PATH");

        assertThat(explain("http://orders.example.com/")).isEqualTo(Main.FAILED);
        assertThat(said()).contains("this user runs no weir");

        assertThat(explain("http://orders.example.com/", "--config", folder.resolve("none.yaml").toString())).isEqualTo(Main.FAILED);
        assertThat(said()).contains("none.yaml");
    }
}

package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GuideTest {
    private static final long PID = 4711;

    private final Scene scene = Scene.at(9000);
    private final List<String> lines =
            Guide.of(scene, name -> name.equals("orders-ca-c1a") ? PID : 1, new Workplace(Path.of("/place"), true)).lines().toList();

    @Test
    void everythingThatRunsIsInATable() {
        assertThat(lines)
                .contains("balancer-us-e1  us-e1   us-e1a  127.0.0.1:9001  127.0.0.1:9006  127.0.0.1:9003  1    /place/us-e1.yaml")
                .contains("orders-ca-c1a  orders  ca-c1   ca-c1a  127.1.1.1:9004  4711");
        scene.workers().forEach(worker -> assertThat(lines).anySatisfy(line -> assertThat(line).startsWith(worker.name() + "  ")));
    }

    @Test
    void eachCommandStandsBelowWhatItShows() {
        List<Integer> commands = IntStream.range(0, lines.size()).filter(i -> lines.get(i).startsWith("    ")).boxed().toList();

        assertThat(commands).hasSizeGreaterThan(10).allSatisfy(i -> {
            assertThat(lines.get(i)).matches("    (curl|kill -9|sleep) .*");
            assertThat(lines.get(i - 1)).startsWith("  # ");
        });
    }

    @Test
    void httpsIsAskedForWithTheCaOfTheFolderAndOnceWithout() {
        assertThat(lines)
                .contains("    curl --cacert /place/ca.pem https://orders.ca-c1.cloudhub.localhost:9005/")
                .contains("    curl -sS https://orders.ca-c1.cloudhub.localhost:9005/ 2>&1 | head -n 1");
    }

    @Test
    void theWorkerToKillIsTheOneThatRunsNow() {
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("    kill -9 " + PID + "; curl "));
    }
}

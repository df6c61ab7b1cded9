package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.BindAddress;
import io.weir.topology.Region;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole system, as processes. */
class DemoTest {
    @TempDir
    private Path temporary;

    @Test
    void bothBalancersServeBothRegionsAKilledWorkerCostsNoRequestAndAnInterruptEndsAll() throws Exception {
        try (DemoRun demo = DemoRun.start(temporary)) {
            demo.line(line -> line.startsWith("Configs and logs are in " + temporary));
            List<ProcessHandle> children = demo.children();
            assertThat(children).hasSize(11);
            Scene scene = Scene.at(BindAddress.parse(demo.row("balancer-ca-c1").get(3)).port());
            everyPoolAnswersThroughEveryBalancer(scene);

            ProcessHandle.of(Long.parseLong(demo.row("orders-ca-c1a").getLast())).orElseThrow().destroyForcibly();
            Scene.Balancer balancer = scene.balancers().getFirst();
            for (int i = 0; i < 20; i++) {
                assertThat(Ask.get(balancer.address(), Scene.host("orders", balancer.region()), "/").status()).isEqualTo(200);
            }
            demo.line(line -> line.startsWith("orders-ca-c1a (pid ") && line.contains("was ended by signal 9"));
            demo.line(line -> line.startsWith("orders-ca-c1a runs again"));
            children = demo.children();
            assertThat(children).hasSize(11);

            demo.signal("INT");

            assertThat(demo.end()).isZero();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(temporary).isEmptyDirectory();
        }
    }

    private static void everyPoolAnswersThroughEveryBalancer(Scene scene) throws Exception {
        for (Scene.Balancer balancer : scene.balancers()) {
            for (Region region : scene.regions()) {
                for (String app : Scene.APPS) {
                    Ask.Reply reply = Ask.get(balancer.address(), Scene.host(app, region), "/");
                    assertThat(reply.status()).as(app + " in " + region.name()).isEqualTo(scene.admits(app, region) ? 200 : 503);
                    if (!scene.admits(app, region)) {
                        continue; // its data may not be sent there
                    }
                    assertThat(reply.worker()).hasValueSatisfying(name ->
                            assertThat(scene.pool(app, region)).extracting(Scene.Worker::name).contains(name));
                }
            }
        }
    }

    @Test
    void nothingOutlivesADemoThatIsKilled() throws Exception {
        try (DemoRun demo = DemoRun.start(temporary)) {
            demo.line(line -> line.startsWith("all of it answers"));
            List<ProcessHandle> children = demo.children();
            assertThat(children).hasSize(11);

            demo.signal("KILL");

            assertThat(demo.end()).isEqualTo(128 + 9);
            for (ProcessHandle child : children) {
                assertThat(DemoRun.ends(child)).isTrue();
            }
        }
    }

    @Test
    void anAddressThatIsTakenIsNamedAndNothingStarts() throws Exception {
        try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Process demo = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp", System.getProperty("java.class.path"), Demo.class.getName(), "--port", "" + Math.min(somebody.getLocalPort(), 65_531))
                    .redirectErrorStream(true)
                    .start();

            assertThat(demo.inputReader().readAllAsString())
                    .contains("weir demo: somebody listens already at", "127.0.0.1:" + somebody.getLocalPort(), "--port takes the first of 5 other ports");
            assertThat(demo.waitFor()).isEqualTo(3);
        }
    }
}

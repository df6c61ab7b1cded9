package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.BindAddress;
import io.weir.topology.Region;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole system, as processes. */
class DemoTest {
    @TempDir
    private Path temporary;

    @Test
    void bothBalancersServeBothRegionsAKilledWorkerCostsNoRequestAndAnInterruptEndsAll() throws Exception {
        try (DemoRun demo = DemoRun.start(temporary)) {
            demo.line(line -> line.startsWith("Configs, certificates and logs are in " + temporary));
            List<ProcessHandle> children = demo.children();
            assertThat(children).hasSize(11);
            Scene scene = Scene.at(BindAddress.parse(demo.row("balancer-ca-c1").get(3)).port());
            everyPoolAnswersThroughEveryBalancer(scene);
            everyBalancerSpeaksHttp2OverTls(scene);

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

    private void everyBalancerSpeaksHttp2OverTls(Scene scene) throws Exception {
        Path folder = onlyFolder();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, believing(folder.resolve("ca.pem")), null);
        for (Scene.Balancer balancer : scene.balancers()) {
            String host = Scene.host("orders", balancer.region());
            try (Socket plain = new Socket(balancer.secure().host(), balancer.secure().port());
                    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, balancer.secure().port(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                parameters.setEndpointIdentificationAlgorithm("HTTPS"); // its name is checked
                socket.setSSLParameters(parameters);
                socket.setSoTimeout(10_000);
                socket.startHandshake();

                assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            }
            assertThat(Files.getPosixFilePermissions(folder.resolve(balancer.keyName())))
                    .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        }
    }

    private Path onlyFolder() throws IOException {
        try (Stream<Path> folders = Files.list(temporary)) {
            return folders.filter(path -> path.getFileName().toString().startsWith("weir-demo-")).findFirst().orElseThrow();
        }
    }

    private static TrustManager[] believing(Path ca) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(ca)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
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
                            "-cp", System.getProperty("java.class.path"), Demo.class.getName(), "--port", "" + Math.min(somebody.getLocalPort(), 65_529))
                    .redirectErrorStream(true)
                    .start();

            assertThat(demo.inputReader().readAllAsString())
                    .contains("weir demo: somebody listens already at", "127.0.0.1:" + somebody.getLocalPort(), "--port takes the first of 7 other ports");
            assertThat(demo.waitFor()).isEqualTo(3);
        }
    }
}

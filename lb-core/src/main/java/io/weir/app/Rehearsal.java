package io.weir.app;

import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.LoadedConfig;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Runs a proxy with a worker and a client on the loopback for a moment and ends, so that the JVM can note which classes and methods a start
 * needs (its AOT cache).
 */
@Command(name = "rehearse", hidden = true, description = "Runs for a moment, for the AOT cache.")
final class Rehearsal implements Callable<Integer> {
    private static final int REQUESTS = 2_000;
    private static final int CONNECTIONS = 1_500;
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nServer: rehearsal\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
                    + "0123456789".repeat(10))
            .getBytes(StandardCharsets.US_ASCII);

    @Override
    public Integer call() throws IOException {
        try (ServerSocket worker = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            var _ = Thread.ofPlatform().daemon().start(() -> serve(worker));
            for (TransportKind transport : TransportKind.values()) {
                if (transport.unavailability() == null) {
                    rehearse(transport, worker.getLocalPort());
                }
            }
            return Main.OK;
        } catch (ConfigProblemsException | LoadBalancer.CannotListenException | LoadBalancer.CannotLogException | CertificateKeeper.CannotServeTlsException e) {
            System.err.println("weir: " + e.getMessage());
            return Main.FAILED;
        }
    }

    private static void rehearse(TransportKind transport, int worker)
            throws ConfigProblemsException, LoadBalancer.CannotListenException, LoadBalancer.CannotLogException, CertificateKeeper.CannotServeTlsException,
                    IOException {
        LoadedConfig config = ConfigReader.read("rehearsal", config(worker, TransportChoice.name(transport)));
        TransportChoice choice = TransportChoice.of(config.settings().runtime().transport());
        try (LoadBalancer balancer = LoadBalancer.start(config.settings(), choice, 1)) {
            System.out.println(LoadBalancerProcess.story(config.settings(), RunFile.NONE, choice, 1, balancer));
            ask(balancer.addresses().getFirst().getPort());
            status(balancer);
            balancer.drain(Duration.ofSeconds(1));
        }
    }

    /** As {@code weir status} does it: both ends of it are to be known. */
    private static void status(LoadBalancer balancer) {
        String admin = balancer.adminLines().getFirst().substring("admin at ".length());
        int code = new CommandLine(new Status()).setCaseInsensitiveEnumValuesAllowed(true).execute("--admin", admin, "--format", "text");
        if (code != Main.OK) {
            throw new IllegalStateException("weir status failed: " + code);
        }
    }

    private static String config(int worker, String transport) {
        return """
            domains: [example.com]
            here: { region: r1, zone: r1a }
            regions: { r1: { jurisdiction: XX, zones: [r1a] } }
            listeners: [ { bind: "127.0.0.1:0", plain-http: serve, timeouts: { head: 10s, body: 60s, idle: 60s } } ]
            admin: { bind: "127.0.0.1:0" }
            access-log: { format: off }
            apps:
              rehearsal:
                pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a, weight: 1 } ] } }
                check: off
                timeouts: { connect: 2s, response: 30s }
                upstream: { connections: 1000 }
            mappings: [ { app: rehearsal } ]
            limits: { connections: 1000, head: 32KiB }
            runtime: { event-loops: 1, transport: %s, drain: 1s }
            """.formatted(worker, transport);
    }

    private static void serve(ServerSocket worker) {
        try {
            while (true) {
                Socket connection = worker.accept();
                var _ = Thread.ofPlatform().daemon().start(() -> answer(connection));
            }
        } catch (IOException e) {
            // closed: the rehearsal is over
        }
    }

    private static void answer(Socket connection) {
        try (connection) {
            byte[] request = new byte[4096];
            InputStream in = connection.getInputStream();
            while (in.read(request) > 0) { // each request arrives whole, since the proxy sends it in one write
                connection.getOutputStream().write(ANSWER);
            }
        } catch (IOException e) {
            // closed: the rehearsal is over
        }
    }

    /** Requests on one connection, then many connections: taking one has to be known as well as serving it. */
    private static void ask(int port) throws IOException {
        ask(port, REQUESTS);
        for (int i = 0; i < CONNECTIONS; i++) {
            ask(port, 1 + i % 2);
        }
    }

    private static void ask(int port, int requests) throws IOException {
        byte[] request = "GET /100 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rehearsal\r\nAccept: */*\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] response = new byte[4096];
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            for (int i = 0; i < requests; i++) {
                client.getOutputStream().write(request);
                if (in.read(response) <= 0) {
                    throw new IOException("the proxy closed the connection");
                }
            }
        }
    }
}

package io.weir.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs a proxy with a worker and a client on the loopback for a moment and ends, so that the JVM can note which classes and methods a start
 * needs (its AOT cache).
 */
@Command(name = "rehearse", hidden = true, description = "Runs for a moment, for the AOT cache.")
final class Rehearsal implements Callable<Integer> {
    private static final int REQUESTS = 20_000;
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nServer: rehearsal\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
                    + "0123456789".repeat(10))
            .getBytes(StandardCharsets.US_ASCII);

    @Override
    public Integer call() throws IOException {
        try (ServerSocket worker = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            var _ = Thread.ofPlatform().daemon().start(() -> serve(worker));
            List<String> to = List.of("127.0.0.1:" + worker.getLocalPort());
            return LoadBalancerProcess.rehearse(to, Rehearsal::ask);
        }
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

    private static void ask(int port) throws IOException {
        byte[] request = "GET /100 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rehearsal\r\nAccept: */*\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            byte[] response = new byte[4096];
            for (int i = 0; i < REQUESTS; i++) {
                client.getOutputStream().write(request);
                if (in.read(response) <= 0) {
                    throw new IOException("the proxy closed the connection");
                }
            }
        }
    }
}

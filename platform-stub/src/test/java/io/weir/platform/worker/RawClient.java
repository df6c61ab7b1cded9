package io.weir.platform.worker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A client that sends bytes as they are and reads one response after the other. Every wait of it is bounded. */
final class RawClient implements AutoCloseable {
    private static final int BOUND_SECONDS = 10;

    private final Socket socket;
    private final InputStream in;

    record Response(String head, String body) {
        int status() {
            return Integer.parseInt(head.split(" ", -1)[1]);
        }
    }

    RawClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends text with its line ends as they travel. */
    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Sends a request without body, and returns the response to it. */
    Response ask(String method, String target) throws IOException {
        send(method + " " + target + " HTTP/1.1\nHost: worker\n\n");
        return method.equals("HEAD") ? new Response(head(), "") : response();
    }

    Response response() throws IOException {
        String head = head();
        return new Response(head, new String(in.readNBytes(length(head)), StandardCharsets.UTF_8));
    }

    private static int length(String head) {
        return head.lines()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.startsWith("content-length: "))
                .mapToInt(line -> Integer.parseInt(line.substring("content-length: ".length())))
                .findFirst()
                .orElse(0);
    }

    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new AssertionError("the connection ended in a head: " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    /** Whether the other side ends the connection, with nothing more on it. */
    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

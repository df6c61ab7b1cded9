package io.weir.platform.demo;

import io.weir.topology.BindAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks an address for a page, on a connection of its own. Small, because a whole HTTP client takes longer to start than the demo. */
final class Ask {
    private static final int MILLIS = 2_000;
    private static final String WORKER = "x-worker:";

    private Ask() {}

    /**
     * What was answered.
     *
     * @param worker which one says that it answered
     */
    record Reply(int status, Optional<String> worker) {}

    /** @throws IOException if nothing that makes sense is answered in time */
    static Reply get(BindAddress address, String host, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), MILLIS);
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: weir-demo\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return read(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1)));
        }
    }

    private static Reply read(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        if (line == null || !line.matches("HTTP/1\\.1 \\d{3}( .*)?")) {
            throw new IOException(line == null ? "nothing was answered" : "no HTTP: " + line);
        }
        int status = Integer.parseInt(line.split(" ", -1)[1]);
        Optional<String> worker = Optional.empty();
        for (line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            if (line.regionMatches(true, 0, WORKER, 0, WORKER.length())) {
                worker = Optional.of(line.substring(WORKER.length()).strip());
            }
        }
        return new Reply(status, worker);
    }
}

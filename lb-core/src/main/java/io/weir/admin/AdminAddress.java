package io.weir.admin;

import io.weir.topology.WorkerAddress;
import java.nio.file.Path;

/** Where a command finds an admin API. */
public sealed interface AdminAddress {

    /** A port. */
    record Tcp(String host, int port) implements AdminAddress {
        @Override
        public String toString() {
            return new WorkerAddress(host, port).toString();
        }
    }

    /** A Unix socket. */
    record Unix(Path socket) implements AdminAddress {
        @Override
        public String toString() {
            return socket.toString();
        }
    }

    /**
     * Reads {@code 127.0.0.1:9901}, {@code http://127.0.0.1:9901}, {@code :9901} (this machine), {@code /run/weir/admin.sock}, {@code
     * unix:admin.sock}.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    static AdminAddress parse(String text) {
        if (text.startsWith("unix:")) {
            return new Unix(Path.of(text.substring("unix:".length())));
        }
        if (text.startsWith("/") || text.startsWith("./") || text.endsWith(".sock")) {
            return new Unix(Path.of(text));
        }
        String port = text.startsWith("http://") ? text.substring("http://".length()).replaceFirst("/$", "") : text;
        WorkerAddress address = WorkerAddress.parse(port.startsWith(":") ? "127.0.0.1" + port : port);
        return new Tcp(address.host(), address.port());
    }
}

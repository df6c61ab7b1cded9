package io.weir.topology;

/**
 * Where a worker listens. Hosts are kept in canonical form, so that one address is not two workers.
 *
 * @param host an IPv4 or IPv6 address (without brackets) or a name, in lower case; not resolved
 * @param port 1 to 65535
 */
public record WorkerAddress(String host, int port) {

    public WorkerAddress {
        host = HostPort.canonical(host);
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the host is missing, as in 127.0.0.1:8080");
        }
        if (port < 1 || port > HostPort.HIGHEST_PORT) {
            throw new IllegalArgumentException("a worker's port must be between 1 and 65535, is " + port);
        }
    }

    /**
     * Reads {@code 127.0.0.1:9001}, {@code [::1]:80}, {@code name.internal:80}.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    public static WorkerAddress parse(String text) {
        HostPort parsed = HostPort.parse(text);
        return new WorkerAddress(parsed.host(), parsed.port());
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return new HostPort(host, port).toString();
    }
}

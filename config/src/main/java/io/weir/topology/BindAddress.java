package io.weir.topology;

/**
 * What a socket of ours listens on.
 *
 * @param host an IPv4 or IPv6 address (without brackets), a name of this machine, or empty: every address, IPv4 and IPv6
 * @param port 0 to 65535; 0 lets the system choose
 */
public record BindAddress(String host, int port) {

    public BindAddress {
        host = HostPort.canonical(host);
        if (port < 0 || port > HostPort.HIGHEST_PORT) {
            throw new IllegalArgumentException("a port must be between 0 and 65535, is " + port);
        }
    }

    /**
     * Reads {@code 0.0.0.0:80}, {@code [::]:80}, {@code localhost:8080}, {@code :8080}.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    public static BindAddress parse(String text) {
        HostPort parsed = HostPort.parse(text);
        return new BindAddress(parsed.host(), parsed.port());
    }

    /** Whether this means every address of the machine, or every one of a family. */
    public boolean everyAddress() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    /** Whether a machine with IPv4 and IPv6 can't listen on both at once. Port 0 clashes with nothing. */
    public boolean clashesWith(BindAddress other) {
        return port == other.port && port != 0 && (host.equals(other.host) || covers(other) || other.covers(this));
    }

    /** Whether this is every address and the other one of them. Sockets for every IPv6 address take IPv4 too. */
    private boolean covers(BindAddress other) {
        return everyAddress() && (!host.equals("0.0.0.0") || other.host.indexOf(':') < 0);
    }

    /** The form that {@link #parse} reads; every address is {@code :port}. */
    @Override
    public String toString() {
        return new HostPort(host, port).toString();
    }
}

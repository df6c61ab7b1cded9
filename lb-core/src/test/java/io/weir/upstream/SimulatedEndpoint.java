package io.weir.upstream;

/** An endpoint without sockets: the real {@link ConnectBackoff}, between connections that somebody else makes up. */
public final class SimulatedEndpoint {
    private final ConnectBackoff backoff = new ConnectBackoff();
    private final Runnable foundSilent;
    private final Runnable foundRefusing;

    /** {@code foundSilent} and {@code foundRefusing} are what the pools would do. */
    public SimulatedEndpoint(Runnable foundSilent, Runnable foundRefusing) {
        this.foundSilent = foundSilent;
        this.foundRefusing = foundRefusing;
    }

    public boolean connectable(long now) {
        return backoff.over(now);
    }

    /** A connection is being tried. */
    public void trying(long now, long timeout) {
        backoff.trying(now, timeout);
    }

    public void connectFailed(long now, AttemptFailure how) {
        backoff.failed(now, how);
    }

    public void connectSucceeded() {
        backoff.succeeded();
    }

    public void foundSilent() {
        foundSilent.run();
    }

    public void foundRefusing() {
        foundRefusing.run();
    }
}

package io.weir.upstream;

import io.weir.balancing.Latency;
import io.weir.balancing.Touched;
import io.weir.topology.Worker;
import org.jspecify.annotations.Nullable;

/** A worker that is reached over the connections of an endpoint. */
public sealed class EndpointTarget extends WorkerTarget permits GatewayTarget {
    private final Endpoint endpoint;

    /**
     * @param endpoint of the worker's address
     * @param serverErrors whether an answer of 500 and above speaks against it; 502, 503 and 504 always do
     * @param latency how long it takes to answer; null if nobody asks
     * @param touched where it is listed when attempts come to it; null if nobody watches
     */
    public EndpointTarget(
            Endpoint endpoint, Worker worker, int weight, boolean serverErrors, @Nullable Latency latency, @Nullable Touched touched) {
        super(worker, weight, serverErrors, latency, touched);
        this.endpoint = endpoint;
    }

    public final Endpoint endpoint() {
        return endpoint;
    }

    /** Whether the exchange that was just counted in may have a connection, or wait for one. */
    boolean admits() {
        return true; // the endpoint has its own bounds, and with them its worker
    }

    @Override
    public final void foundSilent() {
        endpoint.foundSilent();
    }

    @Override
    public final void foundRefusing() {
        endpoint.foundRefusing();
    }

    @Override
    public final void proven() {
        endpoint.proven();
    }

    @Override
    public final boolean connectable(long now) {
        return endpoint.connectable(now);
    }
}

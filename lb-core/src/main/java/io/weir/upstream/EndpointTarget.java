package io.weir.upstream;

import io.weir.balancing.Latency;
import io.weir.balancing.Target;
import org.jspecify.annotations.Nullable;

/** A target with the endpoint that it is reached at. */
public final class EndpointTarget extends Target {
    private final Endpoint endpoint;

    /** {@code latency} is null if nobody asks how long it takes to answer. */
    public EndpointTarget(Endpoint endpoint, String zone, int weight, @Nullable Latency latency) {
        super(endpoint.address().toString(), zone, weight, latency);
        this.endpoint = endpoint;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public boolean connectable(long now) {
        return endpoint.connectable(now);
    }
}

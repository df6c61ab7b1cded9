package io.weir.upstream;

import io.weir.balancing.Target;

/** A target with the endpoint that it is reached at. */
public final class EndpointTarget extends Target {
    private final Endpoint endpoint;

    public EndpointTarget(Endpoint endpoint, String zone, int weight) {
        super(endpoint.address().toString(), zone, weight);
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

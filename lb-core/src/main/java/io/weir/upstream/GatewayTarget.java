package io.weir.upstream;

import io.weir.balancing.Latency;
import io.weir.balancing.Touched;
import io.weir.http.HandOver;
import io.weir.topology.Worker;
import org.jspecify.annotations.Nullable;

/** The load balancer of another region, which stands for all workers of an app there. */
public final class GatewayTarget extends EndpointTarget {
    private final byte[] handOver;

    /**
     * @param endpoint of the load balancer
     * @param pool the app, and the region that it is to be served in
     * @param instance our name among load balancers
     * @param latency how long it takes to answer; null if nobody asks
     * @param touched where it is listed when attempts come to it; null if nobody watches
     */
    public GatewayTarget(Endpoint endpoint, Worker pool, String instance, @Nullable Latency latency, @Nullable Touched touched) {
        super(endpoint, pool, 1, false, latency, touched);
        this.handOver = HandOver.line(instance, pool.region(), pool.app());
    }

    @Override
    public byte[] handOver() {
        return handOver;
    }
}

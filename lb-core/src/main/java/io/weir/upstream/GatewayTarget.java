package io.weir.upstream;

import io.weir.balancing.Latency;
import io.weir.balancing.Touched;
import io.weir.config.UpstreamSettings;
import io.weir.http.HandOver;
import io.weir.topology.Worker;
import org.jspecify.annotations.Nullable;

/**
 * The load balancer of another region, which stands for all workers of an app there. All apps behind it share its endpoint: the
 * connections, and what is found out about it. What bounds one app is how many of its own exchanges are under way, so that a busy one
 * leaves the others theirs.
 */
public final class GatewayTarget extends EndpointTarget {
    private static final int ANY_NUMBER = 100_000;

    /**
     * Of the endpoint. Each exchange there is one of a client's connection here, and those are bounded; so connections need no bound of
     * their own, and without one nobody waits for another app's.
     */
    public static final UpstreamSettings SHARED = new UpstreamSettings(
            ANY_NUMBER, 0, UpstreamSettings.DEFAULTS.idleConnections(), UpstreamSettings.DEFAULTS.idle());

    private final byte[] handOver;
    private int most;

    /**
     * @param endpoint of the load balancer
     * @param pool the app, and the region that it is to be served in
     * @param upstream the app's
     * @param instance our name among load balancers
     * @param latency how long it takes to answer; null if nobody asks
     * @param touched where it is listed when attempts come to it; null if nobody watches
     */
    public GatewayTarget(
            Endpoint endpoint,
            Worker pool,
            UpstreamSettings upstream,
            String instance,
            @Nullable Latency latency,
            @Nullable Touched touched) {
        super(endpoint, pool, 1, false, latency, touched);
        this.handOver = HandOver.line(instance, pool.region(), pool.app());
        this.most = most(upstream);
    }

    /**
     * How many exchanges of an app with these settings may be under way at one. None waits here: whoever has the workers has a queue for
     * them.
     */
    public static int most(UpstreamSettings upstream) {
        return upstream.connections() + upstream.queue();
    }

    /** Its exchanges are bounded by these settings from now on. */
    public void bound(UpstreamSettings upstream) {
        most = most(upstream);
    }

    @Override
    boolean admits() {
        return inFlight() <= most;
    }

    @Override
    public byte[] handOver() {
        return handOver;
    }
}

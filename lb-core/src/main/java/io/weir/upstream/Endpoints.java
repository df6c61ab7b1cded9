package io.weir.upstream;

import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.weir.config.UpstreamSettings;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.topology.WorkerAddress;
import java.util.HashMap;
import java.util.Map;

/** All endpoints of this process, one for each address with its settings. Used by the control thread only. */
public final class Endpoints implements AutoCloseable {
    private record Key(WorkerAddress address, UpstreamSettings settings) {}

    private final EventLoops loops;
    private final HeadLimits responseLimits;
    private final AddressResolverGroup<?> names;
    private final EndpointListener listener;
    private final Map<Key, Endpoint> endpoints = new HashMap<>();

    /** Whose troubles nobody hears of. */
    public Endpoints(EventLoops loops, HeadLimits responseLimits) {
        this(loops, responseLimits, EndpointListener.NOBODY);
    }

    /** {@code listener} hears of them. */
    public Endpoints(EventLoops loops, HeadLimits responseLimits, EndpointListener listener) {
        this.listener = listener;
        this.loops = loops;
        this.responseLimits = responseLimits;
        this.names = new DnsAddressResolverGroup(
                new DnsNameResolverBuilder().datagramChannelType(loops.transport().datagramChannel()));
    }

    /** The endpoint at that address: the one that is known already, with all its connections, or a new one. */
    public Endpoint at(WorkerAddress address, UpstreamSettings settings) {
        return endpoints.computeIfAbsent(new Key(address, settings), _ -> new Endpoint(address, settings, responseLimits, loops, names, listener));
    }

    @Override
    public void close() {
        names.close();
    }
}

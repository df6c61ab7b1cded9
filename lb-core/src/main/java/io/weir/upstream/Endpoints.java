package io.weir.upstream;

import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.weir.config.UpstreamSettings;
import io.weir.config.UpstreamTls;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.tls.WorkerTls;
import io.weir.topology.WorkerAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All endpoints of this process, one for each address with its settings. Used by one thread at a time: the one that makes tables. */
public final class Endpoints implements AutoCloseable {
    private record Key(WorkerAddress address, UpstreamSettings settings) {}

    private final EventLoops loops;
    /** Read by loops for each new connection. */
    private volatile HeadLimits responseLimits;
    private final AddressResolverGroup<?> names;
    private final Function<UpstreamTls, WorkerTls> tls;
    private final EndpointListener listener;
    private final Map<Key, Endpoint> endpoints = new HashMap<>();
    /** Of those with TLS, numbered through. */
    private int sessions;

    /** In clear, whose troubles nobody hears of. */
    public Endpoints(EventLoops loops, HeadLimits responseLimits) {
        this(loops, responseLimits, EndpointListener.NOBODY);
    }

    /** In clear; {@code listener} hears of their troubles. */
    public Endpoints(EventLoops loops, HeadLimits responseLimits, EndpointListener listener) {
        this(
                loops,
                responseLimits,
                _ -> {
                    throw new IllegalStateException("nothing secures connections to workers");
                },
                listener);
    }

    /**
     * All of them.
     *
     * @param tls what secures connections, by their settings
     * @param listener hears of their troubles
     */
    public Endpoints(EventLoops loops, HeadLimits responseLimits, Function<UpstreamTls, WorkerTls> tls, EndpointListener listener) {
        this.tls = tls;
        this.listener = listener;
        this.loops = loops;
        this.responseLimits = responseLimits;
        this.names = new DnsAddressResolverGroup(
                new DnsNameResolverBuilder().datagramChannelType(loops.transport().datagramChannel()));
    }

    /** The endpoint at that address: the one that is known already, with all its connections, or a new one. */
    public Endpoint at(WorkerAddress address, UpstreamSettings settings) {
        return endpoints.computeIfAbsent(
                new Key(address, settings),
                _ -> new Endpoint(address, settings, () -> responseLimits, loops, names, secured(address, settings.tls()), listener));
    }

    /** Connections that are made from now on take responses within these limits. */
    public void limit(HeadLimits next) {
        responseLimits = next;
    }

    /** One target fewer has it: if it was the last, its connections end when they are done. */
    public void leave(Endpoint endpoint) {
        if (endpoint.leave()) {
            endpoints.values().remove(endpoint);
            endpoint.retire();
        }
    }

    private @Nullable Secured secured(WorkerAddress address, @Nullable UpstreamTls settings) {
        return settings == null ? null : new Secured(tls.apply(settings), address, settings.serverName(), sessions++);
    }

    @Override
    public void close() {
        names.close();
    }
}

package io.weir.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How workers are asked whether they are well. Workers of several pools that share an address and these settings are asked once for all.
 *
 * @param kind what is asked
 * @param port where it is asked; null: the worker's own
 * @param interval from one question to the next while nothing is in doubt; each differs by up to {@link #JITTER} of it
 * @param timeout for an answer, with its connection; in a config no longer than the interval
 * @param rise good answers in a row that make an unhealthy worker well
 * @param fall bad answers in a row that make it unhealthy when traffic doesn't say the same
 * @param tls what its connections are secured by, as those of requests are; null: nothing
 * @param proxyProtocol that connections begin with a header that says that they are for nobody; null: without
 */
public record CheckSettings(
        Kind kind,
        @Nullable Integer port,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        @Nullable UpstreamTls tls,
        @Nullable ProxyVersion proxyProtocol) {

    static final Bounds<Duration> INTERVAL = Bounds.time(Duration.ofMillis(100), Duration.ofHours(1));
    static final Bounds<Duration> TIMEOUT = Bounds.time(Duration.ofMillis(10), Duration.ofMinutes(1));
    static final Bounds<Integer> COUNT = Bounds.count(1, 100);
    static final Bounds<Integer> PORT = Bounds.count(1, 65_535);

    /** By how much of the interval one differs from the next, so that checks of many don't come together. */
    public static final double JITTER = 0.2;

    /** A connection, every 5 s. */
    public static final CheckSettings DEFAULT = new CheckSettings(new Tcp(), null, Duration.ofSeconds(5), Duration.ofSeconds(2), 2, 3);

    public CheckSettings {
        if (port != null) {
            PORT.check("port", port);
        }
        INTERVAL.check("interval", interval);
        TIMEOUT.check("timeout", timeout);
        COUNT.check("rise", rise);
        COUNT.check("fall", fall);
    }

    /** In clear, or over the TLS that it is about; without the PROXY protocol. */
    public CheckSettings(Kind kind, @Nullable Integer port, Duration interval, Duration timeout, int rise, int fall) {
        this(kind, port, interval, timeout, rise, fall, null, null);
    }

    /** The same, secured so. */
    public CheckSettings over(@Nullable UpstreamTls other) {
        return new CheckSettings(kind, port, interval, timeout, rise, fall, other, proxyProtocol);
    }

    /** The same for workers that want the PROXY protocol; at a port of its own it is not spoken. */
    CheckSettings with(@Nullable ProxyVersion version) {
        return port != null || version == null ? this : new CheckSettings(kind, null, interval, timeout, rise, fall, tls, version);
    }

    /** Of the load balancer of another region. What it says of its pools, it has found out with care; that it is silent is seen twice. */
    public static final CheckSettings GATEWAY = new CheckSettings(new Pools(), null, DEFAULT.interval(), DEFAULT.timeout(), 1, 2);

    /** What is asked. */
    public sealed interface Kind {}

    /** A connection: well if there is one in time. */
    public record Tcp() implements Kind {}

    /**
     * An HTTP/1.1 request.
     *
     * @param path with query, begins with {@code /}
     * @param method {@code GET}, {@code HEAD} or {@code OPTIONS}
     * @param host the Host field; null: the worker's address
     * @param statuses those that are good; at least one
     * @param body what the beginning of the body must contain; null: whatever it says
     */
    public record Http(String path, String method, @Nullable String host, List<StatusRange> statuses, @Nullable String body) implements Kind {
        /** How much of a body is looked at, in bytes. */
        public static final int BODY = 16 * 1024;

        static final List<String> METHODS = List.of("GET", "HEAD", "OPTIONS");

        public static final String DEFAULT_METHOD = "GET";
        public static final List<StatusRange> DEFAULT_STATUSES = List.of(new StatusRange(200, 299));

        public Http {
            statuses = List.copyOf(statuses);
        }
    }

    /**
     * A TLS handshake; the certificate's end is reported, and nothing of it is verified but that it is one.
     *
     * @param serverName for SNI; null: none is sent
     */
    public record Tls(@Nullable String serverName) implements Kind {}

    /**
     * {@code grpc.health.v1.Health/Check} over HTTP/2 with prior knowledge: well if it says SERVING.
     *
     * @param service empty: the server as a whole
     */
    public record Grpc(String service) implements Kind {}

    /** What the load balancer of a region says of its pools, all with one question. No config asks for it: it is asked of each gateway. */
    public record Pools() implements Kind {}

    /** Both ends included; 200 to 599. */
    public record StatusRange(int least, int most) {

        static final Bounds<Integer> STATUS = Bounds.count(200, 599);

        public StatusRange {
            STATUS.check("status", least);
            STATUS.check("status", most);
            if (least > most) {
                throw new IllegalArgumentException("status: " + least + " is above " + most);
            }
        }

        public boolean contains(int status) {
            return least <= status && status <= most;
        }

        /** As it is written: {@code 204} or {@code 200-299}. */
        @Override
        public String toString() {
            return least == most ? String.valueOf(least) : least + "-" + most;
        }
    }
}

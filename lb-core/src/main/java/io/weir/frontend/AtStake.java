package io.weir.frontend;

import io.netty.channel.Channel;
import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import java.net.SocketAddress;
import java.util.function.Predicate;

/**
 * What of that which is open on event loops would be ended by another config, as {@link Departure} does.
 *
 * @param connections of clients, at listeners that go
 * @param amidStream those of them that carry a stream without an end that anybody knows of
 * @param streams such streams at targets that go, on connections that stay
 */
public record AtStake(int connections, int amidStream, int streams) {
    public static final AtStake NOTHING = new AtStake(0, 0, 0);

    /**
     * Counts those of one loop; on it only.
     *
     * @param listeners those that go, by the address at which a client has come in
     * @param targets those that go
     */
    public static AtStake of(FrontendLoop loop, Predicate<SocketAddress> listeners, Predicate<Target> targets) {
        Count count = new Count(listeners, targets);
        loop.eachConnection(count::channel, count::http2, count::channel);
        return new AtStake(count.connections, count.amidStream, count.streams);
    }

    /** Both together. */
    public AtStake plus(AtStake other) {
        return new AtStake(connections + other.connections, amidStream + other.amidStream, streams + other.streams);
    }

    /** All that would be closed. */
    public int all() {
        return connections + streams;
    }

    private static final class Count {
        private final Predicate<SocketAddress> listeners;
        private final Predicate<Target> targets;
        private int connections;
        private int amidStream;
        private int streams;
        private boolean streamSeen;

        Count(Predicate<SocketAddress> listeners, Predicate<Target> targets) {
            this.listeners = listeners;
            this.targets = targets;
        }

        void channel(ClientChannel connection) {
            Exchange underWay = connection.underWay();
            if (goes(connection.ctx().channel())) {
                goes(underWay != null && underWay.isOpenEnded());
            } else if (underWay != null) {
                exchange(underWay);
            }
        }

        void http2(Http2ClientConnection connection) {
            if (goes(connection.ctx().channel())) {
                streamSeen = false;
                connection.eachExchange(exchange -> streamSeen |= exchange.isOpenEnded());
                goes(streamSeen);
            } else {
                connection.eachExchange(this::exchange);
            }
        }

        private void goes(boolean withStream) {
            connections++;
            amidStream += withStream ? 1 : 0;
        }

        private boolean goes(Channel channel) {
            SocketAddress here = channel.localAddress();
            return here != null && listeners.test(here);
        }

        private void exchange(Exchange exchange) {
            Target target = exchange.lastTarget();
            if (target != null && exchange.isOpenEnded() && targets.test(target)) {
                streams++;
            }
        }
    }
}

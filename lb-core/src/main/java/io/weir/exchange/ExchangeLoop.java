package io.weir.exchange;

import io.netty.util.concurrent.EventExecutor;
import io.weir.balancing.Target;
import io.weir.http.HeadWriter;
import io.weir.loop.DeadlineWheel;
import io.weir.loop.LoopClock;
import io.weir.routing.RoutingTable;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.Connector;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the exchanges of one event loop share, and those that wait to be used again. Touched by that loop only. */
public final class ExchangeLoop {
    private static final int KEPT = 256;
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeLoop.class);

    private final int index;
    private final EventExecutor executor;
    private final LoopClock clock;
    private final DeadlineWheel wheel;
    private final Connector connector;
    private final Supplier<RoutingTable> table;
    private ExchangeListener[] listeners;
    private final RandomGenerator random;
    private long bodyLimit;
    private final RequestIds ids;
    private final HeadWriter edited = new HeadWriter();
    private final ArrayDeque<Exchange> unused = new ArrayDeque<>();

    /**
     * @param index of the loop
     * @param table the routing table in force
     * @param random seeds request ids and jitter
     * @param bodyLimit bytes a request's body may have, or -1
     */
    public ExchangeLoop(
            int index,
            EventExecutor executor,
            LoopClock clock,
            DeadlineWheel wheel,
            Connector connector,
            Supplier<RoutingTable> table,
            List<ExchangeListener> listeners,
            RandomGenerator random,
            long bodyLimit) {
        this.index = index;
        this.executor = executor;
        this.clock = clock;
        this.wheel = wheel;
        this.connector = connector;
        this.table = table;
        this.listeners = listeners.toArray(ExchangeListener[]::new);
        this.random = random;
        this.bodyLimit = bodyLimit;
        this.ids = new RequestIds(random.nextLong());
    }

    /** These listen from now on, instead of those before. On the loop. */
    public void listeners(List<ExchangeListener> next) {
        listeners = next.toArray(ExchangeListener[]::new);
    }

    /** Bodies of requests that begin from now on may have so many bytes, or with -1 any number. On the loop. */
    public void limitBodies(long next) {
        bodyLimit = next;
    }

    /** An exchange to read a request into; it comes back by itself when it is over, or by {@link #giveBack}. */
    public Exchange take() {
        Exchange exchange = unused.pollFirst();
        if (exchange == null) {
            exchange = new Exchange(this);
        }
        exchange.begin(clock.now());
        return exchange;
    }

    /** Takes back an exchange that was never started. */
    public void giveBack(Exchange exchange) {
        exchange.reset();
        if (unused.size() < KEPT) {
            unused.addFirst(exchange);
        }
    }

    void tell(Exchange exchange) {
        for (ExchangeListener listener : listeners) {
            try {
                listener.settled(exchange);
            } catch (RuntimeException e) {
                LOG.error("a listener failed", e); // and must not keep the exchange from its end
            }
        }
    }

    void tellUpgraded(Exchange exchange) {
        for (ExchangeListener listener : listeners) {
            try {
                listener.upgraded(exchange);
            } catch (RuntimeException e) {
                LOG.error("a listener failed", e);
            }
        }
    }

    void tellAttempt(Exchange exchange, Target target, @Nullable AttemptFailure failure) {
        long nanos = exchange.times().sinceConnected(clock.now());
        for (ExchangeListener listener : listeners) {
            try {
                listener.attempted(exchange, target, failure, nanos);
            } catch (RuntimeException e) {
                LOG.error("a listener failed", e);
            }
        }
    }

    /** The lines that edits add to the head that is being sent: they are made before it is written, since edits may cut fields. */
    HeadWriter edited() {
        return edited;
    }

    int index() {
        return index;
    }

    EventExecutor executor() {
        return executor;
    }

    LoopClock clock() {
        return clock;
    }

    DeadlineWheel wheel() {
        return wheel;
    }

    Connector connector() {
        return connector;
    }

    RoutingTable table() {
        return table.get();
    }

    /** For what need not be secret. */
    public RandomGenerator random() {
        return random;
    }

    RequestIds ids() {
        return ids;
    }

    /** Bytes that a request's body may have, or -1. */
    long bodyLimit() {
        return bodyLimit;
    }
}

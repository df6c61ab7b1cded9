package io.weir.exchange;

import io.weir.loop.Deadline;
import io.weir.routing.App;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long an exchange waits for what comes next, never beyond its own end: within the attempt's bound up to the head of the response, and
 * within that of the whole.
 *
 * <p>One for each exchange, used again with it; touched by its loop alone.
 */
final class Patience extends Deadline {
    /** Looking a name up takes its time too, and nobody else bounds it; a connection that is being made ends by itself before. */
    private static final long CONNECT_SLACK = TimeUnit.MILLISECONDS.toNanos(500);

    private final Exchange exchange;
    private final ExchangeLoop loop;
    private final Timeline times;
    private App.@Nullable Timeouts timeouts;
    private long totalUntil = App.Timeouts.OFF;
    /**
     * Whether a side that takes nothing was given the idle time once more. The kernel tells that a slow one goes on only when a third of
     * its buffer, which may be megabytes, is free.
     */
    private boolean grace;
    private boolean upgraded;

    Patience(Exchange exchange, ExchangeLoop loop, Timeline times) {
        this.exchange = exchange;
        this.loop = loop;
        this.times = times;
    }

    @Override
    protected void expired(long now) {
        exchange.timeIsUp(now);
    }

    /** The exchange goes by these from now on. */
    void goBy(App.Timeouts bounds) {
        timeouts = bounds;
        if (bounds.total() != App.Timeouts.OFF) {
            totalUntil = times.admittedAt() + bounds.total();
            forNothing();
        }
    }

    /** The client itself waits no longer than that for the whole, in ns from when it asked. */
    void boundTotal(long nanos) {
        long most = Long.MAX_VALUE / 2; // centuries, and no overflow
        totalUntil = Math.min(totalUntil, times.admittedAt() + Math.min(nanos, most));
        forNothing();
    }

    /** Nothing of the attempt is waited for. */
    void forNothing() {
        set(App.Timeouts.OFF);
    }

    void forConnection() {
        set(loop.clock().now() + timeouts().connect() + CONNECT_SLACK);
    }

    /** For the head of the response. */
    void forResponse() {
        setWithinAttempt(loop.clock().now() + timeouts().response());
    }

    /** For the next piece of the request to come, or to be taken. */
    void forRequest() {
        if (upgraded) {
            forBytes();
            return;
        }
        setWithinAttempt(loop.clock().now() + timeouts().idle());
    }

    /** For the next piece of the response to come, or to be taken. */
    void forBody() {
        if (upgraded) {
            forBytes();
        } else {
            set(loop.clock().now() + timeouts().idle());
        }
    }

    /** For anything to move on an upgraded connection, in either direction. */
    private void forBytes() {
        set(loop.clock().now() + timeouts().websocket());
    }

    /** The attempt's own bound ends with the head of the response. */
    private void setWithinAttempt(long until) {
        long attempt = timeouts().attempt();
        set(exchange.answered() || attempt == App.Timeouts.OFF ? until : Math.min(until, times.connectedAt() + attempt));
    }

    private void set(long until) {
        long at = Math.min(until, totalUntil);
        if (at == App.Timeouts.OFF) {
            clear();
        } else {
            loop.wheel().set(this, at);
        }
    }

    /** The connection was upgraded, and lasts as long as somebody says something. */
    void forUpgraded() {
        upgraded = true;
        totalUntil = App.Timeouts.OFF;
        forBytes();
    }

    /** Whether the time for the whole exchange is over. */
    boolean isTotalOver(long now) {
        return totalUntil != App.Timeouts.OFF && now - totalUntil >= 0;
    }

    /** Whether a side that takes nothing is waited for once more. */
    boolean grantsGrace() {
        if (grace) {
            return false;
        }
        grace = true;
        return true;
    }

    /** A side has taken something, or there is a new one. */
    void renewGrace() {
        grace = false;
    }

    private App.Timeouts timeouts() {
        return Objects.requireNonNull(timeouts);
    }

    /** Makes it new, for the next request. */
    void reset() {
        clear();
        timeouts = null;
        totalUntil = App.Timeouts.OFF;
        grace = false;
        upgraded = false;
    }
}

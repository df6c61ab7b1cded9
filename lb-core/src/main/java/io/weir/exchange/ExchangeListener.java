package io.weir.exchange;

import io.weir.balancing.Target;
import io.weir.upstream.AttemptFailure;
import org.jspecify.annotations.Nullable;

/**
 * Is told of every exchange that is over; all telemetry hangs on it. Each event loop has listeners of its own, which are called on it, and
 * which must not block or keep the exchange.
 */
@FunctionalInterface
public interface ExchangeListener {
    void settled(Exchange exchange);

    /** Its connection was upgraded: both sides send what they like until it is settled. */
    default void upgraded(Exchange exchange) {}

    /**
     * One of its attempts is over. A try on another connection in place of a stale one is the same attempt.
     *
     * @param target where it went
     * @param failure of the worker; null if it has done its part as far as it was let: it has {@linkplain Exchange#answered answered}, or it was
     *     left alone before it could
     * @param nanos since it had its connection; negative if it had none
     */
    default void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {}
}

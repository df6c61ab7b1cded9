package io.weir.control;

import io.weir.balancing.Target;
import io.weir.balancing.Traffic;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.Reason;
import io.weir.loop.LoopClock;
import io.weir.routing.Route;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerTarget;
import org.jspecify.annotations.Nullable;

/** Counts what became of one event loop's attempts, for each target, and for each app the requests that did not go as they should. */
final class TrafficCounts implements ExchangeListener {
    private final int loop;
    private final LoopClock clock;

    TrafficCounts(int loop, LoopClock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    @Override
    public void settled(Exchange exchange) {
        Route route = exchange.to();
        if (route == null) {
            return;
        }
        if (exchange.reason().ofWorkers() || blames(exchange)) {
            route.app().setbacks().failed(clock.now());
        } else if (exchange.attempts() > 1 && exchange.reason() == Reason.OK) {
            route.app().setbacks().retried(clock.now());
        }
    }

    private static boolean blames(Exchange exchange) {
        return exchange.answered() && exchange.lastTarget() instanceof WorkerTarget worker && worker.isBad(exchange.response().status());
    }

    @Override
    public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
        Traffic traffic = target.traffic();
        if (traffic == null) {
            return;
        }
        boolean answered = exchange.answered();
        if (failure != null) {
            if (failure.refused()) {
                traffic.refused(loop, clock.now());
            } else if (failure.ofWorker()) {
                traffic.bad(loop, answered, failure.silent(), clock.now());
            }
        } else if (answered) {
            if (target instanceof WorkerTarget worker && worker.isBad(exchange.response().status())) {
                traffic.bad(loop, true, false, clock.now());
            } else {
                traffic.good(loop);
            }
        }
    }
}

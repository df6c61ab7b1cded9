package io.weir.control;

import io.weir.balancing.Target;
import io.weir.balancing.Traffic;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.loop.LoopClock;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerTarget;
import org.jspecify.annotations.Nullable;

/** Counts for each target what became of one event loop's attempts at it. */
final class TrafficCounts implements ExchangeListener {
    private final int loop;
    private final LoopClock clock;

    TrafficCounts(int loop, LoopClock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    @Override
    public void settled(Exchange exchange) {}

    @Override
    public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
        Traffic traffic = target.traffic();
        if (traffic == null) {
            return;
        }
        boolean answered = exchange.answered();
        if (failure != null) {
            if (failure.ofWorker()) {
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

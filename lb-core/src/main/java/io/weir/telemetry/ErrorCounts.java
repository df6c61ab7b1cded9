package io.weir.telemetry;

import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.Reason;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** How many exchanges have ended, and how many of them in an error: with a status of 500 or above, or broken off by other than the client. */
public final class ErrorCounts {
    private static final int SERVER_ERROR = 500;

    private final List<OfLoop> loops;

    /** For that many event loops. */
    public ErrorCounts(int loops) {
        this.loops = Stream.generate(OfLoop::new).limit(loops).toList();
    }

    /** What counts that loop's exchanges. */
    public ExchangeListener onLoop(int index) {
        return loops.get(index);
    }

    /** For any thread. */
    public long ended() {
        return loops.stream().mapToLong(loop -> loop.ended.get()).sum();
    }

    /** For any thread. */
    public long failed() {
        return loops.stream().mapToLong(loop -> loop.failed.get()).sum();
    }

    private static final class OfLoop implements ExchangeListener {
        private final AtomicLong ended = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();

        @Override
        public void settled(Exchange exchange) {
            ended.lazySet(ended.getPlain() + 1);
            boolean brokenOff = exchange.status() == 0 && exchange.reason() != Reason.OK && exchange.reason() != Reason.CLIENT_GONE;
            if (exchange.status() >= SERVER_ERROR || exchange.reason() == Reason.RESPONSE_CUT || brokenOff) {
                failed.lazySet(failed.getPlain() + 1);
            }
        }
    }
}

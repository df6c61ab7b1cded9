package io.weir.telemetry.log;

import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.loop.Deadline;
import io.weir.loop.EventLoops;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The access log of one event loop: lines are written into a chunk of its own, which goes to the writer when it is full or some time has
 * passed. A writer that does not keep up costs lines, which are counted, and never a request's time.
 */
final class LoopLog implements ExchangeListener {
    /** How many chunks a loop may have at a time: 1 MiB. */
    private static final int MOST = 16;

    /** How old a line may get before the writer has it, in ns. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(200);

    private final EventLoops.Loop loop;
    private final LineFormat format;
    private final Consumer<Chunk> full;
    private final ConcurrentLinkedDeque<Chunk> empty = new ConcurrentLinkedDeque<>();
    private final AtomicLong dropped = new AtomicLong();
    private @Nullable Chunk chunk;
    private int made;

    private final Deadline flush = new Deadline() {
        @Override
        protected void expired(long now) {
            handOver();
        }
    };

    /** @param full takes chunks over, at once; it must have room for all that there can be */
    LoopLog(EventLoops.Loop loop, LineFormat format, Consumer<Chunk> full) {
        this.loop = loop;
        this.format = format;
        this.full = full;
    }

    @Override
    public void settled(Exchange exchange) {
        Chunk to = chunk;
        if (to == null) {
            to = next();
            if (to == null) {
                dropped.setOpaque(dropped.getPlain() + 1);
                return;
            }
            chunk = to;
        }
        long now = loop.clock().now();
        int before = to.lines().length();
        try {
            format.write(exchange, now, to.lines());
        } catch (RuntimeException e) {
            to.lines().cutTo(before); // half a line would spoil the next one
            throw e;
        }
        to.lineAdded();
        if (to.isFull()) {
            handOver();
        } else if (!flush.isSet()) {
            loop.wheel().set(flush, now + PATIENCE);
        }
    }

    private @Nullable Chunk next() {
        Chunk known = empty.poll();
        if (known == null && made < MOST) {
            made++;
            return new Chunk(empty::addFirst); // the last one that was used is the one that caches still hold
        }
        return known;
    }

    /** Called on the loop, or once it has ended. */
    void handOver() {
        flush.clear();
        Chunk last = chunk;
        if (last != null) {
            chunk = null;
            full.accept(last);
        }
    }

    /** Lines for which there was no room. For any thread. */
    long dropped() {
        return dropped.getOpaque();
    }

    static int mostChunks() {
        return MOST;
    }
}

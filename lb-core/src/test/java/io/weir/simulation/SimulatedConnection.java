package io.weir.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.weir.http.HeadLimits;
import io.weir.http.HeadLines;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.ResponseParser;
import io.weir.simulation.Fault.Kind;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerSide;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a simulated worker, with the manners of the real one: it is made, lent, used again, and fails with the same words. What
 * becomes of a request is decided by the worker's state when its packets arrive there, and when the answer comes back.
 */
final class SimulatedConnection implements WorkerSide {
    private enum State {
        CONNECTING,
        /** An attempt has it, and no answer has begun. */
        HEAD,
        BODY,
        IDLE,
        CLOSED
    }

    private static final HeadLimits LIMITS = new HeadLimits(65536, 65536, 100);
    /** How often lost packets are sent again; and how long until the kernel gives up (Endpoint sets TCP_USER_TIMEOUT). */
    private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(400);

    private static final long UNACKNOWLEDGED = TimeUnit.SECONDS.toNanos(5);

    private final SimulatedPool pool;
    private final SimulatedWorker worker;
    private final SimulatedThread loop;
    private State state = State.CONNECTING;
    private @Nullable AttemptEvents events;
    private boolean reused;
    /** Changes with each attempt, for what arrives late. */
    private int attempt;

    private long sentAt;

    SimulatedConnection(SimulatedPool pool, AttemptEvents events) {
        this.pool = pool;
        this.worker = pool.worker();
        this.loop = pool.loop();
        this.events = events;
    }

    // ---- being made

    /** For at most {@code timeout} ns. */
    void connect(long timeout) {
        later(worker.roundTrip() / 2, this::knock);
        loop.after(timeout, () -> {
            if (state == State.CONNECTING) {
                connectFailed(AttemptFailure.CONNECT_TIMEOUT);
            }
        });
    }

    private void knock() {
        switch (worker.reach()) {
            case OPEN -> later(worker.roundTrip() / 2, this::established);
            case REFUSED -> later(worker.roundTrip() / 2, () -> connectFailed(AttemptFailure.CONNECT_REFUSED));
            case LOST -> later(AGAIN, this::knock);
        }
    }

    private void established() {
        worker.endpoint().connectSucceeded();
        pool.made(this);
        AttemptEvents waiting = events;
        if (waiting == null) {
            becomeIdle();
        } else {
            state = State.HEAD;
            waiting.connected(this);
        }
    }

    private void connectFailed(AttemptFailure how) {
        worker.endpoint().connectFailed(pool.now(), how);
        AttemptEvents waiting = close();
        if (waiting != null) {
            waiting.failed(how, null);
        }
    }

    /** The attempt that it was made for gave up: it will serve another. */
    boolean abandon(AttemptEvents by) {
        if (state != State.CONNECTING || !by.equals(events)) {
            return false;
        }
        events = null;
        return true;
    }

    // ---- being lent

    boolean isIdle() {
        return state == State.IDLE;
    }

    void lend(AttemptEvents to) {
        events = to;
        reused = true;
        state = State.HEAD;
    }

    private void becomeIdle() {
        state = State.IDLE;
        events = null;
        attempt++;
        pool.nowIdle(this);
    }

    /** The worker has been found not to answer. */
    void foundSilent() {
        AttemptEvents waiting = events;
        if (state == State.IDLE) {
            close();
        } else if (state == State.CONNECTING || state == State.HEAD) {
            if (waiting != null) {
                waiting.workerSilent();
            }
            if (state == State.CONNECTING && events == null) {
                close();
            }
        }
    }

    /** The worker has been found to refuse connections. */
    void foundRefusing() {
        if (state == State.CONNECTING) {
            foundSilent();
        }
    }

    /** The worker's kernel has reset it. */
    void reset() {
        switch (state) {
            case IDLE -> close();
            case HEAD -> failed(reused ? AttemptFailure.STALE : AttemptFailure.RESET);
            case BODY -> failed(AttemptFailure.CUT);
            case CONNECTING, CLOSED -> {}
        }
    }

    private void failed(AttemptFailure how) {
        AttemptEvents to = close();
        if (to != null) {
            pool.broke(to, how);
        }
    }

    private @Nullable AttemptEvents close() {
        AttemptEvents last = events;
        state = State.CLOSED;
        events = null;
        attempt++;
        pool.closed(this);
        return last;
    }

    /** Later, unless this attempt is over by then. */
    private void later(long nanos, Runnable then) {
        int now = attempt;
        loop.after(nanos, () -> {
            if (now == attempt && state != State.CLOSED) {
                then.run();
            }
        });
    }

    // ---- the request

    @Override
    public void head(RequestHead head, HeadLines lines) {
        sentAt = pool.now();
        pool.written(Objects.requireNonNull(events));
    }

    @Override
    public void body(ByteBuf data) {
        data.release();
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        later(worker.roundTrip() / 2, this::arrived);
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void demand(boolean more) {}

    @Override
    public boolean isReused() {
        return reused;
    }

    @Override
    public void abort() {
        if (state != State.CLOSED) {
            close();
        }
    }

    // ---- the worker

    private void arrived() {
        if (worker.reach() == SimulatedWorker.Reach.REFUSED) {
            later(worker.roundTrip() / 2, this::reset);
        } else if (worker.reach() == SimulatedWorker.Reach.LOST) {
            comeAgain(this::arrived);
        } else if (worker.hangs()) {
            later(AGAIN, this::arrived);
        } else if (pool.chance(worker.amount(Kind.RESETS))) {
            later(worker.roundTrip() / 2, this::reset);
        } else {
            long work = pool.workTime() + TimeUnit.MILLISECONDS.toNanos(worker.amount(Kind.SLOW));
            later(work + worker.roundTrip() / 2, this::answer);
        }
    }

    private void comeAgain(Runnable then) {
        if (pool.now() - sentAt >= UNACKNOWLEDGED) {
            reset();
        } else {
            later(AGAIN, then);
        }
    }

    private void answer() {
        if (worker.reach() == SimulatedWorker.Reach.REFUSED) {
            reset();
            return;
        }
        if (worker.reach() == SimulatedWorker.Reach.LOST) {
            comeAgain(this::answer);
            return;
        }
        int status = pool.chance(worker.amount(Kind.ERRORS)) ? pool.errorStatus() : 200;
        begin(status);
        if (state != State.BODY) {
            return;
        }
        if (pool.chance(worker.amount(Kind.CUTS))) {
            later(worker.roundTrip() / 2, this::reset);
        } else if (pool.chance(SimulatedPool.PERCENT_IN_PARTS)) {
            later(pool.workTime(), this::end);
        } else {
            end();
        }
    }

    private void begin(int status) {
        AttemptEvents to = Objects.requireNonNull(events);
        ByteBufAllocator alloc = pool.alloc();
        ByteBuf head = ByteBufUtil.writeAscii(alloc, "HTTP/1.1 " + status + " As it is\r\nContent-Length: 2\r\n\r\n");
        try {
            if (new ResponseParser(LIMITS).read(head, to.responseHead()) != Progress.END) {
                throw new AssertionError("this is a head");
            }
        } finally {
            head.release();
        }
        state = State.BODY;
        to.responseStarted();
        if (state == State.BODY) {
            to.responsePaused();
        }
    }

    private void end() {
        AttemptEvents to = Objects.requireNonNull(events);
        to.responseBody(ByteBufUtil.writeAscii(pool.alloc(), "ok"));
        if (state == State.BODY) {
            becomeIdle();
            to.responseEnded(null);
        }
    }
}

package io.weir.exchange;

import io.weir.balancing.Attempts;
import io.weir.balancing.Decision;
import io.weir.balancing.Draw;
import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.Need;
import io.weir.upstream.WorkerSide;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attempt of an exchange that is under way: its target, and the connection once there is one. And what those before it have left: who
 * was tried, how often the request was written, and how the last one failed.
 *
 * <p>One for each exchange, used again for each attempt and with the exchange; touched by its loop alone.
 */
final class Attempt {
    private static final int MOST_WRITTEN = 3;
    /** A busy worker that ends connections by their number of requests may end some in a row before an attempt's turn comes. */
    private static final int MOST_LEFT_BEHIND = 5;

    private final Exchange exchange;
    private final ExchangeLoop loop;
    private final Timeline times;
    private final Attempts tried = new Attempts();
    /** Targets among those tried that nothing was asked of. */
    private int passedBy;
    private @Nullable Target last;
    private @Nullable Target target;
    private @Nullable WorkerSide worker;
    private @Nullable AttemptFailure lastFailure;
    private boolean connecting;
    private boolean stale;
    private int leftBehind;
    private int written;

    Attempt(Exchange exchange, ExchangeLoop loop, Timeline times) {
        this.exchange = exchange;
        this.loop = loop;
        this.times = times;
    }

    /** Where the next one goes, or null if there can be none. */
    @Nullable Target next(Plan plan, Draw draw) {
        return tried.count() == Attempts.MOST ? null : Decision.decide(plan, tried, loop.clock().now(), draw);
    }

    /** Nothing of the exchange can go to that target: it is as if it was tried. */
    void passBy(Target at) {
        tried.add(at);
        passedBy++;
    }

    /** A new one begins, at that target. */
    void begin(Target at) {
        tried.add(at);
        last = at;
        times.picked(loop.clock().now());
        stale = false;
        leftBehind = 0;
    }

    /**
     * Asks for a connection, and returns it if it is there at once. Else the exchange is told, which may have happened already.
     *
     * @param timeout ns that it may take
     * @param need what it is for
     * @param fresh whether it must be a new one
     */
    @Nullable WorkerSide connect(Target to, long timeout, Need need, boolean fresh) {
        target = to;
        connecting = true;
        to.begin();
        return loop.connector().connect(to, exchange, timeout, need, fresh);
    }

    /** Has its connection: the request is about to be written. */
    void connected(WorkerSide side) {
        worker = side;
        connecting = false;
        times.connected(loop.clock().now());
        written++;
    }

    /** Whether it waits for a connection. */
    boolean isConnecting() {
        return connecting;
    }

    /** Its target; there must be one. */
    Target target() {
        return Objects.requireNonNull(target);
    }

    /** Its connection, or null if there is none. */
    @Nullable WorkerSide worker() {
        return worker;
    }

    /** How many there were so far. */
    int count() {
        return tried.count() - passedBy;
    }

    /** The target of the last one, or null before the first. */
    @Nullable Target last() {
        return last;
    }

    /** How the last one failed, or null if none has. */
    @Nullable AttemptFailure lastFailure() {
        return lastFailure;
    }

    /** Whether the request was written to anybody who may have seen it. */
    boolean wasWritten() {
        return written > 0;
    }

    /** Whether the request may be written once more, as far as their number goes. */
    boolean mayBeWrittenAgain() {
        return written < MOST_WRITTEN;
    }

    /** What was written has come to nobody. */
    void takeBackWritten() {
        written--;
    }

    /** Whether it has met a stale connection already: a worker that closes a second one does so because of the request. */
    boolean wasStale() {
        return stale;
    }

    /** Has met a stale connection, and goes on with a fresh one. */
    void noteStale() {
        stale = true;
    }

    /** Was left behind on a connection that its worker ended. Whether that has not yet happened so often that the worker can't be going on. */
    boolean noteLeftBehind() {
        return ++leftBehind <= MOST_LEFT_BEHIND;
    }

    /** Has failed. Returns its target. */
    Target failed(AttemptFailure failure) {
        Target failedAt = target();
        forget();
        failedAt.finish();
        lastFailure = failure;
        return failedAt;
    }

    /** Tells listeners, and who measures the target, that one failed there. */
    void tell(Target failedAt, AttemptFailure failure) {
        loop.tellAttempt(exchange, failedAt, failure);
        failedAt.failed(loop.index(), failure.neverWritten() ? 0 : loop.clock().now() - times.connectedAt());
    }

    /** The response is whole: the connection goes its own way. */
    void answered() {
        worker = null;
    }

    /** Ends it, if there is one under way; {@code why} is null if it is not the worker's fault. */
    void end(@Nullable AttemptFailure why) {
        Target last = target;
        WorkerSide at = worker;
        boolean waits = connecting;
        forget();
        if (last == null) {
            return;
        }
        if (at != null) {
            at.abort();
        } else if (waits) {
            loop.connector().cancel(last, exchange);
        }
        last.finish();
        loop.tellAttempt(exchange, last, why);
    }

    private void forget() {
        target = null;
        worker = null;
        connecting = false;
    }

    /** Makes it new, for the next request. */
    void reset() {
        forget();
        tried.clear();
        passedBy = 0;
        last = null;
        lastFailure = null;
        stale = false;
        leftBehind = 0;
        written = 0;
    }
}

package io.weir.exchange;

import io.netty.util.concurrent.Future;
import io.weir.balancing.Target;
import io.weir.http.BadMessage;
import io.weir.http.HandOver;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerSide;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether and when a request whose attempt has failed is tried again, and else what it is answered. Never once something of a response has
 * been passed on; at no cost where no worker can have seen it; else if its method allows, its body is held, and the app's budget pays.
 *
 * <p>One for each exchange, used again with it; touched by its loop alone.
 */
final class Retries {
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(25);

    private final Exchange exchange;
    private final ExchangeLoop loop;
    private final Attempt attempt;
    private final RequestBody body;
    private final Patience patience;
    private @Nullable Future<?> pause;

    Retries(Exchange exchange, ExchangeLoop loop, Attempt attempt, RequestBody body, Patience patience) {
        this.exchange = exchange;
        this.loop = loop;
        this.attempt = attempt;
        this.body = body;
        this.patience = patience;
    }

    /** The attempt that is under way has failed. */
    void failed(AttemptFailure failure, @Nullable BadMessage fault) {
        Target failedAt = lose(failure);
        if (exchange.answered()) {
            loop.tellAttempt(exchange, failedAt, failure);
            exchange.cut(Reason.RESPONSE_CUT);
            return;
        }
        boolean unseen = failure == AttemptFailure.UNPROCESSED || failure == AttemptFailure.LEFT_BEHIND;
        boolean firstStale = failure == AttemptFailure.STALE && !attempt.wasStale();
        if (unseen || firstStale) {
            attempt.takeBackWritten();
        }
        if (firstStale && body.isRepeatable()) { // its worker may well be there
            attempt.noteStale();
            exchange.connect(failedAt, true);
            return;
        }
        if (failure == AttemptFailure.LEFT_BEHIND && body.isReplayable() && attempt.noteLeftBehind()) { // the same, and it says so
            exchange.connect(failedAt, false);
            return;
        }
        attempt.tell(failedAt, failure);
        if (unseen && !body.isReplayable()) { // more of it has gone than is held
            exchange.refuse(Reason.of(failure), fault);
        } else if (failure.neverWritten()) {
            again();
        } else if (!mayWriteAgain()) {
            exchange.refuse(Reason.of(failure), fault);
        } else if (takesFromBudget()) {
            again();
        } else {
            exchange.refuse(Reason.RETRY_BUDGET, Reason.of(failure).status(), null);
        }
    }

    /** The worker of the attempt that is under way has been found not to answer: it is given up if another could serve. */
    void workerSilent() {
        Target elsewhere = exchange.decide();
        if (elsewhere == null || !elsewhere.connectable(loop.clock().now())) {
            return;
        }
        WorkerSide silent = attempt.worker();
        if (attempt.isConnecting()) {
            loop.connector().cancel(attempt.target(), exchange);
            giveBack(AttemptFailure.CONNECT_GIVEN_UP);
        } else if (silent != null && mayWriteAgain() && takesFromBudget()) {
            silent.abort();
            giveBack(AttemptFailure.GIVEN_BACK);
        }
    }

    /**
     * Whether the answer of another region's load balancer only says that none of its workers has answered, and the request goes elsewhere
     * instead.
     */
    boolean passGatewayBy() {
        if (!body.isReplayable()) {
            return false;
        }
        if (HandOver.isNotTaken(exchange.response()) && exchange.decide() != null) {
            leaveGateway();
            attempt.takeBackWritten();
            giveBack(AttemptFailure.NOT_TAKEN);
            return true;
        }
        if (HandOver.isFailed(exchange.response()) && mayWriteAgain() && exchange.decide() != null) {
            leaveGateway();
            if (takesFromBudget()) {
                giveBack(AttemptFailure.FAILED_BEHIND);
            } else {
                int status = exchange.response().status();
                attempt.tell(lose(AttemptFailure.FAILED_BEHIND), AttemptFailure.FAILED_BEHIND);
                exchange.refuse(Reason.RETRY_BUDGET, status, null);
            }
            return true;
        }
        return false;
    }

    private void leaveGateway() {
        Objects.requireNonNull(attempt.worker()).leave();
    }

    private void giveBack(AttemptFailure failure) {
        attempt.tell(lose(failure), failure);
        again();
    }

    /** The attempt that is under way is over; returns its target. */
    private Target lose(AttemptFailure failure) {
        Target failedAt = attempt.failed(failure);
        if (!exchange.answered()) {
            exchange.response().reset();
            patience.forNothing();
        }
        return failedAt;
    }

    /** Whether the request could be sent once more. It never can once something of a response has been passed on. */
    private boolean mayWriteAgain() {
        return body.isRepeatable() && !exchange.isHandedOver() && attempt.mayBeWrittenAgain();
    }

    /** Pays for one more written attempt, if the app can afford it. */
    private boolean takesFromBudget() {
        return exchange.route().app().budget(loop.index()).take(loop.clock().now());
    }

    /** The first retry goes at once, later ones after 25 ms × 2ⁿ, give or take a half. */
    private void again() {
        int failed = attempt.count();
        if (failed <= 1) {
            exchange.pick();
            return;
        }
        exchange.pauseBeforePick();
        long middle = FIRST_PAUSE << (failed - 2);
        pause = loop.executor()
                .schedule(
                        () -> {
                            pause = null;
                            loop.clock().refresh();
                            exchange.pick();
                        },
                        middle / 2 + loop.random().nextLong(middle),
                        TimeUnit.NANOSECONDS);
    }

    /** Makes it new, for the next request: a retry that waits does not come. */
    void reset() {
        Future<?> waiting = pause;
        if (waiting != null) {
            pause = null;
            waiting.cancel(false);
        }
    }
}

package io.weir.frontend;

import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import io.weir.loop.Deadline;
import io.weir.loop.DeadlineWheel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has to go from one event loop because a config has changed: the connections of listeners that aren't there any more, or that are entered
 * in another way, and the exchanges at workers that aren't. Requests run to their end; connections are closed behind them. What has no end that
 * anybody knows of is ended, one after the other over the time that there is, so that not all of its clients come back at a time: tunnels over
 * all of it, responses without a length, which may yet end by themselves, over the second half. What is left when the time is over is ended then.
 * On the loop only, but for {@link #over}.
 */
public final class Departure extends Deadline {
    /** An idle connection is closed that long after it was told to go, in ns: a request that is on its way meanwhile is still served. */
    private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

    /** How often it is looked whether all have gone, in ns. */
    private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

    private final FrontendLoop loop;
    private final Set<ListenerRules> leaving;
    private final long end;
    private final ArrayDeque<Turn> turns = new ArrayDeque<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private long lookAt;

    /** When an exchange is ended that was admitted at {@code admitted} ns; the object may be another one's by then. */
    private record Turn(long at, Exchange exchange, long admitted) {
        boolean stillRuns() {
            return exchange.phase() != Exchange.Phase.SETTLED && exchange.isOpenEnded() && exchange.times().admittedAt() == admitted;
        }
    }

    private Departure(FrontendLoop loop, Set<ListenerRules> leaving, long end) {
        this.loop = loop;
        this.leaving = leaving;
        this.end = end;
    }

    static Departure begin(FrontendLoop loop, Set<ListenerRules> leaving, long window) {
        long now = loop.loop().clock().refresh();
        Set<ListenerRules> same = Collections.newSetFromMap(new IdentityHashMap<>());
        same.addAll(leaving);
        Departure departure = new Departure(loop, same, now + window);
        departure.begin(now, window);
        return departure;
    }

    private void begin(long now, long window) {
        List<Exchange> tunnels = new ArrayList<>();
        List<Exchange> streams = new ArrayList<>();
        eachLeaving(exchange -> {
            if (exchange.isOpenEnded()) {
                (exchange.upgraded() ? tunnels : streams).add(exchange);
            }
        });
        List<Turn> all = new ArrayList<>();
        spread(tunnels, now, window, all);
        spread(streams, now + window / 2, window - window / 2, all);
        all.sort((one, other) -> Long.signum(one.at - other.at));
        turns.addAll(all);
        loop.eachConnection(
                connection -> leave(connection.rules, () -> connection.drain(GRACE)),
                connection -> leave(connection.rules(), () -> connection.drain(GRACE)),
                connection -> leave(connection.rules, () -> connection.drain(GRACE)));
        lookAt = now;
        expired(now);
    }

    private void leave(ListenerRules rules, Runnable action) {
        if (leaving.contains(rules)) {
            action.run();
        }
    }

    private void spread(List<Exchange> those, long from, long window, List<Turn> to) {
        Collections.shuffle(those, loop.exchanges().random());
        for (int i = 0; i < those.size(); i++) {
            Exchange each = those.get(i);
            to.add(new Turn(from + (long) (window * ((i + 1.0) / (those.size() + 1))), each, each.times().admittedAt()));
        }
    }

    /** Streams that will be ended before the time is over, unless they end before. */
    public int streams() {
        return turns.size();
    }

    /** Done when nothing of it is left. For any thread. */
    public CompletableFuture<Void> over() {
        return over;
    }

    private void eachLeaving(Consumer<Exchange> action) {
        loop.eachConnection(
                connection -> underWay(connection, action),
                connection -> connection.eachExchange(exchange -> {
                    if (leaving.contains(connection.rules()) || atLeaving(exchange)) {
                        action.accept(exchange);
                    }
                }),
                connection -> underWay(connection, action));
    }

    private void underWay(ClientChannel connection, Consumer<Exchange> action) {
        Exchange exchange = connection.underWay();
        if (exchange != null && (leaving.contains(connection.rules) || atLeaving(exchange))) {
            action.accept(exchange);
        }
    }

    private static boolean atLeaving(Exchange exchange) {
        Target target = exchange.lastTarget();
        return target != null && target.hasLeft();
    }

    @Override
    protected void expired(long now) {
        while (!turns.isEmpty() && turns.element().at - now <= 0) {
            Turn next = turns.remove();
            if (next.stillRuns()) {
                next.exchange.drained();
            }
        }
        if (now - end >= 0) {
            endAll();
            over.complete(null);
        } else if (turns.isEmpty() && now - lookAt >= 0 && allGone()) {
            over.complete(null);
        } else {
            if (now - lookAt >= 0) {
                lookAt = now + LOOK;
            }
            loop.loop().wheel().set(this, now + (turns.isEmpty() ? LOOK : DeadlineWheel.TICK));
        }
    }

    private boolean allGone() {
        boolean[] left = {false};
        eachLeaving(_ -> left[0] = true);
        if (!leaving.isEmpty()) {
            loop.eachConnection(
                    connection -> leave(connection.rules, () -> left[0] = true),
                    connection -> leave(connection.rules(), () -> left[0] = true),
                    connection -> leave(connection.rules, () -> left[0] = true));
        }
        return !left[0];
    }

    private void endAll() {
        loop.eachConnection(
                connection -> end(connection.rules, connection.underWay(), connection::endDrain),
                connection -> {
                    if (leaving.contains(connection.rules())) {
                        connection.endDrain();
                    } else {
                        List<Exchange> those = new ArrayList<>();
                        connection.eachExchange(exchange -> {
                            if (atLeaving(exchange)) {
                                those.add(exchange);
                            }
                        });
                        those.forEach(Exchange::drained);
                    }
                },
                connection -> end(connection.rules, connection.underWay(), connection::endDrain));
    }

    private void end(ListenerRules rules, @Nullable Exchange underWay, Runnable connection) {
        if (leaving.contains(rules)) {
            connection.run();
        } else if (underWay != null && atLeaving(underWay)) {
            underWay.drained();
        }
    }
}

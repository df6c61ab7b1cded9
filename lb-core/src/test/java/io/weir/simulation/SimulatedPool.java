package io.weir.simulation;

import io.netty.buffer.ByteBufAllocator;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerSide;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connections to one worker on one event loop, used again last in first out as in the real pool. It has no limit and no queue. */
final class SimulatedPool {
    /** Of answers whose body comes later than their head. */
    static final int PERCENT_IN_PARTS = 20;

    private static final long WORK = TimeUnit.MILLISECONDS.toNanos(4);
    private static final int[] ERRORS = {500, 503, 502};

    private final SimulatedNetwork network;
    private final SimulatedWorker worker;
    private final Set<SimulatedConnection> all = new LinkedHashSet<>();
    private final ArrayDeque<SimulatedConnection> idle = new ArrayDeque<>();
    private final Set<SimulatedConnection> connecting = new LinkedHashSet<>();

    SimulatedPool(SimulatedNetwork network, SimulatedWorker worker) {
        this.network = network;
        this.worker = worker;
    }

    @Nullable WorkerSide acquire(AttemptEvents events, long timeout, boolean fresh) {
        for (SimulatedConnection connection; !fresh && (connection = idle.pollFirst()) != null; ) {
            if (connection.isIdle()) {
                connection.lend(events);
                return connection;
            }
        }
        worker.endpoint().trying(now(), timeout);
        SimulatedConnection connection = new SimulatedConnection(this, events);
        all.add(connection);
        connecting.add(connection);
        connection.connect(timeout);
        return null;
    }

    /** Whether a connection was being made for it. */
    boolean cancel(AttemptEvents events) {
        for (SimulatedConnection connection : connecting) {
            if (connection.abandon(events)) {
                return true;
            }
        }
        return false;
    }

    void made(SimulatedConnection connection) {
        connecting.remove(connection);
    }

    void nowIdle(SimulatedConnection connection) {
        idle.addFirst(connection);
    }

    void closed(SimulatedConnection connection) {
        all.remove(connection);
        connecting.remove(connection);
    }

    void foundSilent() {
        List.copyOf(all).forEach(SimulatedConnection::foundSilent);
    }

    void foundRefusing() {
        List.copyOf(all).forEach(SimulatedConnection::foundRefusing);
    }

    /** The worker's kernel resets all that there are now; that is seen here a little later. */
    void died() {
        List<SimulatedConnection> now = List.copyOf(all);
        if (!now.isEmpty()) {
            loop().after(worker.roundTrip() / 2, () -> now.forEach(SimulatedConnection::reset));
        }
    }

    // ---- what its connections ask

    SimulatedWorker worker() {
        return worker;
    }

    SimulatedThread loop() {
        return network.loop();
    }

    ByteBufAllocator alloc() {
        return network.alloc();
    }

    long now() {
        return network.now();
    }

    /** The attempt's request has gone out. */
    void written(AttemptEvents by) {
        network.written(by);
    }

    /** A connection broke: tells who had it. */
    void broke(AttemptEvents attempt, AttemptFailure how) {
        AttemptFailure told = network.sabotage().failure(how);
        if (told != null) {
            attempt.failed(told, null);
        }
    }

    boolean chance(int percent) {
        return percent > 0 && network.random().nextInt(100) < percent;
    }

    int errorStatus() {
        return ERRORS[network.random().nextInt(ERRORS.length)];
    }

    /** How long a request takes a worker, in ns: exponential. */
    long workTime() {
        return (long) (-WORK * Math.log(1 - network.random().nextDouble()));
    }
}

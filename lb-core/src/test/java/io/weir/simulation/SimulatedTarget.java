package io.weir.simulation;

import io.weir.balancing.Latency;
import io.weir.balancing.Touched;
import io.weir.topology.Worker;
import io.weir.upstream.WorkerTarget;
import org.jspecify.annotations.Nullable;

/** A simulated worker in one app's pool. */
final class SimulatedTarget extends WorkerTarget {
    private final SimulatedWorker at;

    SimulatedTarget(SimulatedWorker at, Worker worker, int weight, boolean serverErrors, @Nullable Latency latency, Touched touched) {
        super(worker, weight, serverErrors, latency, touched);
        this.at = at;
    }

    SimulatedWorker at() {
        return at;
    }

    @Override
    public boolean connectable(long now) {
        return at.endpoint().connectable(now);
    }

    @Override
    public void foundSilent() {
        at.endpoint().foundSilent();
    }

    @Override
    public void foundRefusing() {
        at.endpoint().foundRefusing();
    }

    @Override
    public void proven() {
        at.endpoint().connectSucceeded();
    }
}

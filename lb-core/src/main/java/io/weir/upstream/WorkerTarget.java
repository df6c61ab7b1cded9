package io.weir.upstream;

import io.weir.balancing.Latency;
import io.weir.balancing.Target;
import io.weir.balancing.Touched;
import io.weir.topology.Worker;
import org.jspecify.annotations.Nullable;

/** A target with the worker that it is, and what of its answers speaks against that one. */
public abstract class WorkerTarget extends Target {
    private final Worker worker;
    private boolean serverErrors;

    /**
     * @param serverErrors whether an answer of 500 and above speaks against it; 502, 503 and 504 always do
     * @param latency how long it takes to answer; null if nobody asks
     * @param touched where it is listed when attempts come to it; null if nobody watches
     */
    protected WorkerTarget(Worker worker, int weight, boolean serverErrors, @Nullable Latency latency, @Nullable Touched touched) {
        super(worker.address().toString(), worker.zone(), weight, latency, touched);
        this.worker = worker;
        this.serverErrors = serverErrors;
    }

    /** It is as the config says from now on. */
    public final void become(int weight, boolean speaksAgainst) {
        weigh(weight);
        serverErrors = speaksAgainst;
    }

    public final Worker worker() {
        return worker;
    }

    /** Whether an answer with that status speaks against it. */
    public final boolean isBad(int status) {
        return status >= 500 && (serverErrors || (status >= 502 && status <= 504));
    }
}

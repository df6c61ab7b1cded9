package io.weir.upstream;

import io.weir.topology.WorkerAddress;
import org.jspecify.annotations.Nullable;

/** Is told when connecting to an endpoint begins to fail, and when it works again. Called on event loops, rarely; must not wait. */
public interface EndpointListener {

    /** Nobody listens. */
    EndpointListener NOBODY = new EndpointListener() {
        @Override
        public void resting(WorkerAddress endpoint, AttemptFailure cause, @Nullable String detail) {}

        @Override
        public void back(WorkerAddress endpoint) {}
    };

    /** It could be connected to so far, and now could not: it rests until a connection succeeds. {@code detail} says more, for people. */
    void resting(WorkerAddress endpoint, AttemptFailure cause, @Nullable String detail);

    /** A connection succeeded: its rest is over. */
    void back(WorkerAddress endpoint);
}

package io.weir.upstream;

import io.weir.balancing.Target;
import org.jspecify.annotations.Nullable;

/** Connections from the endpoints' pools of one event loop. */
public final class LoopConnector implements Connector {
    private final int loop;

    /** For the loop of that index. */
    public LoopConnector(int loop) {
        this.loop = loop;
    }

    @Override
    public @Nullable WorkerSide connect(Target target, AttemptEvents events, long timeout, boolean fresh) {
        if (!((EndpointTarget) target).admits()) {
            events.failed(AttemptFailure.QUEUE_FULL, null);
            return null;
        }
        return pool(target).acquire(events, timeout, fresh);
    }

    @Override
    public void cancel(Target target, AttemptEvents events) {
        pool(target).cancel(events);
    }

    @Override
    public void giveUp(Target target, AttemptEvents events) {
        pool(target).giveUp(events);
    }

    private EndpointPool pool(Target target) {
        return ((EndpointTarget) target).endpoint().onLoop(loop);
    }
}

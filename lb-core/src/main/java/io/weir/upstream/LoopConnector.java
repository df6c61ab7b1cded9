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
    public @Nullable WorkerSide connect(Target target, AttemptEvents events, long timeout, Need need, boolean fresh) {
        if (!((EndpointTarget) target).admits()) {
            events.failed(AttemptFailure.QUEUE_FULL, null);
            return null;
        }
        Endpoint endpoint = endpoint(target);
        StreamPool streams = need == Need.REQUEST ? endpoint.streamsOn(loop) : null;
        return streams == null ? endpoint.onLoop(loop).acquire(events, timeout, need, fresh) : streams.acquire(events, timeout, fresh);
    }

    @Override
    public void cancel(Target target, AttemptEvents events) {
        Endpoint endpoint = endpoint(target);
        StreamPool streams = endpoint.streamsOn(loop);
        if (streams == null || !streams.cancel(events)) {
            var _ = endpoint.onLoop(loop).cancel(events);
        }
    }

    @Override
    public void giveUp(Target target, AttemptEvents events) {
        Endpoint endpoint = endpoint(target);
        StreamPool streams = endpoint.streamsOn(loop);
        if (streams == null || !streams.giveUp(events)) {
            endpoint.onLoop(loop).giveUp(events);
        }
    }

    private static Endpoint endpoint(Target target) {
        return ((EndpointTarget) target).endpoint();
    }
}

package io.weir.admin;

import io.weir.topology.WorkerAddress;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.EndpointListener;
import java.util.Locale;

/** What endpoints tell, as events. */
public record EndpointEvents(EventFeed feed) implements EndpointListener {

    @Override
    public void resting(WorkerAddress endpoint, AttemptFailure cause) {
        feed.publish(Event.of("endpoint_resting", "endpoint", endpoint.toString(), "cause", word(cause)));
    }

    @Override
    public void back(WorkerAddress endpoint) {
        feed.publish(Event.of("endpoint_back", "endpoint", endpoint.toString()));
    }

    /** As the pages say it. */
    static String word(AttemptFailure cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }
}

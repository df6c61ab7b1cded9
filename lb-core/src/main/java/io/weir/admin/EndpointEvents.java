package io.weir.admin;

import io.weir.topology.WorkerAddress;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.EndpointListener;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What endpoints tell, as events. */
public record EndpointEvents(EventFeed feed) implements EndpointListener {

    @Override
    public void resting(WorkerAddress endpoint, AttemptFailure cause, @Nullable String detail) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("endpoint", endpoint.toString());
        facts.put("cause", word(cause));
        if (detail != null) {
            facts.put("detail", detail);
        }
        feed.publish(new Event("endpoint_resting", facts));
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

package io.weir.admin;

import io.weir.telemetry.TroubleListener;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What telemetry tells, as events. */
public record TelemetryEvents(EventFeed feed) implements TroubleListener {

    @Override
    public void loopStalled(int loop, long millis, String at) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("loop", loop);
        facts.put("after", Duration.ofMillis(millis));
        facts.put("where", at);
        feed.publish(new Event("loop_stalled", facts));
    }

    @Override
    public void acceptFailing(String why) {
        feed.publish(Event.of("accept_failing", "cause", why));
    }

    @Override
    public void acceptBack() {
        feed.publish(Event.of("accept_back"));
    }

    @Override
    public void accessLogFailing(String why) {
        feed.publish(Event.of("access_log_failing", "cause", why));
    }

    @Override
    public void accessLogBack(long linesLost) {
        feed.publish(Event.of("access_log_back", "lines_lost", linesLost));
    }

    @Override
    public void accessLogOpened() {
        feed.publish(Event.of("access_log_opened"));
    }
}

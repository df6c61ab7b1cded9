package io.weir.admin;

import io.weir.telemetry.TroubleListener;

/** What telemetry tells, as events. */
public record TelemetryEvents(EventFeed feed) implements TroubleListener {

    @Override
    public void loopStalled(int loop, long millis, String at) {
        feed.publish(Event.of("loop_stalled", "loop", loop, "at", at));
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

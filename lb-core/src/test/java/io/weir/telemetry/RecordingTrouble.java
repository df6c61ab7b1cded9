package io.weir.telemetry;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Writes down what it is told, in order. */
public final class RecordingTrouble implements TroubleListener {
    public final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void loopStalled(int loop, long millis, String at) {
        told.add("loop " + loop + " stalled for " + millis + " ms at " + at);
    }

    @Override
    public void acceptFailing(String why) {
        told.add("accept failing: " + why);
    }

    @Override
    public void acceptBack() {
        told.add("accept back");
    }

    @Override
    public void accessLogFailing(String why) {
        told.add("failing: " + why);
    }

    @Override
    public void accessLogBack(long linesLost) {
        told.add("back, lost " + linesLost);
    }

    @Override
    public void accessLogOpened() {
        told.add("opened");
    }
}

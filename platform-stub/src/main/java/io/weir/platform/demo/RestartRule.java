package io.weir.platform.demo;

import java.time.Duration;
import java.util.Optional;

/** Whether a process that ended by itself is started again, and when. One for each process. */
final class RestartRule {
    /** Long enough to see that the others go on without it. */
    static final Duration PAUSE = Duration.ofSeconds(3);

    /** One that ran that long had been well. */
    static final Duration WELL = Duration.ofSeconds(20);

    static final int MOST_IN_A_ROW = 5;

    private int inARow;

    /**
     * Takes note of an end.
     *
     * @param ran how long the process had run
     * @return how long to wait before it is started again; empty when it ended too often in a row
     */
    Optional<Duration> afterEnd(Duration ran) {
        inARow = ran.compareTo(WELL) >= 0 ? 1 : inARow + 1;
        return inARow > MOST_IN_A_ROW ? Optional.empty() : Optional.of(PAUSE);
    }
}

package io.weir.health.check;

import io.weir.health.CheckResult;
import java.time.Duration;
import java.util.function.Consumer;

/** One question of a check, from asking to its answer. The health loop only. */
final class Question {
    private final Duration timeout;
    private final Consumer<CheckResult> answer;
    private final Runnable timeOver;
    private boolean over;
    private boolean extended;

    /** Whoever is told by {@code timeOver} ends or answers it. */
    Question(Duration timeout, Consumer<CheckResult> answer, Runnable timeOver) {
        this.timeout = timeout;
        this.answer = answer;
        this.timeOver = timeOver;
    }

    Duration timeout() {
        return timeout;
    }

    boolean isOver() {
        return over;
    }

    /** Nobody waits for an answer any more. */
    void end() {
        over = true;
    }

    void answer(CheckResult result) {
        over = true;
        answer.accept(result);
    }

    void timeIsOver() {
        timeOver.run();
    }

    /** Whether it may have more time: once. */
    boolean extend() {
        boolean first = !extended;
        extended = true;
        return first;
    }
}

package io.weir.health;

import static io.weir.health.Samples.CHECK;
import static io.weir.health.Samples.bad;
import static io.weir.health.Samples.good;
import static io.weir.health.Samples.silent;
import static io.weir.health.Samples.waiting;
import static io.weir.health.Samples.worker;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuspicionTest {
    private static final Worker WORKER = worker(0);
    private static final long TENTH = Duration.ofMillis(100).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Suspicion suspicion = new Suspicion();
    private long now = 5;

    @Test
    void silenceAsksForACheckAtOnce() {
        suspicion.reported(silent(WORKER, 1, 1), CHECK, now);

        assertThat(suspicion.pending()).isTrue();
        assertThat(suspicion.complaint()).isTrue();
    }

    @Test
    void badAnswersAskForNone() {
        suspicion.reported(bad(WORKER, 3, 3), CHECK, now);

        assertThat(suspicion.pending()).isFalse();
        assertThat(suspicion.complaint()).isTrue();
    }

    /** It answers each request after 800 ms, so that it is silent for a while, again and again. */
    @Test
    void aSlowAppIsCheckedOnceMoreInAnIntervalInTheEnd() {
        List<Long> checks = new ArrayList<>();
        for (int tenth = 0; tenth < 600; tenth++) {
            now += TENTH;
            suspicion.reported(tenth % 10 < 8 ? waiting(WORKER) : good(WORKER, 1), CHECK, now);
            if (suspicion.pending()) {
                checks.add(now);
                suspicion.refuted(CHECK, now);
            }
        }

        assertThat(checks.get(1) - checks.get(0)).isBetween(SECOND, 2 * SECOND);
        assertThat(checks.get(2) - checks.get(1)).isBetween(2 * SECOND, 3 * SECOND);
        assertThat(checks.get(3) - checks.get(2)).isBetween(4 * SECOND, 5 * SECOND);
        assertThat(checks).hasSizeBetween(12, 14);
    }

    @Test
    void afterAnIntervalOfAnswersSilenceAsksAtOnceAgain() {
        suspicion.reported(waiting(WORKER), CHECK, now);
        suspicion.refuted(CHECK, now);
        now += TENTH;
        suspicion.reported(waiting(WORKER), CHECK, now);
        assertThat(suspicion.pending()).as("patient").isFalse();

        now += CHECK.interval().toNanos();
        suspicion.reported(good(WORKER, 1), CHECK, now);
        suspicion.reported(silent(WORKER, 1, 1), CHECK, now);
        suspicion.refuted(CHECK, now);
        now += SECOND;
        suspicion.reported(silent(WORKER, 1, 2), CHECK, now);

        assertThat(suspicion.pending()).as("patient for 1 s, as the first time").isTrue();
    }

    @Test
    void whatIsPendingStaysUntilACheckPasses() {
        suspicion.reported(silent(WORKER, 1, 1), CHECK, now);
        suspicion.reported(good(WORKER, 1), CHECK, now);

        assertThat(suspicion.pending()).isTrue();
        assertThat(suspicion.complaint()).isFalse();
        suspicion.refuted(CHECK, now);
        assertThat(suspicion.pending()).isFalse();
    }

    @Test
    void timeCountsFromTheFirstSign() {
        suspicion.reported(bad(WORKER, 1, 1), CHECK, now);
        suspicion.reported(good(WORKER, 1), CHECK, now + TENTH);
        assertThat(suspicion.age(now + TENTH)).isZero();

        suspicion.reported(silent(WORKER, 1, 1), CHECK, now + 2 * TENTH);
        suspicion.checkFailed(now + 3 * TENTH);
        suspicion.reported(good(WORKER, 1), CHECK, now + 3 * TENTH);
        assertThat(suspicion.age(now + 5 * TENTH)).isEqualTo(3 * TENTH);

        suspicion.refuted(CHECK, now + 6 * TENTH);
        assertThat(suspicion.age(now + 7 * TENTH)).isZero();
    }
}

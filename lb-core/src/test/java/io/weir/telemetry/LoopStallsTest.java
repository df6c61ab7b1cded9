package io.weir.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopStallsTest {
    private final RecordingTrouble trouble = new RecordingTrouble();
    private final LoopStalls stalls = new LoopStalls(trouble);

    @Test
    void everyStallIsCountedAndTheFirstIsTold() {
        StackTraceElement[] stack = {new StackTraceElement("io.weir.Slow", "work", "Slow.java", 7)};
        stalls.stalled(1, TimeUnit.MILLISECONDS.toNanos(63), stack);
        stalls.stalled(1, TimeUnit.MILLISECONDS.toNanos(64), stack);

        assertThat(stalls.count()).isEqualTo(2);
        assertThat(trouble.told).containsExactly("loop 1 stalled for 63 ms at io.weir.Slow.work(Slow.java:7)");
    }
}

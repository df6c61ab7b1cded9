package io.weir.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WallClockTest {
    private static final long NANOS = 5_000_000_000_123L;

    private Instant day = Instant.parse("2026-11-27T00:43:19.007Z");

    private String text(WallClock clock, long now) {
        LineBuffer line = new LineBuffer(64);
        clock.write(now, line);
        return line.toString();
    }

    @Test
    void isoTimesHaveMilliseconds() {
        WallClock clock = new WallClock(() -> day, WallClock.Form.ISO);
        assertThat(text(clock, NANOS)).isEqualTo("2026-11-27T00:43:19.007Z");
        assertThat(text(clock, NANOS + TimeUnit.MILLISECONDS.toNanos(992))).isEqualTo("2026-11-27T00:43:19.999Z");
        assertThat(text(clock, NANOS + TimeUnit.MILLISECONDS.toNanos(993))).isEqualTo("2026-11-27T00:43:20.000Z");
    }

    @Test
    void ncsaTimesAreInEnglishWhateverTheLocale() {
        assertThat(text(new WallClock(() -> day, WallClock.Form.NCSA), NANOS)).isEqualTo("27/Nov/2026:00:43:19 +0000");
    }

    @Test
    void aClockThatIsSetAnewIsFollowedWithinASecond() {
        WallClock clock = new WallClock(() -> day, WallClock.Form.ISO);
        text(clock, NANOS);
        day = Instant.parse("2026-11-27T03:00:00Z");
        assertThat(text(clock, NANOS + TimeUnit.MILLISECONDS.toNanos(999))).startsWith("2026-11-27T00:43:20");
        assertThat(text(clock, NANOS + TimeUnit.SECONDS.toNanos(1))).isEqualTo("2026-11-27T03:00:00.000Z");
    }
}

package io.weir.health;

import io.weir.config.EjectionSettings;
import java.util.concurrent.TimeUnit;

/**
 * How long answers keep one worker out: {@code time}, the second time twice that, and so on, at most 5 min, or {@code time} if that is
 * longer. One time is forgotten for every {@code 10 × time} that it was well.
 */
final class Ejection {
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(5);
    private static final int FORGETTING = 10;

    private int times;
    /** Those not forgotten. */
    private int remembered;
    private long until;

    /** It goes out at {@code now}, in ns. */
    void begin(EjectionSettings settings, long now) {
        long time = settings.time().toNanos();
        times++;
        long most = Math.max(time, LONGEST);
        remembered = (int) Math.min(remembered + 1, (most + time - 1) / time);
        until = now + Math.min(time * remembered, most);
    }

    /** It goes on from one that has so many that are not forgotten, and ends at {@code end}. */
    void goOnFrom(int many, long end) {
        times = many;
        remembered = many;
        until = end;
    }

    /** It was well for {@code nanos}. */
    void wasWell(EjectionSettings settings, long nanos) {
        remembered = (int) Math.max(0, remembered - nanos / (FORGETTING * settings.time().toNanos()));
    }

    /** How often it was out so far. */
    int times() {
        return times;
    }

    /** How many of them are not forgotten. */
    int remembered() {
        return remembered;
    }

    /** When it may come back, in ns. */
    long until() {
        return until;
    }
}

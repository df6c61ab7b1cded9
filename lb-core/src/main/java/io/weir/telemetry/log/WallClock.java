package io.weir.telemetry.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The time of day in UTC as a loop's own clock has it, as text. Most of the text holds for a whole second and is made once for it; the
 * system's clock is asked as often. One for each loop.
 */
final class WallClock {
    /** How it is written; milliseconds are put in later. */
    enum Form {
        ISO("uuuu-MM-dd'T'HH:mm:ss'.000Z'"),
        NCSA("dd/MMM/uuuu:HH:mm:ss Z");

        private final DateTimeFormatter formatter;

        Form(String pattern) {
            this.formatter = DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
        }
    }

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final InstantSource source;
    private final Form form;
    private byte[] text = {};
    private long textSecond = Long.MIN_VALUE;
    private long textMillis = Long.MIN_VALUE;
    /** What is added to the loop's clock, in ms. */
    private long offset;
    private long asked = Long.MIN_VALUE;

    WallClock(InstantSource source, Form form) {
        this.source = source;
        this.form = form;
    }

    /** Writes the time of day; {@code now} is the loop's clock in ns. */
    void write(long now, LineBuffer line) {
        if (asked == Long.MIN_VALUE || now - asked >= SECOND) {
            asked = now;
            offset = source.millis() - TimeUnit.NANOSECONDS.toMillis(now);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(now) + offset;
        if (millis != textMillis) {
            textMillis = millis;
            update(millis);
        }
        line.copy(text, 0, text.length);
    }

    private void update(long millis) {
        long second = Math.floorDiv(millis, 1000L);
        if (second != textSecond) {
            textSecond = second;
            text = form.formatter.format(Instant.ofEpochSecond(second)).getBytes(StandardCharsets.US_ASCII);
        }
        if (form == Form.ISO) {
            int left = (int) (millis - second * 1000);
            for (int i = text.length - 2; i > text.length - 5; i--) { // .000Z
                text[i] = (byte) ('0' + left % 10);
                left /= 10;
            }
        }
    }
}

package io.weir.health.check;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The ends of the time that questions have. Those with the same time-out end in the order in which they began: a queue and one timer do for
 * each time-out, where a timer for each question would cost more than reading its answer. The health loop only.
 */
final class Deadlines {
    /**
     * In ns. A timer that is later than this tells of a loop that stood still: the answer may be there and unread, so a question is given half
     * of its time again, once.
     */
    static final long LATE = TimeUnit.MILLISECONDS.toNanos(50);

    private record Entry(Question question, long deadline) {}

    private final EventLoop loop;
    private final LongSupplier clock;
    private final Map<Duration, Line> lines = new HashMap<>();

    Deadlines(EventLoop loop, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
    }

    void add(Question question) {
        add(question, question.timeout());
    }

    private void add(Question question, Duration time) {
        lines.computeIfAbsent(time, Line::new).add(question);
    }

    /** All questions with the same time to go, oldest first; some are over already. */
    private final class Line {
        private final Duration time;
        private final ArrayDeque<Entry> entries = new ArrayDeque<>();
        private boolean timed;

        Line(Duration time) {
            this.time = time;
        }

        void add(Question question) {
            passOver();
            entries.add(new Entry(question, clock.getAsLong() + time.toNanos()));
            if (!timed) {
                time(time.toNanos());
            }
        }

        private void time(long delay) {
            timed = true;
            var _ = loop.schedule(this::look, delay, TimeUnit.NANOSECONDS);
        }

        private void passOver() {
            while (!entries.isEmpty() && entries.element().question.isOver()) {
                entries.remove();
            }
        }

        private void look() {
            timed = false;
            long now = clock.getAsLong();
            try {
                for (passOver(); !entries.isEmpty() && entries.element().deadline - now <= 0; passOver()) {
                    end(entries.remove(), now);
                }
            } finally {
                if (!entries.isEmpty() && !timed) {
                    time(Math.max(0, entries.element().deadline - now));
                }
            }
        }

        private void end(Entry entry, long now) {
            if (now - entry.deadline > LATE && entry.question.extend()) {
                Deadlines.this.add(entry.question, time.dividedBy(2));
            } else {
                entry.question.timeIsOver();
            }
        }
    }
}

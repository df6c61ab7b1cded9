package io.weir.admin;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Keeps a storm from burying what it tells: of one kind of event the first few in a second go through, the others are one event {@code more},
 * which says how many they were and what they were about. For any thread, under a lock.
 */
final class EventBrake {
    /** Events of a kind that go through in a second. */
    static final int FREE = 10;

    /** In ns. */
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Gists that {@code more} names. */
    private static final int NAMED = 5;

    private final LongSupplier clock;
    private final Consumer<Event> through;
    private final Map<String, Storm> storms = new TreeMap<>();

    /** What came of one kind since {@code since}. */
    private static final class Storm {
        private final long since;
        private int passed;
        private int held;
        private final Map<String, Integer> gists = new LinkedHashMap<>();

        Storm(long since) {
            this.since = since;
        }
    }

    /** @param clock ns, monotonic */
    EventBrake(LongSupplier clock, Consumer<Event> through) {
        this.clock = clock;
        this.through = through;
    }

    /**
     * Something happened.
     *
     * @param gist what it is about, alike for many
     * @param facts made only if they are told
     */
    synchronized void publish(String kind, String gist, Supplier<Map<String, Object>> facts) {
        check();
        Storm storm = storms.computeIfAbsent(kind, _ -> new Storm(clock.getAsLong()));
        if (storm.passed < FREE) {
            storm.passed++;
            through.accept(new Event(kind, facts.get()));
        } else {
            storm.held++;
            storm.gists.merge(gist, 1, Integer::sum);
        }
    }

    /** Says what was held back, where its second is over. Now and then. */
    synchronized void check() {
        if (storms.isEmpty()) {
            return;
        }
        long now = clock.getAsLong();
        storms.entrySet().removeIf(each -> {
            boolean over = now - each.getValue().since >= SECOND;
            if (over && each.getValue().held > 0) {
                through.accept(more(each.getKey(), each.getValue()));
            }
            return over;
        });
    }

    private static Event more(String kind, Storm storm) {
        List<Map.Entry<String, Integer>> most = storm.gists.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Integer> gist) -> gist.getValue()).reversed())
                .limit(NAMED)
                .toList();
        String about = most.stream().map(gist -> gist.getKey() + ": " + gist.getValue()).collect(Collectors.joining("; "));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("event", kind);
        facts.put("count", storm.held);
        facts.put("about", storm.gists.size() > most.size() ? about + "; and others" : about);
        return new Event("more", facts);
    }
}

package io.weir.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the worlds of many seeds, each in one thread, several at a time, until {@code -Dweir.seeds.broken} of them, 1 if nothing is said, have
 * broken a rule.
 */
final class Seeds {
    /**
     * What came of it.
     *
     * @param broken for the first seeds that broke a rule, a test to paste
     */
    record Sum(
            long worlds,
            double virtualHours,
            long requests,
            long repeated,
            long moves,
            long ramps,
            long panics,
            long ejections,
            String broken) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d worlds, %.1f hours: %d requests, %d written again; traffic left a first tier %d times and came back %d times,"
                            + " %d plans in panic, %d ejections",
                    worlds, virtualHours, requests, repeated, moves, ramps, panics, ejections);
        }
    }

    private static final int MOST_BROKEN = Integer.getInteger("weir.seeds.broken", 1);

    private Seeds() {}

    static Sum run(long from, long count) {
        AtomicLong next = new AtomicLong(from);
        List<Outcome> outcomes = new ArrayList<>();
        List<Long> broken = new ArrayList<>();
        Runnable work = () -> {
            for (long seed = next.getAndIncrement(); seed < from + count; seed = next.getAndIncrement()) {
                Outcome outcome = Scenario.random(seed).run();
                synchronized (outcomes) {
                    outcomes.add(outcome);
                    if (outcome.violation() != null) {
                        broken.add(seed);
                    }
                    if (broken.size() >= MOST_BROKEN) {
                        next.set(from + count);
                    }
                }
            }
        };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.max(1, Runtime.getRuntime().availableProcessors()); i++) {
            threads.add(Thread.ofPlatform().start(work));
        }
        threads.forEach(Seeds::join);
        StringBuilder text = new StringBuilder();
        broken.stream().sorted().forEach(seed -> text.append('\n').append(report(seed)));
        return sum(outcomes, text.toString());
    }

    private static String report(long seed) {
        Scenario scenario = Scenario.random(seed);
        Violation violation = scenario.run().violation();
        if (violation == null) {
            return "seed " + seed + " broke a rule once and not again: it is not the same world every time";
        }
        Scenario least = scenario.shrunk(violation, Sabotage.NONE);
        return least.asTest(least.run().violation());
    }

    private static Sum sum(List<Outcome> all, String broken) {
        return new Sum(
                all.size(),
                all.stream().mapToDouble(Outcome::age).sum() / 3.6e12,
                all.stream().mapToLong(Outcome::sent).sum(),
                all.stream().mapToLong(Outcome::repeated).sum(),
                all.stream().mapToLong(each -> each.tally().moves()).sum(),
                all.stream().mapToLong(each -> each.tally().ramps()).sum(),
                all.stream().mapToLong(each -> each.tally().panics()).sum(),
                all.stream().mapToLong(each -> each.tally().ejections()).sum(),
                broken);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

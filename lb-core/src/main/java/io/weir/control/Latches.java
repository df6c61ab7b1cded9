package io.weir.control;

import io.weir.failover.FailbackMemo;
import io.weir.failover.FailbackState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is known of the tiers of all plans that aren't as ever, for another process to go on with: a line for each tier, {@code orders plan
 * ca-c1 ca-c1 holding 0.0 1.0 PT4.2S PT55.8S PT1M PT0S - -}: the app; whether it is a plan for requests or one of our own pool; the region
 * that is asked for, or {@code *}; and what {@link FailbackMemo.Entry} says.
 */
public record Latches(Map<Plan, FailbackMemo> plans) {
    public static final Latches NONE = new Latches(Map.of());

    private static final int WORDS = 13;
    private static final String PLAN = "plan";
    private static final String OWN = "own";
    private static final String ANYWHERE = "*";
    private static final String RETURNING = "returning";
    private static final String FORCED = "forced";
    private static final String NO = "-";

    public Latches {
        plans = Map.copyOf(plans);
    }

    /**
     * One of an app's plans.
     *
     * @param own whether it is that of a pool of this process, for other load balancers
     * @param asked the region, or {@link Steering#GLOBAL}
     */
    public record Plan(String app, boolean own, String asked) {}

    /** Those of these apps at {@code now} ns. On the control thread. */
    static Latches of(Iterable<AppControl> apps, long now) {
        Map<Plan, FailbackMemo> all = new LinkedHashMap<>();
        for (AppControl app : apps) {
            add(app, false, app.steerings(), now, all);
            add(app, true, app.own(), now, all);
        }
        return all.isEmpty() ? NONE : new Latches(all);
    }

    private static void add(AppControl app, boolean own, List<Steering> steerings, long now, Map<Plan, FailbackMemo> all) {
        for (Steering steering : steerings) {
            FailbackMemo memo = steering.memo(now);
            if (!memo.tiers().isEmpty()) {
                all.put(new Plan(app.settings().name(), own, steering.asked()), memo);
            }
        }
    }

    FailbackMemo of(AppControl app, boolean own, Steering steering) {
        return plans.isEmpty() ? FailbackMemo.NONE : plans.getOrDefault(new Plan(app.settings().name(), own, steering.asked()), FailbackMemo.NONE);
    }

    boolean isEmpty() {
        return plans.isEmpty();
    }

    /** How many tiers don't get all that they are to get. */
    int unsettled() {
        int tiers = 0;
        for (FailbackMemo memo : plans.values()) {
            for (FailbackMemo.Entry entry : memo.tiers()) {
                tiers += entry.phase() == FailbackState.Phase.SETTLED ? 0 : 1;
            }
        }
        return tiers;
    }

    /** For {@link #parse}. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        plans.forEach((plan, memo) -> memo.tiers().forEach(tier -> lines.add(line(plan, tier))));
        lines.sort(null);
        return lines;
    }

    private static String line(Plan plan, FailbackMemo.Entry tier) {
        return String.join(
                " ",
                plan.app,
                plan.own ? OWN : PLAN,
                plan.asked.equals(Steering.GLOBAL) ? ANYWHERE : plan.asked,
                tier.tier(),
                tier.phase().name().toLowerCase(Locale.ROOT),
                Double.toString(tier.limit()),
                Double.toString(tier.goal()),
                Duration.ofNanos(tier.age()).toString(),
                tier.rest() == FailbackState.OPEN ? NO : Duration.ofNanos(tier.rest()).toString(),
                Duration.ofNanos(tier.hold()).toString(),
                Duration.ofNanos(tier.watched()).toString(),
                tier.returning() ? RETURNING : NO,
                tier.forced() ? FORCED : NO);
    }

    /**
     * What such lines say.
     *
     * @throws IllegalArgumentException if nobody can have written one of them
     */
    public static Latches parse(List<String> lines) {
        Map<Plan, List<FailbackMemo.Entry>> all = new LinkedHashMap<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words.length != WORDS || !(words[1].equals(OWN) || words[1].equals(PLAN))) {
                throw new IllegalArgumentException("no tier: " + line);
            }
            try {
                Plan plan = new Plan(words[0], words[1].equals(OWN), words[2].equals(ANYWHERE) ? Steering.GLOBAL : words[2]);
                all.computeIfAbsent(plan, _ -> new ArrayList<>()).add(tier(words));
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("no tier: " + line, e);
            }
        }
        Map<Plan, FailbackMemo> plans = new LinkedHashMap<>();
        all.forEach((plan, tiers) -> plans.put(plan, new FailbackMemo(tiers)));
        return new Latches(plans);
    }

    private static FailbackMemo.Entry tier(String... words) {
        return new FailbackMemo.Entry(
                words[3],
                FailbackState.Phase.valueOf(words[4].toUpperCase(Locale.ROOT)),
                share(words[5]),
                share(words[6]),
                nanos(words[7]),
                words[8].equals(NO) ? FailbackState.OPEN : nanos(words[8]),
                nanos(words[9]),
                nanos(words[10]),
                words[11].equals(RETURNING),
                words[12].equals(FORCED));
    }

    private static double share(String word) {
        double share = Double.parseDouble(word);
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("no share: " + word);
        }
        return share;
    }

    private static long nanos(String word) {
        long nanos = Duration.parse(word).toNanos();
        if (nanos < 0) {
            throw new IllegalArgumentException("no length: " + word);
        }
        return nanos;
    }
}

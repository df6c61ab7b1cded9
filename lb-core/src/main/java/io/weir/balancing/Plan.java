package io.weir.balancing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An app's tiers in order of preference, with what each takes of the traffic. Immutable and self-contained: a request reads one plan and
 * needs nothing else to decide.
 *
 * @param tiers the most preferred first
 * @param shares of the tiers in the same order: at any time they sum to 1, or all are 0 if nobody may serve
 */
public record Plan(List<Tier> tiers, List<Line> shares) {
    private static final Standing[] STANDINGS = Standing.values();

    public Plan {
        tiers = List.copyOf(tiers);
        shares = List.copyOf(shares);
        if (tiers.size() != shares.size()) {
            throw new IllegalArgumentException(tiers.size() + " tiers have " + shares.size() + " shares");
        }
    }

    /** The first tier that has a target with weight takes all. */
    public Plan(List<Tier> tiers) {
        this(tiers, allToTheFirst(tiers));
    }

    private static List<Line> allToTheFirst(List<Tier> tiers) {
        Tier first = tiers.stream().filter(Tier::takesTraffic).findFirst().orElse(null);
        return tiers.stream().map(tier -> tier == first ? Line.ALL : Line.NONE).toList();
    }

    /** The place of the tier that a request goes to at {@code now} ns, by its luck; −1 if none takes traffic. */
    int choose(Draw draw, long now) {
        if (!shares.isEmpty() && shares.getFirst().isAll()) {
            return 0; // as nearly always, and nothing has to be drawn for it
        }
        return choose(draw.luck(Draw.TIER, 0), now);
    }

    private int choose(double luck, long now) {
        double sum = 0;
        int last = -1;
        for (int i = 0; i < shares.size(); i++) {
            double share = shares.get(i).at(now);
            if (share > 0) {
                sum += share;
                last = i;
                if (luck < sum) {
                    return i;
                }
            }
        }
        return last; // what rounding leaves of the sum to 1
    }

    /** How the tier at that place stands at {@code now} ns. */
    public Standing standing(int place, long now) {
        if (tiers.get(place).panic()) {
            return Standing.PANIC;
        }
        if (takesShare(place, now)) {
            return Standing.SERVING;
        }
        for (int behind = place + 1; behind < shares.size(); behind++) {
            if (takesShare(behind, now)) {
                return Standing.HELD_BACK;
            }
        }
        return Standing.STANDBY;
    }

    /**
     * The place of the tier that is asked for a target as number {@code n}, counted from 0; −1 behind the last. The order is that of their
     * {@link Standing}, and among equals of preference; but the one that was {@code chosen} (−1: none was) is the first, or, when a request is
     * no longer {@code faithful} to it, the last before those in panic.
     */
    int nth(int n, int chosen, boolean faithful, long now) {
        int left = n;
        if (faithful && chosen >= 0 && left-- == 0) {
            return chosen;
        }
        for (Standing standing : STANDINGS) {
            if (standing == Standing.PANIC && !faithful && chosen >= 0 && left-- == 0) {
                return chosen;
            }
            for (int i = 0; i < tiers.size(); i++) {
                if (i != chosen && standing(i, now) == standing && left-- == 0) {
                    return i;
                }
            }
        }
        return -1;
    }

    boolean takesShare(int place, long now) {
        return shares.get(place).at(now) > 0;
    }

    /**
     * The same plan over copies of its targets as they are at {@code now} ns ({@link RecordedTarget}): decisions on it touch nothing that
     * serves traffic. A target in several tiers has one copy.
     */
    public Plan recorded(long now) {
        Map<Target, Target> copies = new HashMap<>();
        return onto(target -> copies.computeIfAbsent(target, it -> RecordedTarget.of(it, now)));
    }

    /** The same plan over other targets, which stand for its own; {@code copies} is asked again for each place a target has. */
    public Plan onto(Function<? super Target, ? extends Target> copies) {
        return new Plan(tiers.stream().map(tier -> tier.onto(copies)).toList(), shares);
    }
}

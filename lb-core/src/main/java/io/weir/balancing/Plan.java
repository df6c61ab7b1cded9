package io.weir.balancing;

import java.util.List;

/**
 * An app's tiers in order of preference, with what each takes of the traffic. Immutable and self-contained: a request reads one plan and
 * needs nothing else to decide.
 *
 * @param tiers the most preferred first
 * @param shares of the tiers in the same order: at any time they sum to 1, or all are 0 if nobody may serve
 */
public record Plan(List<Tier> tiers, List<Line> shares) {
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

    /** The place of the tier that a request with {@code luck}, 0 to 1, goes to at {@code now} ns; −1 if there is none. */
    int choose(double luck, long now) {
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
        return last;
    }
}

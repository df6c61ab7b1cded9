package io.weir.failover;

import java.util.List;

/**
 * Traffic laid over tiers in order: each takes what it has room for of what those before it leave, and the tiers of a group share what comes
 * to the group by weight, where what one has no room for goes to its siblings first. Rooms may grow evenly with time; then shares change
 * evenly too, until a <em>turn</em>: when the rooms so far reach the whole, or a tier of a group begins or ceases to be filled.
 *
 * <p>Values are parts of the app's traffic, growth is for each ns.
 */
final class Shares {
    /** How much of its own part of the load a well worker can carry when others are lost: 1.4 is Envoy's overprovisioning factor. */
    static final double OVERLOAD = 1.4;

    private final List<TierSpec> tiers;
    private final double[] room;
    private final double[] growth;
    private final double[] share;
    private final double[] slope;
    private double turn = Double.POSITIVE_INFINITY;

    private Shares(List<TierSpec> tiers, double[] room, double[] growth) {
        this.tiers = tiers;
        this.room = room;
        this.growth = growth;
        this.share = new double[room.length];
        this.slope = new double[room.length];
    }

    /** What a tier can take of the app's whole traffic when that share of its workers, by weight, is well. */
    static double capacity(double health) {
        return Math.min(1, OVERLOAD * health);
    }

    /** {@code amount} laid over tiers whose rooms stay as they are. What they have no room for is left over. */
    static double[] fill(List<TierSpec> tiers, double amount, double[] room) {
        return growing(tiers, amount, room, new double[room.length]).share;
    }

    /** {@code amount} laid over tiers whose rooms grow, never shrink. */
    static Shares growing(List<TierSpec> tiers, double amount, double[] room, double[] growth) {
        Shares shares = new Shares(tiers, room, growth);
        shares.fill(amount);
        return shares;
    }

    static double sum(double[] values) {
        return sum(values, 0, values.length);
    }

    /** What that tier takes now. */
    double of(int tier) {
        return share[tier];
    }

    /** By how much that grows each ns. */
    double slope(int tier) {
        return slope[tier];
    }

    /** Ns until the slopes change; infinite if they never do. */
    double turn() {
        return turn;
    }

    private void fill(double amount) {
        double left = amount;
        double leftSlope = 0;
        for (int from = 0, to; from < room.length; from = to) {
            to = endOfGroup(from);
            double sum = sum(room, from, to);
            double growing = sum(growth, from, to);
            if (sum < left || (sum == left && growing <= leftSlope)) {
                System.arraycopy(room, from, share, from, to - from);
                System.arraycopy(growth, from, slope, from, to - from);
                left -= sum;
                leftSlope -= growing;
                turnWhenGone(left, leftSlope);
            } else {
                level(from, to, left, leftSlope);
                left = 0;
                leftSlope = 0;
            }
        }
    }

    /** Fills a group that has more room than what is left: to one level for each unit of weight, but no tier above its room. */
    private void level(int from, int to, double amount, double amountSlope) {
        int[] order = leastRoomFirst(from, to);
        double left = amount;
        double leftSlope = amountSlope;
        double weights = 0;
        for (int tier : order) {
            weights += tiers.get(tier).weight();
        }
        int filled = 0;
        while (filled < order.length - 1) {
            int tier = order[filled];
            double part = tiers.get(tier).weight() / weights;
            if (room[tier] > left * part || (room[tier] == left * part && growth[tier] > leftSlope * part)) {
                break;
            }
            share[tier] = room[tier];
            slope[tier] = growth[tier];
            left -= room[tier];
            leftSlope -= growth[tier];
            weights -= tiers.get(tier).weight();
            filled++;
        }
        for (int i = 0; i < order.length; i++) {
            int tier = order[i];
            double part = tiers.get(tier).weight() / weights;
            if (i < filled) {
                turnWhenGone(left * part - room[tier], leftSlope * part - growth[tier]);
            } else {
                share[tier] = left * part;
                slope[tier] = leftSlope * part;
                turnWhenGone(room[tier] - share[tier], growth[tier] - slope[tier]);
            }
        }
    }

    /** The group's tiers by room for each unit of weight; of two alike the one whose room grows slower first. */
    private int[] leastRoomFirst(int from, int to) {
        int[] order = new int[to - from];
        for (int i = 0; i < order.length; i++) {
            int at = i;
            while (at > 0 && comesBefore(from + i, order[at - 1])) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = from + i;
        }
        return order;
    }

    private boolean comesBefore(int tier, int other) {
        double weight = tiers.get(tier).weight();
        double otherWeight = tiers.get(other).weight();
        int byRoom = Double.compare(room[tier] / weight, room[other] / otherWeight);
        return byRoom < 0 || (byRoom == 0 && growth[tier] / weight < growth[other] / otherWeight);
    }

    private void turnWhenGone(double distance, double change) {
        if (change < 0) {
            turn = Math.min(turn, Math.max(0, distance) / -change);
        }
    }

    private int endOfGroup(int from) {
        int to = from + 1;
        while (to < room.length && tiers.get(from).sharesWith(tiers.get(to))) {
            to++;
        }
        return to;
    }

    private static double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }
}

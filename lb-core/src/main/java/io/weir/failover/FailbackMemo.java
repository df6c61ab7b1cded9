package io.weir.failover;

import java.util.List;

/**
 * What a planner knows of tiers that aren't as ever, to go on with in another process or under other settings. Times are lengths in ns,
 * since no clock survives; the time in which nobody watched doesn't count.
 */
public record FailbackMemo(List<Entry> tiers) {
    public static final FailbackMemo NONE = new FailbackMemo(List.of());

    public FailbackMemo {
        tiers = List.copyOf(tiers);
    }

    /**
     * One tier.
     *
     * @param tier its name
     * @param limit the most that it is given, 0 to 1
     * @param goal what it could carry when it was last seen, 0 to 1: where its share is on its way to
     * @param age since the phase began
     * @param rest until it ends; {@link FailbackState#OPEN}: nobody can say
     * @param hold how long it must stay well before its share comes back
     * @param watched for how long another loss doubles the hold
     * @param returning whether its share comes back after a loss, and not after a small spill
     * @param forced whether a person wants it back whatever it answers
     */
    public record Entry(
            String tier,
            FailbackState.Phase phase,
            double limit,
            double goal,
            long age,
            long rest,
            long hold,
            long watched,
            boolean returning,
            boolean forced) {}
}

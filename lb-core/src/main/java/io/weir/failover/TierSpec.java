package io.weir.failover;

import java.util.List;

/**
 * A tier of an app seen for one named region or for the global domain: who belongs to it, before health. Shared by all orders of the app in
 * which it stands alike.
 *
 * @param name as people know it: a region, or a zone of one
 * @param members at least one; residency applied
 * @param weight among the tiers of its group
 * @param group tiers that follow each other with one number share by weight; {@link #ALONE}: it shares with none
 */
public record TierSpec(String name, String region, List<Member> members, int weight, int group) {
    public static final int ALONE = 0;

    public TierSpec {
        members = List.copyOf(members);
    }

    /** Whether the two, which follow each other, share by weight. */
    boolean sharesWith(TierSpec next) {
        return group != ALONE && group == next.group;
    }
}

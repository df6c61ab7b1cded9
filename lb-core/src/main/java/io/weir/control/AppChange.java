package io.weir.control;

import io.weir.balancing.Target;
import io.weir.failover.Member;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * That an app is another one.
 *
 * @param before null: it is new
 * @param after null: it is gone
 */
public record AppChange(@Nullable AppControl before, @Nullable AppControl after) {
    public AppChange {
        if (before == null && after == null) {
            throw new IllegalArgumentException("nothing has changed");
        }
    }

    public String name() {
        return after != null ? after.settings().name() : before != null ? before.settings().name() : "";
    }

    /** Those of its targets that get no more requests by any plan. */
    public List<Target> left() {
        if (before == null) {
            return List.of();
        }
        Set<Target> stay = Collections.newSetFromMap(new IdentityHashMap<>());
        if (after != null) {
            after.members().stream().map(Member::target).forEach(stay::add);
        }
        return before.members().stream().map(Member::target).filter(target -> !stay.contains(target)).toList();
    }
}

package io.weir.control;

import io.weir.config.AppSettings;
import io.weir.failover.Member;
import io.weir.routing.App;
import java.util.List;

/**
 * An app with its workers and its plans, as the control thread holds it.
 *
 * @param members all workers of all its pools
 * @param steerings one for each region that has a pool, and one for the global domain where it differs from that of the region where it begins
 */
public record AppControl(AppSettings settings, App app, List<Member> members, List<Steering> steerings) {
    public AppControl {
        members = List.copyOf(members);
        steerings = List.copyOf(steerings);
    }
}

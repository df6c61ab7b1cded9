package io.weir.plan;

import io.weir.config.Settings;
import io.weir.config.SettingsDifference;
import io.weir.frontend.AtStake;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.RecentRequests.Seen;
import java.util.List;
import java.util.function.Supplier;

/**
 * What would become of a running process if other settings were in force.
 *
 * @param closes what is open and would be closed
 * @param rerouting of requests that were seen lately
 */
public record ReloadPlan(SettingsDifference difference, AtStake closes, Rerouting rerouting) {

    /** From these settings and this table to others; {@code next} makes the other table, if it is needed. */
    public static ReloadPlan of(
            Settings before, Settings after, RoutingTable table, Supplier<RoutingTable> next, AtStake closes, List<Seen> requests) {
        SettingsDifference difference = SettingsDifference.of(before, after);
        boolean same = difference.isEmpty() || requests.isEmpty();
        return new ReloadPlan(difference, closes, Rerouting.of(requests, table, same ? table : next.get()));
    }

    /** Those of the conditions that hold, each with what there is: {@code closes>0: 3}. */
    public List<String> failing(List<PlanCondition> conditions) {
        return conditions.stream()
                .filter(each -> each.holds(value(each)))
                .map(each -> each + ": " + each.print(value(each)))
                .toList();
    }

    private double value(PlanCondition condition) {
        return switch (condition.figure()) {
            case CLOSES -> closes.all();
            case REMOVED_WORKERS -> difference.leavingShare();
            case REROUTED -> rerouting.share();
        };
    }
}

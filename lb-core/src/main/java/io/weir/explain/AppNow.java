package io.weir.explain;

import io.weir.balancing.Plan;
import io.weir.config.AppSettings;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.Steering;
import io.weir.failover.MemberState;
import io.weir.failover.Order;
import io.weir.failover.Outlook;
import io.weir.routing.App;
import java.util.List;

/**
 * An app as the next request would find it.
 *
 * @param order its tiers for the region that is asked for, before health
 * @param outlook why the plan is as it is
 * @param plan the one in force
 * @param states of its members in all pools
 * @param turn the number that the next request gets
 * @param now ns on the clock that the plan's lines go by
 */
public record AppNow(AppSettings settings, Order order, Outlook outlook, Plan plan, List<MemberState> states, int turn, long now) {
    public AppNow {
        states = List.copyOf(states);
    }

    /**
     * The app of that name. On the control thread.
     *
     * @throws IllegalStateException if it has no such plan any more
     */
    public static AppNow of(Control control, String app, App.RegionPlan plan) {
        AppControl known = control.app(app);
        if (known == null) {
            throw gone(app);
        }
        return of(known, plan, control.states(known), control.now());
    }

    static AppNow of(AppControl app, App.RegionPlan plan, List<MemberState> states, long now) {
        Steering steering = steering(app, plan);
        return new AppNow(app.settings(), steering.order(), steering.outlook(), plan.plan(), states, plan.turn(), now);
    }

    /** What makes that plan of the app. */
    static Steering steering(AppControl app, App.RegionPlan plan) {
        return app.steerings().stream().filter(it -> it.steers(plan)).findFirst().orElseThrow(() -> gone(app.settings().name()));
    }

    private static IllegalStateException gone(String app) {
        return new IllegalStateException("the plans of app " + app + " were replaced meanwhile; ask again");
    }
}

package io.weir.control;

import io.weir.failover.ErrorRates;
import io.weir.failover.FailbackMemo;
import io.weir.failover.FailoverPlanner;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.Order;
import io.weir.failover.Outlook;
import io.weir.routing.App;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One of an app's plans with what makes it. Control thread only, but for {@link #outlook}. */
public final class Steering {
    /** Stands for the global domain where regions are named. */
    public static final String GLOBAL = "";

    private final String asked;
    private final FailoverPlanner planner;
    private final App.RegionPlan plan;
    /** Written by the control thread alone. */
    private volatile Outlook outlook;

    private @Nullable Future<?> turn;

    /**
     * @param asked the region that requests for it name, or {@link #GLOBAL}
     * @param outlook whose plan is in force
     */
    Steering(String asked, FailoverPlanner planner, App.RegionPlan plan, Outlook outlook) {
        this.asked = asked;
        this.planner = planner;
        this.plan = plan;
        this.outlook = outlook;
    }

    public String asked() {
        return asked;
    }

    /** Why the plan in force is as it is. For any thread. */
    public Outlook outlook() {
        return outlook;
    }

    /** Whether it makes that plan. */
    public boolean steers(App.RegionPlan thePlan) {
        return plan.equals(thePlan);
    }

    /** Its tiers before health, and who is left out of them. */
    public Order order() {
        return planner.order();
    }

    /** What requests read. */
    App.RegionPlan regionPlan() {
        return plan;
    }

    FailoverPlanner planner() {
        return planner;
    }

    /** One that goes on from here by itself, to try what would happen. */
    public FailoverPlanner plannerToTry() {
        return planner.copy();
    }

    /** Goes on from what another one of the same app, which it takes the place of, knows at {@code now} ns. Before the first plan. */
    void goOnFrom(Steering before, long now) {
        goOnFrom(before.memo(now), now);
        before.waitFor(null);
    }

    /** What another one that goes on from here has to know, at {@code now} ns. */
    FailbackMemo memo(long now) {
        return planner.memo(now);
    }

    /** Goes on from what another process knew. */
    void goOnFrom(FailbackMemo memo, long now) {
        planner.restore(memo, now);
    }

    /** Makes the plan for {@code now} ns and publishes it if it is another one. Returns the outlook before. */
    public Outlook replan(long now, Function<Member, MemberState> states, ErrorRates errors) {
        Outlook before = outlook;
        Outlook next = planner.plan(now, states, errors);
        if (!next.plan().equals(before.plan())) {
            plan.publish(next.plan());
        }
        outlook = next;
        return before;
    }

    /** Instead of the turn that was waited for. */
    void waitFor(@Nullable Future<?> next) {
        if (turn != null) {
            turn.cancel(false);
        }
        turn = next;
    }
}

package io.weir.routing;

import io.weir.balancing.Plan;
import io.weir.balancing.RetryBudget;
import io.weir.balancing.Setbacks;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A deployed application as requests see it. Immutable but for its plans: a changed config makes a new App, a changed health a new plan.
 */
public final class App {
    /**
     * How long an exchange may take over its parts, in ns; {@link #OFF} where there is no bound.
     *
     * @param connect one connection to a worker
     * @param response from the end of the request to the head of the response
     * @param idle between two pieces of a response's body
     * @param attempt one attempt, up to the head of the response
     * @param total the whole exchange
     */
    public record Timeouts(long connect, long response, long idle, long websocket, long attempt, long total) {
        public static final long OFF = Long.MAX_VALUE;
    }

    /** An app's plan for one region, and the mutable company that survives it. */
    public static final class RegionPlan {
        private final AtomicInteger turns = new AtomicInteger();
        /** Written by the control thread alone, read by every request once. */
        private volatile Plan plan;

        private final boolean stoppedByResidency;

        public RegionPlan(Plan plan) {
            this(plan, false);
        }

        /** {@code stoppedByResidency}: nobody may ever serve, since the app's bytes may be sent to none of its workers here. */
        public RegionPlan(Plan plan, boolean stoppedByResidency) {
            this.plan = plan;
            this.stoppedByResidency = stoppedByResidency;
        }

        public boolean stoppedByResidency() {
            return stoppedByResidency;
        }

        public Plan plan() {
            return plan;
        }

        /** Control thread only. */
        public void publish(Plan next) {
            plan = next;
        }

        /** Turns go on from those of the plan that it takes the place of. */
        public void goOnFrom(RegionPlan before) {
            turns.set(before.turn());
        }

        /** The running number of a request, for policies that go by turns. */
        public int nextTurn() {
            return turns.getAndIncrement();
        }

        /** The number that the next request will get, for those who only ask. */
        public int turn() {
            return turns.get();
        }
    }

    private final String name;
    private final Timeouts timeouts;
    private final Map<String, RegionPlan> plans;
    private final RetryBudget[] budgets;
    private final Setbacks setbacks;
    private final @Nullable RequestKey key;
    private final @Nullable AffinityCookie affinity;
    private final boolean sendsWorkersHost;

    /** One whose requests have neither key nor affinity, and go on with the client's Host. */
    public App(String name, Timeouts timeouts, Map<String, RegionPlan> plans, RetryBudget[] budgets) {
        this(name, timeouts, plans, budgets, null, null, false);
    }

    /**
     * @param plans by region
     * @param budgets one for each event loop, in their order
     * @param key what requests are hashed by, if they are
     * @param affinity how clients come back to a target, if they do
     * @param sendsWorkersHost whether its workers get their own address as Host
     */
    public App(
            String name,
            Timeouts timeouts,
            Map<String, RegionPlan> plans,
            RetryBudget[] budgets,
            @Nullable RequestKey key,
            @Nullable AffinityCookie affinity,
            boolean sendsWorkersHost) {
        this(name, timeouts, Map.copyOf(plans), budgets.clone(), new Setbacks(), key, affinity, sendsWorkersHost);
    }

    private App(
            String name,
            Timeouts timeouts,
            Map<String, RegionPlan> plans,
            RetryBudget[] budgets,
            Setbacks setbacks,
            @Nullable RequestKey key,
            @Nullable AffinityCookie affinity,
            boolean sendsWorkersHost) {
        this.name = name;
        this.timeouts = timeouts;
        this.plans = plans;
        this.budgets = budgets;
        this.setbacks = setbacks;
        this.key = key;
        this.affinity = affinity;
        this.sendsWorkersHost = sendsWorkersHost;
    }

    /** The same, where another one of that name was: with its retry budgets, and with what it has counted. */
    public App inPlaceOf(App before) {
        return new App(name, timeouts, plans, before.budgets, before.setbacks, key, affinity, sendsWorkersHost);
    }

    public String name() {
        return name;
    }

    public Timeouts timeouts() {
        return timeouts;
    }

    /** Its plan as seen from a request for that region, or null if it has no pool there. */
    public @Nullable RegionPlan in(String region) {
        return plans.get(region);
    }

    /** The retry budget of an event loop. */
    public RetryBudget budget(int loop) {
        return budgets[loop];
    }

    /** Its requests that failed or had to be tried again. */
    public Setbacks setbacks() {
        return setbacks;
    }

    /** What its requests are hashed by, or null. */
    public @Nullable RequestKey key() {
        return key;
    }

    /** Whether its workers get their own address as Host. */
    public boolean sendsWorkersHost() {
        return sendsWorkersHost;
    }

    /** How its clients come back to a target, or null. */
    public @Nullable AffinityCookie affinity() {
        return affinity;
    }
}

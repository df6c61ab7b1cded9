package io.weir.control;

import io.weir.failover.Evacuation;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.health.HealthTransition;
import java.time.Duration;

/** Is told what changes, on the control thread; must not wait. */
public interface ControlListener {
    /** Nobody listens. */
    ControlListener NOBODY = new ControlListener() {};

    /** After the plans that come of it were published. */
    default void healthChanged(HealthTransition transition) {}

    /**
     * Another plan is in force for an app's requests.
     *
     * @param asked the region that they name, or empty: the global domain
     */
    default void planned(String app, String asked, Outlook before, Outlook after) {}

    /** Something happened to the traffic of an app. */
    default void happened(Incident incident) {}

    default void evacuated(Evacuation evacuation) {}

    /** {@code early}: somebody ended it before its time. */
    default void restored(Scope scope, boolean early) {}

    /** What {@code tiers} tiers remember of their failback goes on from what was kept when this process was not there yet, {@code age} ago. */
    default void latchesRecalled(int tiers, Duration age) {}

    /** What tiers remember of their failback can't be read, or kept over a restart. */
    default void latchesLost(String why) {}

    /** After that, it is kept again. */
    default void latchesKept() {}

    /** Evacuations can't be kept over a restart. */
    default void stateLost(String why) {}

    /** After that, they are kept again. */
    default void stateKept() {}
}

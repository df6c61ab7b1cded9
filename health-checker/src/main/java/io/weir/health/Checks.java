package io.weir.health;

import io.weir.config.CheckSettings;
import io.weir.topology.WorkerAddress;

/** Makes checks. */
@FunctionalInterface
public interface Checks {
    Check of(WorkerAddress address, CheckSettings settings);
}

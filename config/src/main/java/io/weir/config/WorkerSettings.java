package io.weir.config;

import io.weir.topology.WorkerAddress;

/**
 * One process that serves an app.
 *
 * @param weight its share of the pool's requests, relative to the other workers': 0 to 256. A worker of weight 0 stays known but
 *     is given nothing. The top is HAProxy's; more steps than that can't be told apart in traffic.
 */
public record WorkerSettings(WorkerAddress address, String zone, int weight) {

    public static final int DEFAULT_WEIGHT = 1;

    static final Bounds<Integer> WEIGHT = Bounds.count(0, 256);

    public WorkerSettings {
        WEIGHT.check("weight", weight);
    }
}

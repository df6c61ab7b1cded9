package io.weir.failover;

import io.weir.balancing.Target;
import io.weir.topology.Worker;

/** A worker as a target of an app, shared by all plans of the app. */
public record Member(Target target, Worker worker) {}

package io.weir.config;

import io.weir.topology.BindAddress;

/** The operator's port. */
public record AdminSettings(BindAddress bind) {}

package io.weir.balancing;

/** A target that has just become well: it gets that part of its share of the tier, 0 to 1, which grows to the whole. */
public record Warming(Target target, Line part) {}

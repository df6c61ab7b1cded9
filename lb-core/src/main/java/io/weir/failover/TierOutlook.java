package io.weir.failover;

import io.weir.balancing.Line;

/**
 * A tier in an {@link Outlook}, and why it has its share.
 *
 * @param enabled workers that people let serve; those that are evacuated only if {@link Outlook#recalled()}
 * @param proven those of them that have a verdict
 * @param available those of them that are well
 * @param health the share, by weight, of the proven that is available; if none is proven, 1 if they are given traffic all the same, else 0
 * @param capacity what it could take of the app's traffic, 0 to 1; it gets no more than {@code failback} lets it have
 * @param panic whether all enabled workers serve, well or not
 * @param share what it takes
 */
public record TierOutlook(
        String name,
        String region,
        int enabled,
        int proven,
        int available,
        double health,
        double capacity,
        boolean panic,
        FailbackState failback,
        Line share) {}

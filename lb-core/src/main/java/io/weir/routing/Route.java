package io.weir.routing;

import io.weir.http.Step;
import org.jspecify.annotations.Nullable;

/**
 * To an app.
 *
 * @param app the app
 * @param region the region that the request named, or the one that a region-less name leads to
 * @param plan the app's plan for that region, or null if it has no pool there: 421 {@code wrong_region}
 * @param steps what it does beside forwarding, or null
 */
public record Route(App app, String region, App.@Nullable RegionPlan plan, Step.@Nullable Chain steps)
        implements Destination {}

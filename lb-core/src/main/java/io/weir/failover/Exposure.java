package io.weir.failover;

import org.jspecify.annotations.Nullable;

/**
 * A loss that would leave too little for some of an app's requests.
 *
 * @param asked the region that these requests name, or empty: the global domain
 * @param lost the zone or region; null: there is too little as it is
 * @param left what those that are left can take of the traffic, 0 to 1
 */
public record Exposure(String asked, @Nullable Scope lost, double left) {}

package io.weir.failover;

import io.weir.config.AppSettings;
import io.weir.config.ZoneChoice;
import io.weir.topology.Here;
import io.weir.topology.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The orders of one app's tiers, by what a request names.
 *
 * <p>Residency comes first: members in a region that it doesn't admit, or whose jurisdiction nobody knows, stand in no tier. Then:
 *
 * <ul>
 *   <li>A named region: its workers; with {@code zones: prefer-local}, and if it is the region of this process, the workers of this process's
 *       zone and then those of its other zones. Then a tier for each region of {@code failover.to}.
 *   <li>The global domain, active-passive: the same for the region of this process if the app lives there, else for the app's first region.
 *   <li>The global domain, active-active ({@code global} has weights): the regions with a weight side by side, then those of {@code to}.
 * </ul>
 *
 * <p>No region stands in an order twice, and one without workers of the app in none. A region that the residency excludes is skipped like
 * one without workers: a name of it is served by those of {@code to} that are admitted.
 */
public final class TierOrder {
    /** The number of the one group that there is, of regions that serve side by side. */
    private static final int SIDE_BY_SIDE = 1;

    private final AppSettings app;
    private final Here here;
    private final Map<String, TierSpec> byRegion = new LinkedHashMap<>();
    private final Map<String, List<Member>> outside = new HashMap<>();
    private final List<TierSpec> split;

    /**
     * Orders that share what they have in common.
     *
     * @param regions those of the config, by name
     * @param members all workers of the app's pools
     */
    public TierOrder(AppSettings app, Here here, Map<String, Region> regions, List<Member> members) {
        this.app = app;
        this.here = here;
        Map<String, List<Member>> pools = new LinkedHashMap<>();
        app.pools().keySet().forEach(region -> pools.put(region, new ArrayList<>()));
        members.forEach(member -> pools.computeIfAbsent(member.worker().region(), _ -> new ArrayList<>()).add(member));
        pools.forEach(
                (region, pool) -> {
                    if (!admits(regions.get(region))) {
                        outside.put(region, pool);
                    } else if (!pool.isEmpty()) {
                        byRegion.put(region, new TierSpec(region, region, pool, 1, TierSpec.ALONE));
                    }
                });
        this.split = app.failover().zones() == ZoneChoice.PREFER_LOCAL ? split(byRegion.get(here.region())) : List.of();
    }

    /** One order alone: for a named region, or with null for the global domain. */
    public static Order of(AppSettings app, @Nullable String region, Here here, Map<String, Region> regions, List<Member> members) {
        TierOrder orders = new TierOrder(app, here, regions, members);
        return region == null ? orders.global() : orders.named(region);
    }

    /** For requests that name that region. */
    public Order named(String region) {
        Set<String> considered = new LinkedHashSet<>(List.of(region));
        considered.addAll(app.failover().to());
        List<TierSpec> tiers = new ArrayList<>();
        for (String next : considered) {
            if (next.equals(region)) {
                tiers.addAll(first(next));
            } else {
                addIfServed(tiers, byRegion.get(next));
            }
        }
        return order(tiers, considered);
    }

    /** For requests that were handed over to that region: nobody else serves them. */
    public Order own(String region) {
        TierSpec whole = byRegion.get(region);
        return order(whole == null ? List.of() : List.of(whole), Set.of(region));
    }

    /** For requests that leave the region to the app. */
    public Order global() {
        return app.failover().global().isEmpty() ? named(home()) : sideBySide();
    }

    /** The region that an active-passive global domain begins with. */
    public String home() {
        if (byRegion.containsKey(here.region())) {
            return here.region();
        }
        return byRegion.isEmpty() ? app.pools().keySet().iterator().next() : byRegion.keySet().iterator().next();
    }

    private Order sideBySide() {
        List<TierSpec> tiers = new ArrayList<>();
        Set<String> considered = new LinkedHashSet<>();
        app.failover()
                .global()
                .forEach(
                        (region, weight) -> {
                            TierSpec whole = byRegion.get(region);
                            if (weight > 0 && considered.add(region) && whole != null) {
                                tiers.add(new TierSpec(region, region, whole.members(), weight, SIDE_BY_SIDE));
                            }
                        });
        for (String region : app.failover().to()) {
            if (considered.add(region)) {
                addIfServed(tiers, byRegion.get(region));
            }
        }
        return order(tiers, considered);
    }

    private Order order(List<TierSpec> tiers, Set<String> considered) {
        return new Order(tiers, considered.stream().flatMap(region -> outside.getOrDefault(region, List.of()).stream()).toList());
    }

    private List<TierSpec> first(String region) {
        TierSpec whole = byRegion.get(region);
        if (whole == null) {
            return List.of();
        }
        return region.equals(here.region()) && !split.isEmpty() ? split : List.of(whole);
    }

    /** A region's tier as that of this process's zone and that of the others; empty if it is one of the two anyway. */
    private List<TierSpec> split(@Nullable TierSpec whole) {
        if (whole == null) {
            return List.of();
        }
        List<Member> local = whole.members().stream().filter(member -> member.worker().zone().equals(here.zone())).toList();
        List<Member> others = whole.members().stream().filter(member -> !member.worker().zone().equals(here.zone())).toList();
        if (local.isEmpty() || others.isEmpty()) {
            return List.of();
        }
        return List.of(
                new TierSpec(here.zone(), whole.region(), local, 1, TierSpec.ALONE),
                new TierSpec(whole.name(), whole.region(), others, 1, TierSpec.ALONE));
    }

    private boolean admits(@Nullable Region region) {
        return app.failover().residency() == null || (region != null && app.failover().admits(region.jurisdiction()));
    }

    private static void addIfServed(List<TierSpec> tiers, @Nullable TierSpec tier) {
        if (tier != null) {
            tiers.add(tier);
        }
    }
}

package io.weir.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where an app's traffic goes when workers are lost.
 *
 * @param to regions that take over, the first first; each has a pool of the app, or none of its traffic comes there
 * @param residency jurisdictions that the app's bytes may be sent to; null: all
 * @param failback how traffic comes back
 * @param zones how it is laid over a region's zones
 * @param panic the share of a tier's workers, 0 to 1, below which health is not trusted any more and all enabled ones are used; 0: never
 * @param global weights of the regions that serve the app's global domain side by side (active-active); empty: one serves it and the
 *     others take over (active-passive)
 * @param rto how soon the app is to be served well again after a loss; null: nobody has said
 */
public record FailoverSettings(
        List<String> to,
        @Nullable Set<String> residency,
        FailbackSettings failback,
        ZoneChoice zones,
        double panic,
        Map<String, Integer> global,
        @Nullable Duration rto) {

    static final Bounds<Double> PANIC = Bounds.share(0, 1);
    static final Bounds<Integer> WEIGHT = Bounds.count(0, 1000);
    static final Bounds<Duration> RTO = Bounds.time(Duration.ofMillis(100), Duration.ofHours(24));

    public static final double DEFAULT_PANIC = 0.5;

    public static final FailoverSettings DEFAULTS =
            new FailoverSettings(List.of(), null, FailbackSettings.DEFAULTS, ZoneChoice.SPREAD, DEFAULT_PANIC, Map.of(), null);

    public FailoverSettings {
        to = List.copyOf(to);
        residency = residency == null ? null : Set.copyOf(residency);
        global = InOrder.copyOf(global);
        PANIC.check("panic", panic);
        global.values().forEach(weight -> WEIGHT.check("active-active", weight));
        if (rto != null) {
            RTO.check("rto", rto);
        }
    }

    /** Whether bytes may be sent to a region of that jurisdiction. */
    public boolean admits(String jurisdiction) {
        return residency == null || residency.contains(jurisdiction);
    }

    /** The residency as people read it, or {@code any}. */
    public String residencyText() {
        return residency == null ? "any" : String.join(", ", new TreeSet<>(residency));
    }
}

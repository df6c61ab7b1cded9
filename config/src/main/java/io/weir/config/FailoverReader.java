package io.weir.config;

import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads where one app's traffic goes when workers are lost: {@code zones}, {@code panic}, {@code failover}, {@code global} and
 * {@code objective}. What could never happen is refused with the loss that would show it.
 */
final class FailoverReader {

    private final Places places;
    private final String app;
    private final List<String> poolRegions;
    private final @Nullable Map<String, PoolSettings> pools;
    private final HealthSettings health;
    /** Null: all; or it has a mistake, and nothing is held against it. */
    private @Nullable List<Places.Jurisdiction> residency;

    private record Takeover(List<String> to, FailbackSettings failback) {
        static final Takeover NONE = new Takeover(List.of(), FailbackSettings.DEFAULTS);
    }

    /**
     * @param app as messages name it
     * @param poolRegions where the app has a pool, though it may have mistakes; empty: that could not be read
     * @param pools null if they have mistakes
     */
    FailoverReader(Places places, String app, List<String> poolRegions, @Nullable Map<String, PoolSettings> pools, HealthSettings health) {
        this.places = places;
        this.app = app;
        this.poolRegions = poolRegions;
        this.pools = pools;
        this.health = health;
    }

    /** @param fields of the app */
    FailoverSettings failover(Fields fields) {
        FailoverSettings defaults = FailoverSettings.DEFAULTS;
        ZoneChoice zones = fields.optional("zones", FailoverReader::zones, defaults.zones());
        double panic = fields.optional("panic", Scalars.share(FailoverSettings.PANIC), defaults.panic());
        Takeover takeover = fields.optional("failover", this::takeover, Takeover.NONE);
        Map<String, Integer> global = fields.optional("global", this::global, defaults.global());
        Duration rto = fields.optional("objective", FailoverReader::objective);
        Set<String> admitted = residency == null ? null : residency.stream().map(Places.Jurisdiction::name).collect(Collectors.toSet());
        var read = new FailoverSettings(takeover.to, admitted, takeover.failback, zones, panic, global, rto);
        return read.equals(defaults) ? defaults : read; // one object for the many apps that say nothing
    }

    private static @Nullable ZoneChoice zones(Value value) {
        String word = Scalars.word(List.of("spread", "prefer-local")).read(value);
        if (word == null) {
            return null;
        }
        return word.equals("spread") ? ZoneChoice.SPREAD : ZoneChoice.PREFER_LOCAL;
    }

    private @Nullable Takeover takeover(Value value) {
        return value.fields(fields -> {
            residency = fields.optional("residency", this::residency); // what the others are held against
            List<String> to = fields.optional("to", this::to, List.of());
            return new Takeover(to, fields.optional("failback", FailoverReader::failback, FailbackSettings.DEFAULTS));
        });
    }

    private static @Nullable FailbackSettings failback(Value value) {
        FailbackSettings defaults = FailbackSettings.DEFAULTS;
        Reading<FailbackSettings> times = place -> place.fields(fields -> new FailbackSettings(
                false,
                fields.optional("hold", Scalars.duration(FailbackSettings.HOLD), defaults.hold()),
                fields.optional("ramp", Scalars.duration(FailbackSettings.RAMP), defaults.ramp())));
        return Scalars.orWord("manual", new FailbackSettings(true, defaults.hold(), defaults.ramp()), times).read(value);
    }

    private @Nullable List<Places.Jurisdiction> residency(Value value) {
        var first = new FirstUse<String>();
        List<Places.Jurisdiction> read = value.nonEmptyList("jurisdiction", item -> {
            Places.Jurisdiction jurisdiction = places.definedJurisdiction(item);
            return jurisdiction != null && first.check(jurisdiction.name(), item) ? jurisdiction : null;
        });
        if (read == null || poolRegions.isEmpty() || poolRegions.stream().anyMatch(region -> isAdmitted(region, read))) {
            return read;
        }
        String where = Quoted.some(poolRegions.stream().map(this::inItsJurisdiction).toList());
        value.report("admits none of the regions of " + app + ", so nothing may ever serve it", "add the jurisdiction of one: " + where);
        return null;
    }

    private @Nullable List<String> to(Value value) {
        var first = new FirstUse<String>();
        List<String> to = value.list(item -> {
            String region = places.defined(item);
            return region != null && first.check(region, item) && canTakeOver(region, item) ? region : null;
        });
        if (to == null || to.isEmpty() || poolRegions.isEmpty()) {
            return to;
        }
        String lost = otherThan(to.getFirst());
        if (poolRegions.size() == 1) {
            value.report(
                    "names the only region that has a pool of " + app + ": if " + lost + " is lost, nothing else serves " + app,
                    "add a pool in another region and name that one, or remove it");
            return null;
        }
        boolean workersAreJudged = health.check() != null || (health.ejection() != null && health.ejection().most() > 0);
        if (!workersAreJudged && pools != null && !isToldByAGateway(to, pools)) {
            value.report("never happens: if " + lost + " is lost, nobody finds out, since check and ejection are off", "write check: tcp");
            return null;
        }
        return to;
    }

    /** Whether a region that may be lost, so that one of {@code to} takes over, is behind a gateway, which says itself how it is. */
    private static boolean isToldByAGateway(List<String> to, Map<String, PoolSettings> pools) {
        return pools.values().stream()
                .filter(pool -> pool.gateway() != null)
                .anyMatch(pool -> to.stream().anyMatch(region -> !region.equals(pool.region())));
    }

    /** A region that may be lost so that the given one has to take over; the given one if the app is nowhere else. */
    private String otherThan(String region) {
        return poolRegions.stream().filter(other -> !other.equals(region)).findFirst().orElse(region);
    }

    /** Whether there is a loss after which the region can serve; if not, it has been reported. */
    private boolean canTakeOver(String region, Value place) {
        String lost = otherThan(region);
        if (!canServe(region, place, "if " + lost + " is lost, nothing there serves " + app)) {
            return false;
        }
        if (pools == null || pools.size() == 1 || !hasNoWorkersOfItsOwn(region, pools)) {
            return true;
        }
        place.report(
                "every worker of " + region + " is one of " + lost + " too: if " + lost + " is lost, so is " + region,
                "name a region with workers of its own");
        return false;
    }

    /** Whether every other pool has all of its workers; of those that are yet to be found nobody knows. */
    private static boolean hasNoWorkersOfItsOwn(String region, Map<String, PoolSettings> pools) {
        Set<WorkerAddress> addresses = addresses(pools.get(region));
        PoolSettings own = pools.get(region);
        return own != null && own.gateway() == null && own.discovery() == null && pools.values().stream().allMatch(pool -> addresses(pool).containsAll(addresses));
    }

    private static Set<WorkerAddress> addresses(@Nullable PoolSettings pool) {
        return pool == null ? Set.of() : pool.workers().stream().map(WorkerSettings::address).collect(Collectors.toSet());
    }

    private @Nullable Map<String, Integer> global(Value value) {
        if (value.isMapping()) {
            return value.fields(fields -> fields.required("active-active", this::weights));
        }
        value.accept(Forms.words(List.of("active-passive")));
        String word = value.text();
        return switch (word) {
            case null -> null;
            case "active-passive" -> Map.of();
            default -> {
                value.report("cannot be " + Quoted.of(word), "write active-passive, or active-active: {REGION: WEIGHT, …}");
                yield null;
            }
        };
    }

    private @Nullable Map<String, Integer> weights(Value value) {
        Map<String, Integer> weights = value.nonEmptyNamed("region", (name, place) -> {
            String region = places.defined(name);
            Integer weight = Scalars.number(FailoverSettings.WEIGHT).read(place);
            return region != null && canServe(region, name, "nothing there takes its part") ? weight : null;
        });
        if (weights == null) {
            return null;
        }
        if (weights.size() == 1) {
            value.report("names one region alone: if it is lost, nothing takes its part", "name another beside it, or write active-passive");
            return null;
        }
        if (weights.values().stream().allMatch(weight -> weight == 0)) {
            value.report("every region has weight 0", "give at least one a weight of 1 to " + FailoverSettings.WEIGHT.most());
            return null;
        }
        return weights;
    }

    /** Whether the app has a pool there that its residency admits; if not, it has been reported. */
    private boolean canServe(String region, Value place, String otherwise) {
        if (!poolRegions.isEmpty() && !poolRegions.contains(region)) {
            place.report(region + " has no pool of " + app + ": " + otherwise, "name a region that has a pool");
            return false;
        }
        if (residency == null || isAdmitted(region, residency)) {
            return true;
        }
        place.report(
                inItsJurisdiction(region) + ", residency admits " + shown(residency) + ": " + otherwise,
                "name a region that residency admits, or let it admit this one");
        return false;
    }

    /** True also of a region of which nothing is known because it has mistakes. */
    private boolean isAdmitted(String region, List<Places.Jurisdiction> admitted) {
        Places.Jurisdiction jurisdiction = places.jurisdictionOf(region);
        return jurisdiction == null || admitted.stream().anyMatch(one -> one.name().equals(jurisdiction.name()));
    }

    private String inItsJurisdiction(String region) {
        Places.Jurisdiction jurisdiction = places.jurisdictionOf(region);
        return region + " is in " + (jurisdiction == null ? "?" : jurisdiction.shown());
    }

    private static String shown(List<Places.Jurisdiction> jurisdictions) {
        return jurisdictions.stream().map(Places.Jurisdiction::shown).collect(Collectors.joining(", "));
    }

    private static @Nullable Duration objective(Value value) {
        return value.fields(fields -> fields.required("rto", Scalars.duration(FailoverSettings.RTO)));
    }
}

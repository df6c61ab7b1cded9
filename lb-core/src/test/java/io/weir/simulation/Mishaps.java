package io.weir.simulation;

import io.weir.failover.Scope;
import io.weir.simulation.Fault.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Makes up what happens in a world: load, faults that begin and heal, and what operators do. */
final class Mishaps {
    private static final Kind[] KINDS = Kind.values();

    private final RandomGenerator random;
    private final Map<String, List<String>> zones;
    private final List<String> workers;
    private final List<String> pools;
    private final List<String> apps;
    private final List<Act> acts = new ArrayList<>();

    Mishaps(RandomGenerator random, Map<String, List<String>> zones, List<String> workers, List<String> pools, List<String> apps) {
        this.random = random;
        this.zones = zones;
        this.workers = workers;
        this.pools = pools;
        this.apps = apps;
    }

    List<Act> script() {
        acts.add(new Act(0, new Act.Load(random.nextInt(12) == 0 ? 400 : 10 + random.nextInt(50))));
        int faults = 1 + random.nextInt(4);
        long longest = 0;
        for (int i = 0; i < faults; i++) {
            longest = Math.max(longest, fault());
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            operator(longest);
        }
        if (random.nextInt(8) == 0) {
            long at = 5000L + random.nextInt(60_000);
            Scope everywhere = new Scope(Scope.Kind.POOL, one(pools));
            acts.add(new Act(at, new Act.Befall(everywhere, new Fault(Kind.RESETS, 100))));
            acts.add(new Act(at + 200, new Act.Burst(everywhere.name().substring(0, everywhere.name().indexOf('/')), 100 + random.nextInt(300))));
            acts.add(new Act(at + 8000, new Act.Heal(everywhere)));
        }
        acts.sort(Comparator.comparingLong(Act::atMillis));
        return acts;
    }

    /** One that begins and, mostly, heals; returns by when. */
    private long fault() {
        Scope scope = scope();
        long at = 1000L + random.nextInt(90_000);
        long lasts = random.nextInt(3) == 0 ? random.nextInt(3000) : random.nextInt(40_000);
        acts.add(new Act(at, new Act.Befall(scope, fault(KINDS[random.nextInt(KINDS.length)]))));
        if (random.nextInt(5) > 0) {
            acts.add(new Act(at + lasts, new Act.Heal(scope)));
        }
        return at + lasts;
    }

    private Fault fault(Kind kind) {
        return new Fault(kind, switch (kind) {
            case DEAD, LOST, HANGING, UNWELL -> 0;
            case ERRORS, RESETS, CUTS -> 10 * (1 + random.nextInt(10));
            case SLOW -> 100 * (1 + random.nextInt(25));
            case FLAPPING -> 300 + random.nextInt(8000);
        });
    }

    private void operator(long until) {
        long at = random.nextLong(1 + until);
        switch (random.nextInt(4)) {
            case 0 -> acts.add(new Act(at, new Act.FailBack(one(apps))));
            default -> evacuation(at);
        }
    }

    /** Mostly of many workers together, as people do it; half of them are ended early, and some of these are begun again amid the ramp. */
    private void evacuation(long at) {
        Scope scope = scope();
        for (int i = 0; i < 2 && scope.kind() == Scope.Kind.WORKER; i++) {
            scope = scope();
        }
        acts.add(evacuate(at, scope));
        if (random.nextBoolean()) {
            long restored = at + random.nextInt(30_000);
            acts.add(new Act(restored, new Act.Restore(scope)));
            if (random.nextInt(3) == 0) {
                acts.add(evacuate(restored + random.nextInt(5000), scope));
            }
        }
    }

    private Act evacuate(long at, Scope scope) {
        return new Act(at, new Act.Evacuate(scope, 1 + random.nextInt(40), random.nextInt(4) == 0));
    }

    private Scope scope() {
        String region = one(List.copyOf(zones.keySet()));
        return switch (random.nextInt(8)) {
            case 0 -> new Scope(Scope.Kind.REGION, region);
            case 1, 2 -> new Scope(Scope.Kind.ZONE, one(zones.getOrDefault(region, List.of())));
            case 3 -> new Scope(Scope.Kind.POOL, one(pools));
            default -> new Scope(Scope.Kind.WORKER, one(workers));
        };
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}

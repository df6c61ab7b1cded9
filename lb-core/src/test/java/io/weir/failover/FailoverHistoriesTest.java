package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.config.FailbackSettings;
import io.weir.config.FailoverSettings;
import io.weir.config.ZoneChoice;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds in any topology, under any settings, after any history. A seed that fails fails again. */
class FailoverHistoriesTest {
    private static final int HISTORIES = 12;
    private static final int EVENTS = 80;
    private static final List<String> REGIONS = List.of("ca", "us", "eu");
    private static final List<AdminState> ADMIN_STATES = List.of(AdminState.values());
    private static final double ROUNDING = 1e-7;

    static LongStream seeds() {
        return LongStream.range(0, 25);
    }

    private static Fleet anyFleet(SplittableRandom random) {
        Fleet fleet = new Fleet();
        List<String> regions = REGIONS.subList(0, 1 + random.nextInt(REGIONS.size()));
        for (String region : regions) {
            int[] weights = random.ints(1 + random.nextInt(6), 0, 4).toArray();
            weights[0] = Math.max(1, weights[0]); // the config allows no pool without any weight
            fleet.weighted(region, weights);
        }
        fleet.to = regions.stream().filter(_ -> random.nextInt(4) > 0).toList();
        if (random.nextInt(4) == 0) {
            fleet.residency = regions.stream().filter(_ -> random.nextBoolean()).map(Fleet::jurisdiction).collect(Collectors.toSet());
        }
        fleet.failback =
                new FailbackSettings(random.nextInt(8) == 0, Duration.ofSeconds(random.nextInt(90)), Duration.ofSeconds(random.nextInt(40)));
        fleet.zones = random.nextInt(3) == 0 ? ZoneChoice.PREFER_LOCAL : ZoneChoice.SPREAD;
        fleet.panic = random.nextInt(4) == 0 ? 0 : FailoverSettings.DEFAULT_PANIC;
        fleet.slowStart = random.nextBoolean() ? Duration.ofSeconds(30) : null;
        if (random.nextInt(3) == 0) {
            Map<String, Integer> weights = new LinkedHashMap<>();
            regions.stream().filter(_ -> random.nextInt(3) > 0).forEach(region -> weights.put(region, 1 + random.nextInt(4)));
            fleet.global = weights;
        }
        return fleet;
    }

    private static Predicate<Member> anyScope(Fleet fleet, SplittableRandom random) {
        Member one = fleet.members().get(random.nextInt(fleet.members().size()));
        return switch (random.nextInt(3)) {
            case 0 -> one::equals;
            case 1 -> member -> member.worker().zone().equals(one.worker().zone());
            default -> member -> member.worker().region().equals(one.worker().region());
        };
    }

    private static void anyNews(Fleet fleet, SplittableRandom random, long now) {
        Predicate<Member> scope = anyScope(fleet, random);
        if (random.nextInt(4) == 0) {
            AdminState admin = random.nextInt(2) == 0 ? AdminState.ENABLED : ADMIN_STATES.get(random.nextInt(ADMIN_STATES.size()));
            fleet.admin(admin, scope);
            return;
        }
        Health health = random.nextInt(5) == 0 ? Health.UNPROVEN : random.nextBoolean() ? Health.UNHEALTHY : Health.HEALTHY;
        fleet.members().stream().filter(scope).forEach(member -> {
            MemberState before = fleet.state(member);
            boolean recovers = before.health() == Health.UNHEALTHY && health == Health.HEALTHY;
            fleet.put(new MemberState(member, health, before.admin(), recovers ? now : before.warmSince()));
        });
    }

    private static void passAndSample(Voyage voyage, double seconds, Runnable sample) {
        double step = seconds / 4;
        for (int i = 0; i < 4; i++) {
            voyage.pass(step);
            sample.run();
        }
    }

    private static double sum(Plan plan, long at) {
        return plan.shares().stream().mapToDouble(share -> share.at(at)).sum();
    }

    /** Shares, residency, admin states and who may serve, at every moment. */
    @ParameterizedTest
    @MethodSource("seeds")
    void plansAreSound(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int history = 0; history < HISTORIES; history++) {
            Fleet fleet = anyFleet(random);
            boolean global = random.nextInt(3) == 0;
            String named = random.nextBoolean() ? "ca" : fleet.members().getLast().worker().region();
            Voyage voyage = new Voyage(fleet, global ? fleet.globalOrder() : fleet.order(named));
            for (int event = 0; event < EVENTS; event++) {
                anyNews(fleet, random, voyage.now());
                if (random.nextInt(20) == 0) {
                    voyage.handOver();
                }
                if (random.nextInt(20) == 0) {
                    voyage.planner().failBackNow();
                }
                voyage.replan();
                check(fleet, voyage);
                passAndSample(voyage, random.nextInt(3) == 0 ? random.nextInt(200) : random.nextDouble(4), () -> check(fleet, voyage));
            }
            everythingIsWellAgain(fleet, voyage);
        }
    }

    /** Nothing of the past stays for ever. */
    private static void everythingIsWellAgain(Fleet fleet, Voyage voyage) {
        fleet.members().forEach(member ->
                fleet.put(new MemberState(member, Health.HEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING)));
        voyage.replan().pass(7200); // the longest hold and a little
        voyage.planner().failBackNow();
        voyage.replan().pass(60);
        assertThat(voyage.outlook().tiers()).extracting(TierOutlook::failback).allMatch(FailbackState.SETTLED::equals);
        Outlook fresh = fleet.planner(voyage.planner().order()).plan(voyage.now(), fleet::state, ErrorRates.UNKNOWN);
        assertThat(voyage.percents()).isEqualTo(Fleet.percents(fresh, voyage.now()));
    }

    private static void check(Fleet fleet, Voyage voyage) {
        Outlook outlook = voyage.outlook();
        Plan plan = outlook.plan();
        long now = voyage.now();
        boolean any = outlook.tiers().stream().anyMatch(tier -> tier.capacity() > 0);
        boolean staffed = fleet.members().stream().anyMatch(member -> staffs(fleet, voyage, member, outlook.recalled()));
        double expected = any || (staffed && fleet.panic > 0) ? 1 : 0;
        long horizon = Math.min(outlook.next(), now + 1000 * Voyage.SECOND);
        for (long at : new long[] {now, now + (horizon - now) / 3, horizon, horizon + 7 * Voyage.SECOND}) {
            assertThat(sum(plan, at)).as("sum of shares").isCloseTo(expected, within(ROUNDING));
            assertThat(plan.shares()).allMatch(share -> share.at(at) >= 0 && share.at(at) <= 1);
        }
        for (int i = 0; i < plan.tiers().size(); i++) {
            TierOutlook tier = outlook.tiers().get(i);
            assertThat(plan.tiers().get(i).panic()).isEqualTo(tier.panic());
            boolean well = voyage.planner().order().tiers().get(i).members().stream()
                    .map(fleet::state)
                    .anyMatch(it -> it.admin() == AdminState.ENABLED && it.health().available() && it.member().target().weight() > 0);
            for (Target target : plan.tiers().get(i).targets()) {
                Member member = fleet.members().stream().filter(it -> it.target().equals(target)).findFirst().orElseThrow();
                checkServes(fleet, fleet.state(member), tier, outlook.recalled());
                assertThat(fleet.state(member).health() == Health.UNPROVEN && well && !tier.panic())
                        .as("nobody unproven serves beside somebody who is well").isFalse();
            }
            if (tier.share().at(now) > ROUNDING) {
                assertThat(plan.tiers().get(i).targets()).as("a tier with a share has somebody with weight").anyMatch(it -> it.weight() > 0);
            }
        }
    }

    private static boolean staffs(Fleet fleet, Voyage voyage, Member member, boolean recalled) {
        AdminState admin = fleet.state(member).admin();
        return member.target().weight() > 0
                && (admin == AdminState.ENABLED || (recalled && admin == AdminState.EVACUATED))
                && voyage.planner().order().tiers().stream().anyMatch(tier -> tier.members().contains(member));
    }

    private static void checkServes(Fleet fleet, MemberState state, TierOutlook tier, boolean recalled) {
        Set<String> residency = fleet.residency;
        assertThat(residency == null || residency.contains(Fleet.jurisdiction(state.member().worker().region()))).as("residency").isTrue();
        assertThat(state.admin()).isIn(recalled ? Set.of(AdminState.ENABLED, AdminState.EVACUATED) : Set.of(AdminState.ENABLED));
        if (!tier.panic()) {
            assertThat(state.health() == Health.UNHEALTHY).as("nobody ill serves outside of panic").isFalse();
        }
    }

    /** The first of two tiers, while the second can carry everything, which is when nothing hurries. */
    @ParameterizedTest
    @MethodSource("seeds")
    void trafficLeavesAtOnceAndReturnsNoFasterThanTheRamp(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int history = 0; history < HISTORIES; history++) {
            Fleet fleet = new Fleet().weighted("ca", random.ints(1 + random.nextInt(6), 1, 4).toArray()).with("us", 1).failingOverTo("us");
            fleet.failback = new FailbackSettings(false, Duration.ofSeconds(random.nextInt(90)), Duration.ofSeconds(1 + random.nextInt(40)));
            Voyage voyage = new Voyage(fleet, fleet.order("ca"));
            double fastest = 1.0 / fleet.failback.ramp().toNanos();
            double[] share = {1};
            long[] at = {0};
            Runnable sample = () -> {
                TierOutlook ca = voyage.tier("ca");
                double next = ca.share().at(voyage.now());
                assertThat(next - share[0]).isLessThanOrEqualTo((voyage.now() - at[0]) * fastest + ROUNDING);
                assertThat(next).as("never above what its workers carry").isLessThanOrEqualTo(ca.capacity() + ROUNDING);
                share[0] = next;
                at[0] = voyage.now();
            };
            for (int event = 0; event < EVENTS; event++) {
                fleet.members().stream().filter(member -> member.worker().region().equals("ca")).forEach(member -> {
                    if (random.nextInt(3) == 0) {
                        Health health = random.nextBoolean() ? Health.UNHEALTHY : Health.HEALTHY;
                        fleet.put(new MemberState(member, health, AdminState.ENABLED, MemberState.NOT_WARMING));
                    }
                });
                voyage.replan();
                sample.run();
                passAndSample(voyage, random.nextInt(3) == 0 ? random.nextInt(300) : random.nextDouble(10), sample);
            }
            fleet.lose("ca", 0);
            voyage.replan();
            sample.run();
            passAndSample(voyage, 4000, sample);
            assertThat(share[0]).as("everything comes back in the end").isCloseTo(1, within(ROUNDING));
        }
    }

    /** A tier that flaps, whatever the rhythm, loses its traffic at most 1 + T/hold times in T. */
    @ParameterizedTest
    @MethodSource("seeds")
    void flappingMovesTrafficSeldom(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int history = 0; history < HISTORIES; history++) {
            Fleet fleet = new Fleet().with("ca", 1 + random.nextInt(8)).with("us", 1).failingOverTo("us");
            int hold = 5 + random.nextInt(60);
            fleet.failback = new FailbackSettings(false, Duration.ofSeconds(hold), Duration.ofSeconds(random.nextInt(30)));
            Voyage voyage = new Voyage(fleet, fleet.order("ca"));
            double rhythm = 0.5 + random.nextDouble(1.5 * hold);
            boolean strict = random.nextBoolean();
            int moves = 0;
            boolean here = true;
            for (int event = 0; event < 4 * EVENTS; event++) {
                int workers = fleet.of("ca").size();
                fleet.lose("ca", strict ? (event % 2 == 0 ? workers : 0) : random.nextInt(workers + 1));
                voyage.replan();
                boolean now = voyage.tier("ca").share().at(voyage.now()) >= 0.5;
                if (here && !now) {
                    moves++;
                }
                here = now;
                voyage.pass(strict ? rhythm : random.nextDouble(2 * rhythm));
                here |= voyage.tier("ca").share().at(voyage.now()) >= 0.5;
            }
            assertThat(moves).isLessThanOrEqualTo((int) (1 + voyage.now() / Voyage.SECOND / hold));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void regionsSideBySideKeepTheirRatioWhileTheyCanCarryIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int history = 0; history < HISTORIES; history++) {
            Fleet fleet = new Fleet().with("ca", 10).with("us", 10).with("eu", 10);
            Map<String, Integer> weights = new LinkedHashMap<>();
            REGIONS.forEach(region -> weights.put(region, 1 + random.nextInt(9)));
            fleet.global = weights;
            double sum = weights.values().stream().mapToInt(weight -> weight).sum();
            REGIONS.forEach(region -> fleet.lose(region, random.nextInt(8)));
            Voyage voyage = new Voyage(fleet, fleet.globalOrder());
            boolean enough = voyage.outlook().tiers().stream().allMatch(tier -> tier.capacity() >= weights.getOrDefault(tier.name(), 0) / sum);
            for (TierOutlook tier : voyage.outlook().tiers()) {
                double part = weights.getOrDefault(tier.name(), 0) / sum;
                if (enough) {
                    assertThat(tier.share().at(0)).isCloseTo(part, within(ROUNDING));
                } else if (Shares.sum(voyage.outlook().tiers().stream().mapToDouble(TierOutlook::capacity).toArray()) >= 1) {
                    assertThat(tier.share().at(0)).isGreaterThanOrEqualTo(Math.min(part, tier.capacity()) - ROUNDING);
                }
            }
        }
    }
}

package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.config.ZoneChoice;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an app could bear to lose: a few that can be counted by hand, and many against the planner itself. */
class StrengthTest {
    private static final List<String> REGIONS = List.of("ca", "us", "eu");

    private static List<String> exposures(Fleet fleet, Order order) {
        return Strength.of(order, fleet::state).exposures("ca").stream().map(it -> it.lost() + " " + Math.round(100 * it.left())).toList();
    }

    @Test
    void aRegionWithoutAnotherCannotBeLostButOneOfItsZonesCan() {
        Fleet fleet = new Fleet().with("ca", 10);
        fleet.lose("ca", 1); // 9 of 10 are well, 4 of them in caa

        assertThat(exposures(fleet, fleet.order("ca"))).containsExactly("zone=caa 70", "zone=cab 56", "region=ca 0");
        fleet.lose("ca", 0);
        assertThat(exposures(fleet, fleet.order("ca"))).containsExactly("zone=caa 70", "zone=cab 70", "region=ca 0");
    }

    @Test
    void withARegionToGoToAnyOneLossIsBorne() {
        Fleet fleet = new Fleet().with("ca", 2).with("us", 2).failingOverTo("us");

        assertThat(exposures(fleet, fleet.order("ca"))).isEmpty();
        fleet.lose("us", 2);
        assertThat(exposures(fleet, fleet.order("ca"))).containsExactly("zone=caa 70", "zone=cab 70", "region=ca 0");
    }

    @Test
    void whatIsShortAlreadyComesFirst() {
        Fleet fleet = new Fleet().with("ca", 4);
        fleet.lose("ca", 3);

        assertThat(exposures(fleet, fleet.order("ca"))).containsExactly("null 35", "zone=caa 35", "zone=cab 0", "region=ca 0");
    }

    @Test
    void anOrderThatServesNobodyFearsNothing() {
        Fleet fleet = new Fleet().with("ca", 2);
        fleet.residency = java.util.Set.of("US");

        assertThat(exposures(fleet, fleet.order("ca"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void itIsWhatThePlannerFindsOnceTheyAreReallyLost(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int borne = 0;
        int feared = 0;
        for (int round = 0; round < 200; round++) {
            Fleet fleet = fleet(random);
            for (Order order : Stream.concat(REGIONS.stream().map(fleet::order), Stream.of(fleet.globalOrder())).toList()) {
                Strength strength = Strength.of(order, fleet::state);
                assertThat(strength.now()).isCloseTo(planned(fleet, order, fleet::state), within(1e-9));
                for (Scope part : strength.parts()) {
                    double real = planned(fleet, order, member -> lost(fleet.state(member), part));
                    assertThat(strength.without(part)).as("%s of %s in round %s", part, order.tiers(), round).isCloseTo(real, within(1e-9));
                    if (Strength.isEnough(real)) {
                        borne++;
                    } else {
                        feared++;
                    }
                }
            }
        }
        assertThat(borne).isGreaterThan(50);
        assertThat(feared).isGreaterThan(50);
    }

    /** E as a planner finds it, which is in panic nowhere if that is enough. */
    private static double planned(Fleet fleet, Order order, Function<Member, MemberState> states) {
        Outlook outlook = fleet.planner(order).plan(0, states, ErrorRates.UNKNOWN);
        double all = outlook.tiers().stream().mapToDouble(TierOutlook::capacity).sum();
        if (Strength.isEnough(all)) {
            assertThat(outlook.tiers()).noneMatch(TierOutlook::panic);
        }
        return all;
    }

    private static MemberState lost(MemberState state, Scope part) {
        return part.covers(state.member().worker()) ? new MemberState(state.member(), Health.UNHEALTHY, state.admin(), state.warmSince(), 0) : state;
    }

    private static Fleet fleet(SplittableRandom random) {
        Fleet fleet = new Fleet();
        for (String region : REGIONS) {
            int[] weights = random.ints(random.nextInt(1, 6), 0, 4).toArray();
            weights[0] = 1;
            fleet.weighted(region, weights);
        }
        fleet.to = REGIONS.subList(random.nextInt(3), 3);
        fleet.zones = random.nextBoolean() ? ZoneChoice.SPREAD : ZoneChoice.PREFER_LOCAL;
        fleet.global = random.nextBoolean() ? Map.of() : Map.of("ca", 1, "us", 2);
        int ill = random.nextInt(5);
        Health[] healths = Health.values();
        AdminState[] admins = AdminState.values();
        Predicate<Integer> oneOf = n -> random.nextInt(n) == 0;
        for (Member member : fleet.members()) {
            Health health = ill > 0 && oneOf.test(6 - ill) ? healths[random.nextInt(healths.length)] : Health.HEALTHY;
            AdminState admin = oneOf.test(8) ? admins[random.nextInt(admins.length)] : AdminState.ENABLED;
            double share = oneOf.test(8) ? random.nextInt(5) / 4.0 : 1; // of a region behind a load balancer of its own
            fleet.put(new MemberState(member, health, admin, MemberState.NOT_WARMING, share));
        }
        if (oneOf.test(20)) {
            fleet.admin(AdminState.EVACUATED, _ -> true);
        }
        return fleet;
    }
}

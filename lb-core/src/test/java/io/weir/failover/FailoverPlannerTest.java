package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.balancing.Warming;
import io.weir.config.ZoneChoice;
import io.weir.failover.FailbackState.Phase;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the traffic at the moment of news; how it comes back is {@link FailbackTest}'s. */
class FailoverPlannerTest {
    private final Fleet fleet = new Fleet().with("ca", 4).with("us", 4).failingOverTo("us");

    private Voyage voyage() {
        return new Voyage(fleet, fleet.order("ca"));
    }

    private static List<String> names(Tier tier) {
        return tier.targets().stream().map(Target::name).toList();
    }

    private static Tier tier(Voyage voyage, int place) {
        return voyage.outlook().plan().tiers().get(place);
    }

    @Test
    void theFirstTierTakesAllWhileItIsWell() {
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 100L, "us", 0L));
        assertThat(voyage.outlook().next()).isEqualTo(Outlook.NEVER);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SETTLED);
        assertThat(names(tier(voyage, 0))).containsExactly("ca0", "ca1", "ca2", "ca3");
    }

    /** The table in docs/failover.md. */
    @ParameterizedTest
    @CsvSource({"0, 100, 0", "1, 100, 0", "2, 70, 30", "3, 35, 65", "4, 0, 100"})
    void lostWorkersSpillWhatTheRestCannotCarryAtOnce(int lost, long ca, long us) {
        Voyage voyage = voyage();
        fleet.lose("ca", lost);
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", ca, "us", us));
        assertThat(voyage.outlook().tiers()).noneMatch(TierOutlook::panic);
        assertThat(tier(voyage, 0).targets()).hasSize(4 - lost);
    }

    @Test
    void capacityGoesByWeight() {
        Fleet uneven = new Fleet().weighted("ca", 6, 2, 2, 0).with("us", 1).failingOverTo("us");
        uneven.lose("ca", 1);
        Voyage voyage = new Voyage(uneven, uneven.order("ca"));
        assertThat(voyage.tier("ca").health()).isCloseTo(0.4, within(1e-9));
        assertThat(voyage.percents()).containsEntry("ca", 56L).containsEntry("us", 44L);
    }

    /** A region of one load balancer, behind which a quarter is left. */
    @Test
    void capacityOfAGatewayIsThatOfWhatIsBehindIt() {
        Fleet behind = new Fleet().with("ca", 1).with("us", 1).failingOverTo("us");
        behind.put(new MemberState(behind.of("ca").getFirst(), Health.HEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING, 0.25));
        Voyage voyage = new Voyage(behind, behind.order("ca"));
        assertThat(voyage.tier("ca").health()).isCloseTo(0.25, within(1e-9));
        assertThat(voyage.percents()).containsEntry("ca", 35L).containsEntry("us", 65L);
    }

    @Test
    void probationIsAvailable() {
        fleet.health("ca", 4, Health.PROBATION);
        assertThat(voyage().percent("ca")).isEqualTo(100);
    }

    @Test
    void whenAllTogetherCarryTooLittleSharesAreByCapacityAndIllTiersPanic() {
        fleet.lose("ca", 3);
        fleet.lose("us", 3);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 50L).containsEntry("us", 50L);
        assertThat(voyage.outlook().tiers()).allMatch(TierOutlook::panic);
        assertThat(names(tier(voyage, 0))).containsExactly("ca0", "ca1", "ca2", "ca3");
    }

    @Test
    void onlyTiersBelowThePanicShareAreInPanic() {
        fleet.lose("ca", 2);
        fleet.lose("us", 4);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 100L).containsEntry("us", 0L);
        assertThat(voyage.tier("ca").panic()).isFalse();
        assertThat(voyage.tier("us").panic()).isTrue();
        assertThat(names(tier(voyage, 0))).containsExactly("ca2", "ca3");
    }

    @Test
    void whenNobodyIsWellTheFirstTierTakesAllInPanic() {
        fleet.lose("ca", 4);
        fleet.lose("us", 4);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 100L).containsEntry("us", 0L);
        assertThat(voyage.tier("ca").panic()).isTrue();
        assertThat(voyage.tier("us").panic()).isFalse();
    }

    @Test
    void panicGoesToTheFirstTierThatPeopleLetServe() {
        fleet.lose("ca", 4);
        fleet.lose("us", 4);
        fleet.admin(AdminState.DRAINING, member -> member.worker().region().equals("ca"));
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 0L).containsEntry("us", 100L);
    }

    @Test
    void panicUsesNobodyWhomPeopleTookOut() {
        fleet.lose("ca", 4);
        fleet.lose("us", 4);
        fleet.admin(AdminState.DISABLED, member -> member.target().name().equals("ca0"));
        fleet.admin(AdminState.DRAINING, member -> member.target().name().equals("ca1"));
        assertThat(names(tier(voyage(), 0))).containsExactly("ca2", "ca3");
    }

    @Test
    void panicThatIsOffLeavesNobodyWhenNobodyIsWell() {
        fleet.panic = 0;
        fleet.lose("ca", 4);
        fleet.lose("us", 4);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 0L).containsEntry("us", 0L);
        assertThat(voyage.outlook().plan().tiers()).allMatch(tier -> tier.targets().isEmpty());
    }

    @Test
    void panicThatIsOffStillLaysAllOnThoseThatAreWell() {
        fleet.panic = 0;
        fleet.lose("ca", 3);
        fleet.lose("us", 4);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 100L);
        assertThat(names(tier(voyage, 0))).containsExactly("ca3");
    }

    @Test
    void unprovenWorkersCountInNeitherAndServeOnlyWhereNobodyIsProven() {
        fleet.health("ca", 3, Health.UNPROVEN);
        Voyage voyage = voyage();
        assertThat(voyage.percent("ca")).isEqualTo(100);
        assertThat(names(tier(voyage, 0))).containsExactly("ca3");
        assertThat(voyage.tier("ca").proven()).isEqualTo(1);
    }

    @Test
    void atAStartRequestsGoToTheFirstTierWithoutVerdicts() {
        fleet.health("ca", 4, Health.UNPROVEN);
        fleet.health("us", 4, Health.UNPROVEN);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 100L).containsEntry("us", 0L);
        assertThat(names(tier(voyage, 0))).hasSize(4);
        assertThat(voyage.tier("ca").panic()).isFalse();
    }

    @Test
    void aTierWithoutVerdictsWaitsWhileAnotherHasAWorkerThatIsWell() {
        fleet.health("ca", 4, Health.UNPROVEN);
        assertThat(voyage().percents()).containsEntry("ca", 0L).containsEntry("us", 100L);
    }

    @Test
    void verdictsThatComeOneByOneHoldNobodyBack() {
        fleet.health("ca", 4, Health.UNPROVEN);
        Voyage voyage = voyage(); // us has its verdicts already
        Member first = fleet.of("ca").getFirst();
        fleet.put(new MemberState(first, Health.UNHEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING));
        voyage.replan();
        assertThat(voyage.percent("ca")).isZero();
        fleet.health("ca", 1, Health.UNHEALTHY);
        voyage.replan();
        assertThat(voyage.percent("ca")).isEqualTo(100);
    }

    @Test
    void evacuatedWorkersLeaveBothSides() {
        fleet.admin(AdminState.EVACUATED, member -> member.worker().zone().equals("caa"));
        Voyage voyage = voyage();
        assertThat(voyage.percent("ca")).isEqualTo(100);
        assertThat(names(tier(voyage, 0))).containsExactly("ca1", "ca3");
        assertThat(voyage.tier("ca").enabled()).isEqualTo(2);
    }

    @Test
    void anEvacuatedRegionSendsItsTrafficOn() {
        Voyage voyage = voyage();
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        voyage.replan();
        assertThat(voyage.percents()).containsEntry("ca", 0L).containsEntry("us", 100L);
        assertThat(voyage.outlook().recalled()).isFalse();
        assertThat(tier(voyage, 0).targets()).isEmpty();
    }

    @Test
    void evacuationHoldsEvenIfAllOthersAreIll() {
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        fleet.lose("us", 4);
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsEntry("ca", 0L).containsEntry("us", 100L);
        assertThat(voyage.tier("us").panic()).isTrue();
    }

    @Test
    void evacuatedWorkersAreRecalledWhenNothingElseIsEnabled() {
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        fleet.admin(AdminState.DISABLED, member -> member.worker().region().equals("us"));
        Voyage voyage = voyage();
        assertThat(voyage.outlook().recalled()).isTrue();
        assertThat(voyage.percent("ca")).isEqualTo(100);
    }

    @Test
    void whatWasEvacuatedHardIsNeverRecalled() {
        fleet.admin(AdminState.EVACUATED_HARD, _ -> true);
        fleet.admin(AdminState.EVACUATED, member -> member.target().name().equals("us2"));
        Voyage voyage = voyage();
        assertThat(voyage.outlook().recalled()).isTrue();
        assertThat(names(tier(voyage, 0))).isEmpty();
        assertThat(names(tier(voyage, 1))).containsExactly("us2");
        fleet.admin(AdminState.EVACUATED_HARD, _ -> true);
        voyage.replan();
        assertThat(voyage.percents()).containsEntry("ca", 0L).containsEntry("us", 0L);
        assertThat(voyage.outlook().recalled()).isFalse();
    }

    @Test
    void evacuatedWorkersOutsideOfTheResidencyAreNotRecalled() {
        fleet.residency = Set.of("CA");
        fleet.admin(AdminState.DISABLED, member -> member.worker().region().equals("ca"));
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("us"));
        Voyage voyage = voyage();
        assertThat(voyage.outlook().plan().tiers()).hasSize(1);
        assertThat(voyage.percent("ca")).isZero();
    }

    @Test
    void preferLocalMovesOnToTheOtherZonesAndThenToTheOtherRegion() {
        fleet.zones = ZoneChoice.PREFER_LOCAL;
        Voyage voyage = voyage();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("caa", 100L, "ca", 0L, "us", 0L));
        fleet.put(new MemberState(fleet.of("ca").get(0), Health.UNHEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING));
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("caa", 70L, "ca", 30L, "us", 0L));
        fleet.lose("ca", 3); // of the zones: both, and one of two
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("caa", 0L, "ca", 70L, "us", 30L));
    }

    @Test
    void activeActiveRegionsShareByWeightAndCarryForEachOtherBeforeAnybodyElse() {
        Fleet three = new Fleet().with("ca", 4).with("us", 4).with("eu", 4).failingOverTo("eu");
        three.global = new LinkedHashMap<>(Map.of("ca", 3));
        three.global.put("us", 1);
        Voyage voyage = new Voyage(three, three.globalOrder());
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 75L, "us", 25L, "eu", 0L));
        three.lose("ca", 2);
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 70L, "us", 30L, "eu", 0L));
        three.lose("us", 4);
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 70L, "us", 0L, "eu", 30L));
    }

    @Test
    void activeActiveRegionsPanicTogetherByWeight() {
        fleet.global = new LinkedHashMap<>(Map.of("ca", 3));
        fleet.global.put("us", 1);
        fleet.lose("ca", 4);
        fleet.lose("us", 4);
        Voyage voyage = new Voyage(fleet, fleet.globalOrder());
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 75L, "us", 25L));
        assertThat(voyage.outlook().tiers()).allMatch(TierOutlook::panic);
    }

    @Test
    void anOrderWithoutTiersHasAPlanWithout() {
        fleet.residency = Set.of("EU");
        Voyage voyage = voyage();
        assertThat(voyage.outlook().plan().tiers()).isEmpty();
        assertThat(voyage.planner().order().residencyStopped()).isTrue();
    }

    @Test
    void withoutNewsThePlanIsTheSameObject() {
        Voyage voyage = voyage();
        fleet.lose("ca", 3);
        Outlook before = voyage.replan().outlook();
        assertThat(voyage.replan().outlook()).isSameAs(before);
        fleet.lose("ca", 2);
        voyage.replan().pass(75.2);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        before = voyage.outlook();
        assertThat(voyage.replan().outlook().plan()).isSameAs(before.plan());
        assertThat(voyage.pass(0.3).replan().outlook().plan()).isSameAs(before.plan());
    }

    @Test
    void aTierWhoseWorkersAreTheSameIsTheSame() {
        Voyage voyage = voyage();
        Tier us = tier(voyage, 1);
        fleet.lose("ca", 3);
        voyage.replan();
        assertThat(tier(voyage, 1)).isSameAs(us);
    }

    @Test
    void workersThatRecoveredBeginSlowly() {
        fleet.slowStart = Duration.ofSeconds(30);
        Voyage voyage = voyage();
        fleet.warm("ca", 1, 0);
        voyage.replan();
        assertThat(tier(voyage, 0).warming()).hasSize(1);
        Warming warming = tier(voyage, 0).warming().getFirst();
        assertThat(warming.target().name()).isEqualTo("ca0");
        assertThat(warming.part().at(0)).isEqualTo(0.1);
        assertThat(warming.part().at(30 * Voyage.SECOND)).isEqualTo(1);
        assertThat(voyage.outlook().next()).isBetween(30 * Voyage.SECOND, 31 * Voyage.SECOND);
        voyage.pass(32);
        assertThat(tier(voyage, 0).warming()).isEmpty();
        assertThat(voyage.outlook().next()).isEqualTo(Outlook.NEVER);
    }

    @Test
    void noSlowStartWhereFewWouldHaveToCarryForMany() {
        fleet.slowStart = Duration.ofSeconds(30);
        fleet.warm("ca", 3, 0);
        assertThat(tier(voyage(), 0).warming()).isEmpty();
        fleet.warm("ca", 4, 0);
        assertThat(tier(voyage(), 0).warming()).isEmpty();
    }

    @Test
    void noSlowStartWithoutTheSetting() {
        fleet.warm("ca", 1, 0);
        assertThat(tier(voyage(), 0).warming()).isEmpty();
    }

    @Test
    void aCopyGoesItsOwnWay() {
        Voyage voyage = voyage();
        fleet.lose("ca", 4);
        voyage.replan();
        FailoverPlanner copy = voyage.planner().copy();
        fleet.lose("ca", 0);
        long now = voyage.now();
        for (int second = 0; second <= 70; second++) {
            copy.plan(now + second * Voyage.SECOND, fleet::state, ErrorRates.UNKNOWN);
        }
        assertThat(copy.memo(now + 70 * Voyage.SECOND).tiers()).extracting(FailbackMemo.Entry::phase).containsExactly(Phase.RAMPING);
        assertThat(voyage.planner().memo(now).tiers()).extracting(FailbackMemo.Entry::phase).containsExactly(Phase.LOST);
    }

    /** With policies that don't arrange their targets: what is bounded here is the planner's own part. */
    @Test
    void aFlipAmongTenThousandVisitsEachWorkerAFewTimes() {
        Fleet large = new Fleet().with("ca", 10_000);
        FailoverPlanner planner = large.planner(large.order("ca"));
        int[] asked = new int[1];
        Outlook before = planner.plan(0, large::state, ErrorRates.UNKNOWN);
        large.lose("ca", 1);
        Outlook after = planner.plan(1, member -> {
            asked[0]++;
            return large.state(member);
        }, ErrorRates.UNKNOWN);
        assertThat(asked[0]).isEqualTo(10_000);
        assertThat(after.plan().tiers().getFirst().targets()).hasSize(9_999);
        assertThat(before.plan().tiers().getFirst().targets()).hasSize(10_000);
        assertThat(IntStream.range(0, 3).mapToObj(i -> planner.plan(2 + i, large::state, ErrorRates.UNKNOWN))).allMatch(after::equals);
    }
}

package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.FailbackSettings;
import io.weir.config.CheckSettings;
import io.weir.failover.FailbackState.Phase;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each edge of {@link Failback}'s table, with hold 1 min, ramp 30 s and a check interval of 5 s. */
class FailbackTest {
    private final Fleet fleet = new Fleet().with("ca", 10).with("us", 10).failingOverTo("us");
    private Voyage voyage = new Voyage(fleet, fleet.order("ca"));

    private void settings(boolean manual, int hold, int ramp) {
        fleet.failback = new FailbackSettings(manual, Duration.ofSeconds(hold), Duration.ofSeconds(ramp));
        voyage = new Voyage(fleet, fleet.order("ca"));
    }

    private void lose(int of10) {
        fleet.lose("ca", of10);
        voyage.replan();
    }

    /** All of ca's are lost and well again; its hold has not begun. */
    private void loseAndHeal() {
        lose(10);
        lose(0);
    }

    /** Its share is on its way back, and {@code seconds} of the ramp are over. */
    private void rampFor(double seconds) {
        loseAndHeal();
        voyage.pass(65 + seconds);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
    }

    private void answers(double ca, double us) {
        voyage.errors = tier -> new ErrorRates.Rate(1000, Math.round(1000 * (tier.name().equals("ca") ? ca : us)));
    }

    @Test
    void aSmallSpillIsRememberedAndComesBackOverTheRampAtOnce() {
        lose(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SPILLING);
        assertThat(voyage.percent("ca")).isEqualTo(70);
        voyage.pass(1000);
        lose(0);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        assertThat(voyage.percent("ca")).isEqualTo(70);
        assertThat(voyage.pass(15).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 85L, "us", 15L));
        assertThat(voyage.pass(15).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 100L, "us", 0L));
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SETTLED);
        assertThat(voyage.planner().memo(voyage.now()).tiers()).isEmpty();
    }

    @Test
    void aSpillThatGrowsPastHalfIsALoss() {
        lose(5);
        lose(7);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        assertThat(voyage.percent("ca")).isEqualTo(42);
    }

    @Test
    void aSpillThatGrowsToLessThanHalfStaysOne() {
        lose(4);
        lose(6);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SPILLING);
        assertThat(voyage.percent("ca")).isEqualTo(56);
    }

    @Test
    void aSpillEndsWhenNothingMoreIsToCome() {
        Fleet three = new Fleet().with("ca", 10).with("us", 10).with("eu", 10).failingOverTo("us", "eu");
        Voyage across = new Voyage(three, three.order("ca"));
        three.lose("ca", 10);
        three.lose("us", 5);
        across.replan();
        assertThat(across.phase("us")).isEqualTo(Phase.SPILLING);
        three.lose("ca", 7); // which is less than us lacks
        across.replan().pass(65 + 15);
        assertThat(across.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 21L, "us", 70L, "eu", 9L));
        across.pass(60);
        assertThat(across.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 42L, "us", 58L, "eu", 0L));
        across.replan();
        assertThat(across.phase("us")).isEqualTo(Phase.SETTLED);
    }

    @Test
    void aLostTierSteadiesHoldsAndComesBackOverTheRamp() {
        lose(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 0L, "us", 100L));
        voyage.pass(100);
        lose(0);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
        assertThat(voyage.failback("ca").until()).isEqualTo(105 * Voyage.SECOND);
        voyage.pass(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        assertThat(voyage.failback("ca").since()).isEqualTo(105 * Voyage.SECOND);
        assertThat(voyage.failback("ca").until()).isEqualTo(165 * Voyage.SECOND);
        assertThat(voyage.failback("ca").why()).isEqualTo("it must stay well for 60 s");
        voyage.pass(59.9);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        assertThat(voyage.percent("ca")).isZero();
        voyage.pass(0.1);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        assertThat(voyage.failback("ca").until()).isEqualTo(195 * Voyage.SECOND);
        assertThat(voyage.pass(15).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 50L, "us", 50L));
        assertThat(voyage.pass(15).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 100L, "us", 0L));
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SETTLED);
    }

    @Test
    void aTierThatLosesMoreWhileItIsLostGetsLess() {
        lose(8);
        assertThat(voyage.percent("ca")).isEqualTo(28);
        lose(9);
        assertThat(voyage.percent("ca")).isEqualTo(14);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        lose(8);
        assertThat(voyage.percent("ca")).isEqualTo(14);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
    }

    @Test
    void aCapacityThatChangesIsNotSteady() {
        lose(10);
        lose(6);
        voyage.pass(4);
        lose(5);
        voyage.pass(4);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
        voyage.pass(1);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
    }

    @Test
    void aTierThatFallsWhileItSteadiesIsLostAgain() {
        lose(10);
        lose(0);
        lose(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
    }

    @Test
    void theHoldBeginsAnewWhenTheCapacityFalls() {
        loseAndHeal();
        voyage.pass(30);
        lose(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
        voyage.pass(64);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
    }

    @Test
    void theHoldGoesOnWhenTheCapacityRises() {
        lose(10);
        lose(5);
        voyage.pass(30);
        lose(0);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        voyage.pass(35 + 30);
        assertThat(voyage.percent("ca")).isEqualTo(100);
    }

    @Test
    void aTierThatIsLostWhileItHoldsTakesNoTrafficAndNoPenalty() {
        loseAndHeal();
        voyage.pass(30);
        lose(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        lose(0);
        voyage.pass(5);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(60 * Voyage.SECOND);
    }

    @Test
    void manualFailbackWaitsForAPerson() {
        settings(true, 60, 30);
        loseAndHeal();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
        voyage.pass(100_000);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.WAITING);
        assertThat(voyage.failback("ca").why()).contains("person");
        assertThat(voyage.outlook().next()).isEqualTo(Outlook.NEVER);
        assertThat(voyage.planner().failBackNow()).isTrue();
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        assertThat(voyage.pass(30).percent("ca")).isEqualTo(100);
    }

    @Test
    void aWaitingTierThatWeakensSteadiesAgainAndOneThatFallsIsLost() {
        settings(true, 60, 30);
        loseAndHeal();
        voyage.pass(10);
        lose(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
        voyage.pass(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.WAITING);
        lose(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
    }

    @Test
    void smallSpillsWaitForNobody() {
        settings(true, 60, 30);
        lose(5);
        lose(0);
        assertThat(voyage.pass(30).percent("ca")).isEqualTo(100);
    }

    @Test
    void aPersonCutsTheHoldShort() {
        loseAndHeal();
        voyage.pass(20);
        assertThat(voyage.planner().failBackNow()).isTrue();
        assertThat(voyage.replan().pass(15).percent("ca")).isEqualTo(50);
    }

    @Test
    void aPersonsWordIsNoUseToWhatIsStillLost() {
        lose(10);
        assertThat(voyage.planner().failBackNow()).isFalse();
        lose(0);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.STEADYING);
    }

    @Test
    void theRampPausesWhileTheTierAnswersWorseThanTheOneItTakesOverFrom() {
        rampFor(12);
        answers(0.1, 0);
        voyage.pass(1);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.PAUSED);
        assertThat(voyage.failback("ca").why()).isEqualTo("it fails 10.0 % of its requests, those that it takes over from 0.0 %");
        long paused = voyage.percent("ca");
        assertThat(paused).isBetween(40L, 44L);
        assertThat(voyage.pass(100).percent("ca")).isEqualTo(paused);
        answers(0, 0);
        voyage.pass(1);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        assertThat(voyage.pass(9).percent("ca")).isBetween(paused + 28, paused + 32);
        assertThat(voyage.pass(9).percent("ca")).isEqualTo(100);
    }

    @Test
    void aPersonEndsAPause() {
        rampFor(12);
        answers(0.5, 0);
        voyage.pass(2);
        assertThat(voyage.planner().failBackNow()).isTrue();
        assertThat(voyage.replan().pass(20).percent("ca")).isEqualTo(100);
    }

    @Test
    void tooFewRequestsPauseNothing() {
        rampFor(12);
        voyage.errors = tier -> new ErrorRates.Rate(tier.name().equals("ca") ? 99 : 1000, tier.name().equals("ca") ? 99 : 0);
        voyage.pass(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
    }

    @Test
    void whatChanceExplainsPausesNothing() {
        ErrorRates.Rate two = new ErrorRates.Rate(100, 2);
        assertThat(two.worseThan(new ErrorRates.Rate(100, 0))).isFalse();
        assertThat(new ErrorRates.Rate(1_000_000, 6_000).worseThan(new ErrorRates.Rate(1_000_000, 5_000))).isFalse();
        assertThat(new ErrorRates.Rate(100, 10).worseThan(new ErrorRates.Rate(100, 0))).isTrue();
        assertThat(new ErrorRates.Rate(100, 0).worseThan(new ErrorRates.Rate(100, 10))).isFalse();
    }

    @Test
    void aRampWhoseGoalMovesBeginsAnewFromWhereItIs() {
        rampFor(15);
        lose(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        assertThat(voyage.percent("ca")).isEqualTo(50);
        assertThat(voyage.pass(15).percent("ca")).isEqualTo(60);
        lose(0);
        assertThat(voyage.percent("ca")).isEqualTo(60);
        assertThat(voyage.pass(15).percent("ca")).isEqualTo(80);
        assertThat(voyage.pass(15).percent("ca")).isEqualTo(100);
    }

    @Test
    void aPauseKnowsANewGoal() {
        rampFor(15);
        answers(0.5, 0);
        voyage.pass(1);
        lose(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.PAUSED);
        answers(0, 0);
        assertThat(voyage.replan().pass(30).percent("ca")).isEqualTo(70);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SPILLING);
    }

    @Test
    void aReturnThatIsLostIsARelapse() {
        rampFor(15);
        lose(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        assertThat(voyage.percent("ca")).isZero();
        lose(0);
        voyage.pass(5);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(120 * Voyage.SECOND);
    }

    @Test
    void aReturnThatFallsALittleSpills() {
        rampFor(25);
        lose(5);
        assertThat(voyage.percent("ca")).isEqualTo(70);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SPILLING);
    }

    @Test
    void aReturnToLessThanHalfEndsLost() {
        lose(10);
        lose(8);
        voyage.pass(65 + 30);
        assertThat(voyage.percent("ca")).isEqualTo(28);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        lose(0);
        voyage.pass(5);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(60 * Voyage.SECOND);
    }

    @Test
    void eachRelapseDoublesTheHoldUpToHalfAnHour() {
        loseAndHeal();
        for (int hold : new int[] {60, 120, 240, 480, 960, 1800, 1800}) {
            voyage.pass(5);
            assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
            assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(hold * Voyage.SECOND);
            voyage.pass(hold + 30 + 9 * hold);
            assertThat(voyage.percent("ca")).isEqualTo(100);
            loseAndHeal();
        }
    }

    @Test
    void tenHoldsWithoutRelapseResetTheHold() {
        rampFor(15);
        lose(10);
        lose(0);
        voyage.pass(5 + 120 + 30 + 1201);
        loseAndHeal();
        voyage.pass(5);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(60 * Voyage.SECOND);
    }

    @Test
    void aTierIsForgottenTenHoldsAfterItsReturn() {
        rampFor(30 - 1);
        voyage.pass(1 + 601).replan();
        assertThat(voyage.planner().memo(voyage.now())).isEqualTo(FailbackMemo.NONE);
    }

    @Test
    void whatTheOthersCannotCarryComesBackAtOnceAndTheHoldGoesOn() {
        loseAndHeal();
        voyage.pass(20);
        fleet.lose("us", 5);
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 30L, "us", 70L));
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        fleet.lose("us", 0);
        voyage.replan();
        assertThat(voyage.percent("ca")).isEqualTo(30);
        voyage.pass(45 + 15);
        assertThat(voyage.percent("ca")).isEqualTo(65);
    }

    @Test
    void aRampThatOthersCannotWaitForJumpsAndKeepsItsEnd() {
        rampFor(10);
        fleet.lose("us", 7);
        voyage.replan();
        assertThat(voyage.percent("ca")).isEqualTo(58);
        assertThat(voyage.pass(20).percent("ca")).isEqualTo(100);
    }

    @Test
    void nobodyIsHeldBackWhenNobodyElseServes() {
        loseAndHeal();
        voyage.pass(20);
        fleet.lose("us", 10);
        voyage.replan();
        assertThat(voyage.percent("ca")).isEqualTo(100);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SETTLED);
        assertThat(voyage.tier("ca").panic()).isFalse();
    }

    @Test
    void aLostTierThatMustServeBeforeItHasVerdictsIsLostNoMore() {
        lose(10);
        fleet.health("ca", 10, Health.UNPROVEN);
        fleet.lose("us", 10);
        voyage.replan();
        assertThat(voyage.percent("ca")).isEqualTo(100);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SETTLED);
        fleet.lose("us", 0);
        lose(0);
        assertThat(voyage.percent("ca")).isEqualTo(100);
    }

    @Test
    void whoIsWellFirstAfterEverythingWasLostTakesAllAndTheOtherComesBackFromThere() {
        lose(10);
        fleet.lose("us", 10);
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 100L, "us", 0L)); // in panic
        fleet.lose("us", 0);
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 0L, "us", 100L));
        lose(0);
        assertThat(voyage.percent("ca")).isZero();
        assertThat(voyage.pass(65 + 15).percent("ca")).isEqualTo(50);
    }

    @Test
    void whenAllAreWellAgainAtOnceTheFirstTierTakesAllAtOnce() {
        lose(10);
        fleet.lose("us", 10);
        voyage.replan();
        fleet.lose("us", 0);
        lose(0);
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 100L, "us", 0L));
    }

    @Test
    void aReturnInWhichEverythingIsLostBeginsAnew() {
        rampFor(15);
        fleet.lose("us", 10);
        lose(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        fleet.lose("us", 0);
        voyage.replan();
        lose(0);
        assertThat(voyage.pass(5 + 120 + 15).percent("ca")).isEqualTo(50);
    }

    @Test
    void anAppWithOneTierIsNeverHeldBack() {
        Fleet one = new Fleet().with("ca", 10);
        Voyage alone = new Voyage(one, one.order("ca"));
        one.lose("ca", 10);
        assertThat(alone.replan().percent("ca")).isEqualTo(100);
        one.lose("ca", 5);
        assertThat(alone.replan().percent("ca")).isEqualTo(100);
        one.lose("ca", 0);
        assertThat(alone.replan().percent("ca")).isEqualTo(100);
        assertThat(alone.planner().memo(0)).isEqualTo(FailbackMemo.NONE);
    }

    @Test
    void aTierThatNobodyNeedsMayFallAndRiseFreely() {
        fleet.lose("us", 10);
        voyage.replan();
        assertThat(voyage.phase("us")).isEqualTo(Phase.SETTLED);
        fleet.lose("us", 0);
        voyage.replan();
        lose(10);
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 0L, "us", 100L));
    }

    @Test
    void aSecondTierThatIsLostWhileItServesIsHeldBackFromTheThird() {
        Fleet three = new Fleet().with("ca", 10).with("us", 10).with("eu", 10).failingOverTo("us", "eu");
        Voyage across = new Voyage(three, three.order("ca"));
        three.lose("ca", 10);
        across.replan();
        three.lose("us", 10);
        across.replan();
        assertThat(across.percents()).containsEntry("eu", 100L);
        three.lose("us", 0);
        across.replan();
        assertThat(across.percents()).containsEntry("eu", 100L);
        assertThat(across.pass(65 + 15).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 0L, "us", 50L, "eu", 50L));
    }

    @Test
    void sharesTurnWhereTheThirdTierIsNotNeededAnyMore() {
        Fleet three = new Fleet().with("ca", 10).with("us", 10).with("eu", 10).failingOverTo("us", "eu");
        Voyage across = new Voyage(three, three.order("ca"));
        three.lose("us", 5);
        three.lose("ca", 10);
        across.replan();
        assertThat(across.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 0L, "us", 70L, "eu", 30L));
        three.lose("ca", 0);
        across.replan().pass(65 + 6);
        assertThat(across.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 20L, "us", 70L, "eu", 10L));
        assertThat(across.pass(6).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 40L, "us", 60L, "eu", 0L));
        assertThat(across.pass(9).percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 70L, "us", 30L, "eu", 0L));
    }

    @Test
    void whatPeopleTookOutComesBackOverTheRampWithoutHold() {
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SPILLING);
        assertThat(voyage.failback("ca").why()).isEqualTo("nobody of it is enabled");
        fleet.admin(AdminState.ENABLED, member -> member.worker().region().equals("ca"));
        voyage.replan();
        assertThat(voyage.percent("ca")).isZero();
        assertThat(voyage.pass(15).percent("ca")).isEqualTo(50);
    }

    @Test
    void whatPeopleLetInAgainWhileItIsLostIsHeldLikeALoss() {
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        lose(10);
        fleet.admin(AdminState.ENABLED, member -> member.worker().region().equals("ca"));
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        lose(0);
        voyage.pass(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(60 * Voyage.SECOND);
    }

    @Test
    void whatPeopleLetInAgainWithLessThanHalfIsHeldWhenItRises() {
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        lose(8);
        fleet.admin(AdminState.ENABLED, member -> member.worker().region().equals("ca"));
        voyage.replan().pass(30);
        assertThat(voyage.percent("ca")).isEqualTo(28);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
        lose(0);
        voyage.pass(5);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(60 * Voyage.SECOND);
    }

    @Test
    void anEvacuationDuringAReturnIsNoRelapse() {
        rampFor(15);
        fleet.admin(AdminState.EVACUATED, member -> member.worker().region().equals("ca"));
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.SPILLING);
        assertThat(voyage.percent("ca")).isZero();
    }

    @Test
    void holdAndRampOfZeroBringEverythingBackAfterOneInterval() {
        settings(false, 0, 0);
        loseAndHeal();
        assertThat(voyage.percent("ca")).isZero();
        assertThat(voyage.pass(5).percent("ca")).isEqualTo(100);
    }

    @Test
    void withoutChecksATierSteadiesForTheTimeOfADefaultInterval() {
        fleet.check = null;
        voyage = new Voyage(fleet, fleet.order("ca"));
        loseAndHeal();
        assertThat(voyage.failback("ca").until()).isEqualTo(CheckSettings.DEFAULT.interval().toNanos());
    }

    @Test
    void fallsAreNotBelievedWhileVerdictsAreMissingButTrafficFollowsThem() {
        rampFor(15);
        fleet.health("ca", 10, Health.UNHEALTHY);
        fleet.put(new MemberState(fleet.of("ca").get(9), Health.UNPROVEN, AdminState.ENABLED, MemberState.NOT_WARMING));
        voyage.replan();
        assertThat(voyage.percent("ca")).isZero();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        fleet.health("ca", 10, Health.UNHEALTHY);
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.LOST);
    }

    @Test
    void anotherPlannerGoesOnWhereThisOneWas() {
        loseAndHeal();
        voyage.pass(35);
        voyage.handOver();
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        assertThat(voyage.failback("ca").since()).isEqualTo(5 * Voyage.SECOND);
        voyage.pass(30 + 15);
        assertThat(voyage.percent("ca")).isEqualTo(50);
        voyage.handOver();
        voyage.replan();
        assertThat(voyage.percent("ca")).isEqualTo(50);
        answers(0.5, 0);
        voyage.pass(1);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.PAUSED);
        voyage.handOver();
        answers(0, 0);
        voyage.replan();
        voyage.pass(1);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.RAMPING);
        assertThat(voyage.pass(15).percent("ca")).isEqualTo(100);
        voyage.handOver();
        voyage.replan();
        loseAndHeal();
        voyage.pass(5);
        assertThat(voyage.failback("ca").until() - voyage.now()).isEqualTo(120 * Voyage.SECOND);
    }

    @Test
    void whoeverGoesOnDoesSoUnderItsOwnSettings() {
        settings(true, 60, 30);
        loseAndHeal();
        voyage.pass(10);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.WAITING);
        fleet.failback = new FailbackSettings(false, Duration.ofSeconds(60), Duration.ofSeconds(30));
        voyage.handOver();
        voyage.replan().pass(60 + 15);
        assertThat(voyage.percent("ca")).isEqualTo(50);
        lose(10);
        lose(0);
        voyage.pass(30);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        fleet.failback = new FailbackSettings(true, Duration.ofSeconds(60), Duration.ofSeconds(30));
        voyage.handOver();
        voyage.replan().pass(1000);
        assertThat(voyage.phase("ca")).isEqualTo(Phase.WAITING);
    }

    @Test
    void afterARestartVerdictsAreAwaitedWithoutForgettingTheHold() {
        loseAndHeal();
        voyage.pass(35);
        fleet.health("ca", 10, Health.UNPROVEN);
        fleet.health("us", 10, Health.UNPROVEN);
        voyage.handOver();
        voyage.replan();
        assertThat(voyage.percents()).containsExactlyInAnyOrderEntriesOf(Map.of("ca", 0L, "us", 100L));
        fleet.put(new MemberState(fleet.of("ca").getFirst(), Health.UNHEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING));
        voyage.replan();
        assertThat(voyage.phase("ca")).isEqualTo(Phase.HOLDING);
        fleet.health("ca", 1, Health.UNHEALTHY);
        fleet.health("us", 0, Health.HEALTHY);
        voyage.replan().pass(30 + 15);
        assertThat(voyage.percent("ca")).isEqualTo(50);
    }
}

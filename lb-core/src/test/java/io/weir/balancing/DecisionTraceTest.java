package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a trace says, in full, for one request of each kind. */
class DecisionTraceTest {
    private final StandInTarget a = new StandInTarget("10.0.1.1:80", "ca-c1a", 1);
    private final StandInTarget b = new StandInTarget("10.0.1.2:80", "ca-c1b", 2).rest(true);
    private final StandInTarget c = new StandInTarget("10.1.1.1:80", "us-e1a", 1, Latency.recorded(2_500_000));
    private final Attempts attempts = new Attempts();

    private String trace(Plan plan, Draw draw) {
        DecisionTrace trace = new DecisionTrace();
        Target picked = Decision.decide(plan, attempts, 0, draw, trace);
        if (picked != null) {
            attempts.add(picked);
        }
        return trace.toString();
    }

    @Test
    void aRetryGoesOnUntilNobodyIsLeft() {
        Plan plan = new Plan(List.of(new Tier("ca-c1", List.of(a, b)), new Tier("us-e1", List.of(c), Balance.LEAST_REQUEST)));
        Draw draw = new Draw().begin(2, 7);
        assertThat(trace(plan, draw))
                .isEqualTo(
                        """
                        tier ca-c1, by luck 0.292: ca-c1 takes a share with 100.0%, 2 targets, us-e1 on standby with 0.0%, 1 targets
                        tier ca-c1, ready: 10.0.1.1:80 (zone ca-c1a, weight 1, 0 under way); 10.0.1.2:80 (zone ca-c1b, weight 2, 0 under way) rests after a failed connection
                        turn 2 falls on place 3 of 3, 10.0.1.2:80; by lot 10.0.1.1:80 instead
                        picked 10.0.1.1:80""");
        c.begin();
        assertThat(trace(plan, draw))
                .endsWith(
                        """
                        tier us-e1, elsewhere: 10.1.1.1:80 (zone us-e1a, weight 1, 1 under way, 2.5 ms, cost 1.00)
                        only 10.1.1.1:80 can be drawn
                        picked 10.1.1.1:80""");
        assertThat(trace(plan, draw)).endsWith("picked 10.0.1.2:80");
        assertThat(trace(plan, draw))
                .contains("10.0.1.1:80 (zone ca-c1a, weight 1, 0 under way) was tried")
                .endsWith("nobody is left");
    }

    @Test
    void aMarkIsFollowedOrItSaysWhyNot() {
        Plan plan = new Plan(List.of(new Tier("ca-c1", List.of(a, b))));
        Affinity affinity = new Affinity("orders");
        assertThat(trace(plan, new Draw().begin(0, 7).backTo(affinity, affinity.mark(a))))
                .endsWith("the client's mark is of 10.0.1.1:80 in ca-c1: it goes back there\npicked 10.0.1.1:80");
        assertThat(trace(plan, new Draw().begin(0, 7).backTo(affinity, affinity.mark(b))))
                .contains("the client's mark is of 10.0.1.2:80 in ca-c1, which rests after a failed connection\n");
        assertThat(trace(plan, new Draw().begin(0, 7).backTo(affinity, affinity.mark(c))))
                .contains("the client's mark is of no target that takes traffic\n");
    }

    @Test
    void twoChoicesAndWarmingAreTold() {
        a.begin();
        b.rest(false);
        Tier tier = new Tier("ca-c1", List.of(a, b), Balance.LEAST_REQUEST, true, List.of(new Warming(b, Line.constant(0.25))));
        assertThat(trace(new Plan(List.of(tier), List.of(Line.constant(0.5))), new Draw().begin(0, 3)))
                .contains("ca-c1 in panic with 50.0%")
                .contains("10.0.1.2:80 (zone ca-c1b, weight 2, 0 under way, warming up at 25%, cost 0.00)")
                .containsPattern("drawn 10\\.0\\.1\\.\\d:80 \\(cost [01]\\.00\\) and 10\\.0\\.1\\.\\d:80 \\(cost [01]\\.00\\): 10\\.0\\.1\\.2:80\n")
                .containsPattern("10\\.0\\.1\\.2:80 warms up at 25%, luck 0\\.\\d{3}");
    }

    @Test
    void aKeyThatIsNotAtHomeIsTold() {
        b.rest(false);
        Plan plan = new Plan(List.of(new Tier("ca-c1", List.of(a, b), Balance.HASH)));
        Draw draw = new Draw().begin(0, 0).hashedBy(0xabc);
        DecisionTrace first = new DecisionTrace();
        StandInTarget home = (StandInTarget) java.util.Objects.requireNonNull(Decision.decide(plan, attempts, 0, draw, first));
        assertThat(first.toString()).contains("key 0000000000000abc is at home at " + home.name() + "\n");
        for (int i = 0; i < 9; i++) {
            home.begin();
        }
        assertThat(trace(plan, draw)).contains("at home at " + home.name() + ", which is full with 9 of ").doesNotContain("picked " + home);
    }

    @Test
    void aPlanWithoutTargetsSaysSo() {
        assertThat(trace(new Plan(List.of(new Tier("ca-c1", List.of()))), new Draw().begin(0, 0)))
                .isEqualTo(
                        """
                        no tier takes traffic: ca-c1 on standby with 0.0%, 0 targets
                        tier ca-c1, ready: no targets
                        tier ca-c1, untried: no targets
                        nobody is left""");
    }

    /** A recorded target is a picture: what it does later touches nothing, and what the other does later doesn't change it. */
    @Test
    void aRecordedTargetHasItsOwnLoad() {
        c.begin();
        RecordedTarget copy = RecordedTarget.of(c, 0);
        copy.begin();
        c.finish();
        c.rest(true);
        assertThat(copy.inFlight()).isEqualTo(2);
        assertThat(copy.connectable(0)).isTrue();
        assertThat(copy.latencyAverage()).isEqualTo(2_500_000);
        assertThat(copy.zone()).isEqualTo("us-e1a");
        assertThat(c.inFlight()).isZero();
    }

    @Test
    void aTargetInSeveralTiersHasOneCopy() {
        Plan plan = new Plan(List.of(
                new Tier("ca-c1", List.of(a), Balance.ROUND_ROBIN, false, List.of(new Warming(a, Line.constant(0.5)))),
                new Tier("us-e1", List.of(a, c))));
        Plan recorded = plan.recorded(0);
        Target copy = recorded.tiers().getFirst().targets().getFirst();
        assertThat(recorded.tiers().getLast().targets().getFirst()).isSameAs(copy).isNotSameAs(a);
        assertThat(recorded.tiers().getFirst().warming()).containsExactly(new Warming(copy, Line.constant(0.5)));
        assertThat(recorded.shares()).isEqualTo(plan.shares());
    }
}

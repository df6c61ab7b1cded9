package io.weir.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.health.Health;
import io.weir.health.HealthTransition;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** A scenario is a world, and says so in words that make it again. */
class ScenarioTest {
    private static final Sabotage DEAF = new Sabotage() {
        @Override
        public Flux<HealthTransition> heard(Flux<HealthTransition> announced, SimulatedThread health) {
            return announced.filter(it -> it.from() == Health.UNPROVEN);
        }
    };

    @Test
    void theSameSeedIsTheSameWorld() {
        for (long seed = 1; seed <= 20; seed++) {
            Outcome first = Scenario.random(seed).run();
            Outcome second = Scenario.random(seed).run();
            assertThat(second.tally().digest()).isEqualTo(first.tally().digest());
            assertThat(second.sent()).isEqualTo(first.sent());
            assertThat(second.age()).isEqualTo(first.age());
        }
    }

    @Test
    void differentSeedsAreDifferentWorlds() {
        List<Long> digests = LongStream.rangeClosed(1, 20).mapToObj(seed -> Scenario.random(seed).run().tally().digest()).toList();
        assertThat(digests).doesNotHaveDuplicates();
    }

    @Test
    void aScriptIsReadBackAsItWasWritten() {
        for (long seed = 1; seed <= 200; seed++) {
            Scenario scenario = Scenario.random(seed);
            String script = scenario.acts().stream().map(Act::toString).collect(Collectors.joining("\n"));
            assertThat(Scenario.of(seed, scenario.config(), script)).isEqualTo(scenario);
        }
    }

    @Test
    void aBrokenRuleIsShownByTheFewestEventsThatItTakes() {
        Scenario scenario = Scenario.of(7, """
                domains: [sim.example]
                here: { region: ca-c1, zone: ca-c1a }
                listeners: [ { bind: "127.0.0.1:0" } ]
                regions:
                  ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
                apps:
                  orders:
                    pools:
                      ca-c1: { workers: [ { address: "10.1.1.1:9000", zone: ca-c1a }, { address: "10.1.2.1:9000", zone: ca-c1b } ] }
                """, """
                0.000 load 60
                3.000 zone=ca-c1b slow 100
                5.000 zone=ca-c1a unwell
                9.000 heal zone=ca-c1b
                60.000 heal zone=ca-c1a
                """);
        Violation violation = Objects.requireNonNull(scenario.run(DEAF).violation());
        assertThat(violation.rule()).isEqualTo("NobodyIllIsPicked");
        Scenario least = scenario.shrunk(violation, DEAF);
        assertThat(least.acts().stream().map(Act::toString)).containsExactly("0.000 load 60", "5.000 zone=ca-c1a unwell");
        assertThat(least.asTest(violation))
                .contains("void seed7()", "NobodyIllIsPicked", "5.000 zone=ca-c1a unwell", "10.1.2.1:9000", ".mustHold();");
    }
}

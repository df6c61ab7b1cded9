package io.weir.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Line;
import io.weir.balancing.Plan;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.Checks;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.health.HealthTransition.Cause;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Each rule finds the fault that it is there for: the same world holds with the product as it is, and not with a fault in it. */
class InvariantsTest {
    private static final String ORDERS = """
            domains: [sim.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: "127.0.0.1:0" } ]
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
              eu-w1: { jurisdiction: EU, zones: [eu-w1a] }
            apps:
              orders:
                pools:
                  ca-c1:
                    workers:
                      - { address: "10.1.1.1:9000", zone: ca-c1a }
                      - { address: "10.1.2.1:9001", zone: ca-c1b }
                      - { address: "10.1.1.1:9002", zone: ca-c1a }
                      - { address: "10.1.2.1:9003", zone: ca-c1b }
                  us-e1: { workers: [ { address: "10.2.1.1:9000", zone: us-e1a }, { address: "10.2.1.1:9001", zone: us-e1a } ] }
                  eu-w1: { workers: [ { address: "10.3.1.1:9000", zone: eu-w1a } ] }
                timeouts: { connect: 1s, response: 1s, idle: 2s }
                check: { http: { path: /health }, interval: 1s, timeout: 500ms, rise: 2, fall: 2 }
                ejection: { failures: 3, most: 30%, time: 3s, server-errors: on }
                slow-start: off
                failover: { to: [us-e1], residency: [CA, US], failback: { hold: 10s, ramp: 5s } }
            """;

    /** The rule that the fault breaks; the world must hold without it. */
    private static String broken(String script, Sabotage sabotage) {
        return broken(ORDERS, script, sabotage);
    }

    private static String broken(String config, String script, Sabotage sabotage) {
        Scenario scenario = Scenario.of(1, config, script);
        scenario.mustHold();
        Violation violation = scenario.run(sabotage).violation();
        return violation == null ? "nothing" : violation.rule();
    }

    private static Sabotage configured(String from, String to) {
        return new Sabotage() {
            @Override
            public String config(String given) {
                assertThat(given).contains(from);
                return given.replace(from, to);
            }
        };
    }

    @Test
    void residencyThatIsIgnored() {
        String script = """
                0.000 load 100
                5.000 region=ca-c1 dead
                7.000 region=us-e1 lost
                40.000 heal region=ca-c1
                """;
        assertThat(broken(script, new Sabotage() {
            @Override
            public String config(String given) {
                return given.replace("to: [us-e1], residency: [CA, US]", "to: [us-e1, eu-w1]");
            }

            @Override
            public boolean looksAt(String rule) {
                return rule.equals("ResidencyIsKept"); // before bytes leave, a plan has a tier that it should not have
            }
        })).isEqualTo("ResidencyIsKept");
    }

    @Test
    void newsThatAreLate() {
        String script = """
                0.000 load 200
                5.000 zone=ca-c1a unwell
                20.000 heal zone=ca-c1a
                """;
        assertThat(broken(script, heard((all, health) -> all.delayElements(Duration.ofSeconds(1), Schedulers.fromExecutor(health)))))
                .isEqualTo("NobodyIllIsPicked");
    }

    @Test
    void checksThatAreSlow() {
        String script = """
                0.000 load 200
                5.000 zone=ca-c1a unwell
                60.000 heal zone=ca-c1a
                """;
        assertThat(broken(script, configured("interval: 1s", "interval: 20s"))).isEqualTo("DeadAreLeft");
    }

    @Test
    void complaintsThatNobodyHears() {
        String script = """
                0.000 load 200
                25.000 zone=ca-c1a lost
                60.000 heal zone=ca-c1a
                """;
        String config = ORDERS.replace("interval: 1s", "interval: 10s");
        assertThat(broken(config, script, new Sabotage() {
            @Override
            public boolean passesTrafficOn() {
                return false;
            }
        })).isEqualTo("DeadAreLeft");
    }

    @Test
    void evacuationsThatAreForgotten() {
        String script = """
                0.000 load 200
                5.000 evacuate zone=ca-c1a for 30 s
                50.000 load 20
                """;
        assertThat(broken(script, published((before, _) -> before))).isEqualTo("EvacuatedStayOut");
    }

    @Test
    void workersThatAreGivenAWeight() {
        String config = ORDERS.replace("{ address: \"10.1.1.1:9002\", zone: ca-c1a }", "{ address: \"10.1.1.1:9002\", zone: ca-c1a, weight: 0 }");
        String script = """
                0.000 load 50
                5.000 region=us-e1 dead
                5.000 region=ca-c1 unwell
                20.000 evacuate zone=ca-c1b for 10 s
                40.000 heal region=ca-c1
                """;
        assertThat(broken(config, script, configured("weight: 0", "weight: 1"))).isEqualTo("WeightlessStayOut");
    }

    @Test
    void ejectionsWithoutCeiling() {
        String script = """
                0.000 load 400
                5.000 worker=10.1.1.1:9000 errors 100
                5.000 worker=10.1.2.1:9001 errors 100
                30.000 heal region=ca-c1
                """;
        assertThat(broken(script, configured("most: 30%", "most: 100%"))).isEqualTo("EjectionsAreBounded");
    }

    @Test
    void theLastWorkerEjected() {
        String script = """
                0.000 load 10
                5.000 region=us-e1 unwell
                30.000 heal region=us-e1
                """;
        assertThat(broken(script, new Sabotage() {
            @Override
            public Flux<HealthTransition> announced(Flux<HealthTransition> all) {
                return all.map(it -> it.to() == Health.UNHEALTHY
                        ? new HealthTransition(it.worker(), it.from(), it.to(), Cause.FAILURES, "", Contact.ANSWERS, it.since(), it.at())
                        : it);
            }
        })).isEqualTo("EjectionsAreBounded");
    }

    @Test
    void repeatsThatCostNothing() {
        String script = """
                0.000 load 50
                5.000 pool=orders/ca-c1 resets 100
                5.000 pool=orders/us-e1 resets 100
                5.100 burst orders 500
                12.000 heal pool=orders/ca-c1
                12.000 heal pool=orders/us-e1
                """;
        assertThat(broken(script, new Sabotage() {
            @Override
            public @Nullable AttemptFailure failure(AttemptFailure how) {
                return how == AttemptFailure.RESET ? AttemptFailure.CONNECT_GIVEN_UP : how;
            }
        })).isEqualTo("AttemptsAreBounded");
    }

    @Test
    void endsThatAreToldTwice() {
        assertThat(broken("0.000 load 10\n5.000 load 20", new Sabotage() {
            @Override
            public boolean endsTwice() {
                return true;
            }
        })).isEqualTo("EndsOnce");
    }

    @Test
    void endsThatAreNeverTold() {
        String script = """
                0.000 load 50
                5.000 region=ca-c1 resets 50
                20.000 heal region=ca-c1
                """;
        assertThat(broken(script, new Sabotage() {
            @Override
            public String config(String given) {
                return given.replace("response: 1s", "response: 300s");
            }

            @Override
            public @Nullable AttemptFailure failure(AttemptFailure how) {
                return null;
            }
        })).isEqualTo("EndsOnce");
    }

    @Test
    void sharesThatSumToLess() {
        String script = """
                0.000 load 50
                5.000 zone=ca-c1a dead
                20.000 heal zone=ca-c1a
                """;
        assertThat(broken(script, published((_, plan) -> new Plan(plan.tiers(), plan.shares().stream().map(InvariantsTest::half).toList()))))
                .isEqualTo("SharesSumToOne");
    }

    @Test
    void plansWithNobody() {
        String script = """
                0.000 load 50
                5.000 region=ca-c1 dead
                20.000 heal region=ca-c1
                """;
        assertThat(broken(script, published((_, plan) -> new Plan(plan.tiers(), plan.shares().stream().map(_ -> Line.NONE).toList()))))
                .isEqualTo("PlansAreStaffed");
    }

    @Test
    void panicThatIsNotEarned() {
        String config = ORDERS.replace("slow-start: off", "slow-start: off\n    panic: 0%");
        String script = """
                0.000 load 50
                5.000 region=ca-c1 dead
                5.000 region=us-e1 dead
                30.000 heal region=ca-c1
                """;
        assertThat(broken(config, script, configured("panic: 0%", "panic: 50%"))).isEqualTo("PanicIsEarned");
    }

    @Test
    void returnsWithoutRamp() {
        String script = """
                0.000 load 100
                5.000 region=ca-c1 dead
                20.000 heal region=ca-c1
                60.000 load 10
                """;
        assertThat(broken(script, configured("ramp: 5s", "ramp: 2s"))).isEqualTo("ReturnsAreRamped");
        assertThat(broken(script, configured("ramp: 5s", "ramp: 0s"))).isEqualTo("ReturnsAreRamped");
    }

    @Test
    void returnsWithoutHold() {
        String script = """
                0.000 load 100
                5.000 region=ca-c1 dead
                20.000 heal region=ca-c1
                60.000 load 10
                """;
        assertThat(broken(script, configured("hold: 10s", "hold: 9s"))).isEqualTo("ReturnsAreHeld");
    }

    @Test
    void returnsThatNobodyAskedFor() {
        String config = ORDERS.replace("{ hold: 10s, ramp: 5s }", "manual");
        String script = """
                0.000 load 100
                5.000 region=ca-c1 dead
                20.000 heal region=ca-c1
                60.000 failback orders
                100.000 load 10
                """;
        assertThat(broken(config, script, configured("manual", "{ hold: 10s }"))).isEqualTo("ReturnsAreHeld");
    }

    @Test
    void returnsThatTakeLonger() {
        String lost = """
                0.000 load 100
                5.000 region=ca-c1 dead
                20.000 heal region=ca-c1
                90.000 load 10
                """;
        assertThat(broken(lost, configured("hold: 10s", "hold: 40s"))).isEqualTo("ReturnsAreTimely");
        String restored = """
                0.000 load 100
                5.000 evacuate region=ca-c1 for 300 s
                20.000 restore region=ca-c1
                90.000 load 10
                """;
        assertThat(broken(restored, configured("ramp: 5s", "ramp: 6s"))).as("who was well is waited for no hold").isEqualTo("ReturnsAreTimely");
    }

    @Test
    void flappingThatMovesTrafficEachTime() {
        String config = ORDERS.replace("hold: 10s, ramp: 5s", "hold: 30s, ramp: 0s");
        String script = """
                0.000 load 50
                5.000 region=ca-c1 flapping 5000
                120.000 heal region=ca-c1
                """;
        assertThat(broken(config, script, new Sabotage() {
            @Override
            public String config(String given) {
                return given.replace("hold: 30s", "hold: 0s");
            }

            @Override
            public boolean looksAt(String rule) {
                return rule.equals("MovesAreFew"); // it comes back too early first
            }
        })).isEqualTo("MovesAreFew");
    }

    @Test
    void workersThatNeverComeBack() {
        String script = """
                0.000 load 20
                5.000 worker=10.1.1.1:9000 unwell
                20.000 heal worker=10.1.1.1:9000
                """;
        assertThat(broken(script, new Sabotage() {
            @Override
            public Checks checks(Checks given) {
                return (address, settings) -> address.port() == 9000 ? new Grudge(given.of(address, settings)) : given.of(address, settings);
            }
        })).isEqualTo("AllIsWellAgain");
    }

    @Test
    void tasksThatThrow() {
        assertThat(broken("0.000 load 20", heard((all, _) -> all.map(_ -> {
            throw new IllegalStateException("as it is");
        })))).isEqualTo("IllegalStateException");
    }

    // ---- faults

    private static Line half(Line line) {
        return new Line(line.from() / 2, line.to() / 2, line.start(), line.end());
    }

    @FunctionalInterface
    private interface Heard {
        Flux<HealthTransition> of(Flux<HealthTransition> all, SimulatedThread health);
    }

    private static Sabotage heard(Heard how) {
        return new Sabotage() {
            @Override
            public Flux<HealthTransition> heard(Flux<HealthTransition> announced, SimulatedThread health) {
                return how.of(announced, health);
            }
        };
    }

    @FunctionalInterface
    private interface Published {
        Plan of(Plan before, Plan after);
    }

    private static Sabotage published(Published how) {
        return new Sabotage() {
            @Override
            public Plan published(Plan before, Plan after) {
                return how.of(before, after);
            }
        };
    }

    /** A check that never forgives. */
    private static final class Grudge implements Check {
        private final Check given;
        private boolean failed;

        Grudge(Check given) {
            this.given = given;
        }

        @Override
        public void ask(Duration timeout, Consumer<CheckResult> answer) {
            given.ask(timeout, result -> {
                failed |= !result.passed();
                answer.accept(failed ? CheckResult.failed(CheckResult.Failure.UNWELL, "never again") : result);
            });
        }

        @Override
        public void close() {
            given.close();
        }
    }
}

package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.Step;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random events on both sides, thousands of times. The doubles check what is said while it is said (one response, nothing after the end,
 * nothing to a worker whose attempt is over); each script checks that one end came, that no request was written too often, and that nothing
 * is left.
 */
class ExchangeScriptsTest {
    private static final AttemptFailure[] NEVER_WRITTEN = {
        AttemptFailure.CONNECT_REFUSED, AttemptFailure.CONNECT_TIMEOUT, AttemptFailure.QUEUE_FULL, AttemptFailure.QUEUE_TIMEOUT
    };
    private static final Step.Gate.Verdict[] VERDICTS = {Step.Gate.Verdict.PASS, Step.Gate.Verdict.ANSWER, Step.Gate.Verdict.WAIT};
    private static final String[] METHODS = {"GET", "PUT", "POST", "PATCH", "DELETE"};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappensAnExchangeComesToOneEndAndLeavesNothing(long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        Set<Reason> seen = EnumSet.noneOf(Reason.class);
        for (int i = 0; i < 1000; i++) {
            long script = seeds.nextLong();
            try {
                seen.add(new Script(script).run());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("script " + script, e);
            }
        }
        assertThat(seen).as("the scripts get around").hasSizeGreaterThan(11).contains(Reason.OK, Reason.RESET, Reason.RESPONSE_CUT);
    }

    private static final class Script {
        private final SplittableRandom random;
        private final ExchangeRig rig = new ExchangeRig();
        private final List<Step.Gate.Later> gates = new ArrayList<>();
        private final String method;
        private final boolean hasBody;
        private ScriptedClient client = new ScriptedClient();
        private boolean requestOpen;
        private int stale;

        Script(long seed) {
            random = new SplittableRandom(seed);
            method = METHODS[random.nextInt(METHODS.length)];
            hasBody = random.nextInt(3) > 0;
            rig.seed = seed;
            rig.bodyLimit = random.nextInt(4) == 0 ? 50_000 : -1;
            rig.total = random.nextInt(4) == 0 ? Duration.ofSeconds(25) : rig.total;
            rig.attempt = random.nextInt(4) == 0 ? Duration.ofSeconds(6) : rig.attempt;
            if (random.nextInt(4) == 0) {
                rig.steps = Step.Chain.of((Step.Gate) (_, later) -> {
                    gates.add(later);
                    return VERDICTS[random.nextInt(VERDICTS.length)];
                });
            }
            for (int i = 0; i < 6; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1 -> rig.connector.failing(NEVER_WRITTEN[random.nextInt(NEVER_WRITTEN.length)]);
                    case 2, 3 -> rig.connector.later();
                    case 4 -> rig.connector.breaking(ScriptedConnector.Fault.END);
                    case 5 -> rig.connector.breaking(ScriptedConnector.Fault.FLUSH);
                    default -> rig.connector.atOnce();
                }
            }
        }

        Reason run() {
            if (random.nextInt(10) == 0) {
                rig.exhaustRetries();
            }
            requestOpen = hasBody;
            client = hasBody ? rig.upload(method) : rig.request(method + " / HTTP/1.1", "Host: orders.test");
            for (int i = 0; i < 60 && !client.isSettled(); i++) {
                event();
            }
            if (!client.isSettled()) {
                rig.clientGone();
            }
            gates.forEach(gate -> gate.decide(Step.Gate.Verdict.PASS)); // too late for all of them
            rig.pass(Duration.ofSeconds(1));
            rig.assertNothingLeft();
            long written = rig.connector.workers().stream().filter(worker -> !worker.head().isEmpty()).count();
            boolean idempotent = !method.equals("POST") && !method.equals("PATCH");
            assertThat(written).isLessThanOrEqualTo(idempotent ? 3 + stale : 1);
            assertThat(rig.connector.asked().stream().filter(it -> !it.endsWith("fresh")).distinct().count())
                    .isEqualTo(rig.listener.only().attempts())
                    .isLessThanOrEqualTo(5);
            return rig.listener.only().reason();
        }

        private void event() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> ofClient();
                case 3, 4, 5, 6 -> ofWorker();
                case 7 -> rig.pass(Duration.ofMillis(random.nextInt(200)));
                case 8 -> {
                    if (random.nextInt(4) == 0) {
                        rig.pass(Duration.ofSeconds(random.nextInt(12)));
                    }
                }
                default -> {
                    if (!gates.isEmpty()) {
                        gates.getLast().decide(random.nextBoolean() ? Step.Gate.Verdict.PASS : Step.Gate.Verdict.ANSWER);
                    }
                }
            }
        }

        private void ofClient() {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (random.nextInt(4) == 0) {
                        rig.clientGone();
                    }
                }
                case 1 -> {
                    if (requestOpen && random.nextInt(4) == 0) {
                        requestOpen = false;
                        rig.requestFailed(Reason.BAD_REQUEST, null);
                    }
                }
                case 2 -> rig.clientWritable(random.nextBoolean());
                case 3 -> {
                    if (random.nextInt(6) == 0) {
                        rig.drained();
                    }
                }
                case 4, 5 -> {
                    if (requestOpen) {
                        requestOpen = false;
                        rig.ended();
                    }
                }
                default -> {
                    if (requestOpen && client.isDemanded()) {
                        rig.body(1 + random.nextInt(random.nextInt(4) == 0 ? 40_000 : 100));
                    }
                }
            }
        }

        private void ofWorker() {
            if (!rig.connector.pending().isEmpty()) {
                ScriptedConnector.Pending pending = rig.connector.waiting();
                if (random.nextBoolean()) {
                    pending.connect();
                } else if (random.nextInt(3) == 0) {
                    pending.foundSilent();
                } else {
                    pending.fail(NEVER_WRITTEN[random.nextInt(NEVER_WRITTEN.length)]);
                }
                return;
            }
            if (rig.connector.workers().isEmpty() || rig.connector.worker().isOver()) {
                return;
            }
            ScriptedWorker worker = rig.connector.worker();
            boolean answering = worker.hasAnswered();
            switch (random.nextInt(9)) {
                case 8 -> worker.foundSilent();
                case 0 -> {
                    if (answering) {
                        worker.fail(AttemptFailure.CUT);
                    } else if (random.nextInt(3) == 0) {
                        stale++;
                        worker.fail(AttemptFailure.STALE);
                    } else {
                        worker.fail(random.nextBoolean() ? AttemptFailure.RESET : AttemptFailure.BAD_RESPONSE);
                    }
                }
                case 1 -> worker.writable(random.nextBoolean());
                case 2 -> {
                    if (answering) {
                        worker.end();
                    }
                }
                case 3 -> {
                    if (!answering) {
                        worker.head(random.nextBoolean() ? "HTTP/1.1 103 Early Hints" : "HTTP/1.1 100 Continue");
                    }
                }
                default -> {
                    if (!answering) {
                        worker.head("HTTP/1.1 200 OK");
                    } else if (worker.isDemanded()) {
                        worker.body("x".repeat(1 + random.nextInt(500))).pause();
                    }
                }
            }
        }
    }
}

package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for every plan and request: 10,000 of them, with all their attempts. */
class DecisionPropertiesTest {
    private static final int CASES = 10_000;
    private static final long NOW = RandomCase.NOW;

    /** Takes a case's attempts one by one, and what was decided for each. */
    @FunctionalInterface
    private interface Check {
        void holds(RandomCase it, Attempts attempts, @Nullable Target picked);
    }

    private static void always(Check check) {
        for (int seed = 0; seed < CASES; seed++) {
            RandomCase it = new RandomCase(seed);
            Attempts attempts = new Attempts();
            for (Target picked = null; attempts.count() < Attempts.MOST; attempts.add(picked)) {
                picked = Decision.decide(it.plan, attempts, NOW, it.draw);
                try {
                    check.holds(it, attempts, picked);
                } catch (AssertionError broken) {
                    DecisionTrace trace = new DecisionTrace();
                    Decision.decide(it.plan, attempts, NOW, it.draw, trace);
                    throw new AssertionError("seed " + seed + ", attempt " + (attempts.count() + 1) + ":\n" + trace, broken);
                }
                if (picked == null) {
                    break;
                }
            }
        }
    }

    private static boolean anyUntried(RandomCase it, Attempts attempts, Predicate<Target> also) {
        return it.targets.stream().anyMatch(target -> target.weight() > 0 && !attempts.contains(target) && also.test(target));
    }

    @Test
    void whatWasTriedOrHasNoWeightIsNeverPicked() {
        always((it, attempts, picked) -> {
            if (picked != null) {
                assertThat(attempts.contains(picked)).isFalse();
                assertThat(picked.weight()).isPositive();
            }
        });
    }

    @Test
    void nobodyIsPickedOnlyWhenAllWhoHaveWeightWereTried() {
        always((it, attempts, picked) -> {
            if (picked == null) {
                assertThat(anyUntried(it, attempts, target -> true)).isFalse();
            }
        });
    }

    @Test
    void whoRestsIsPickedOnlyWhenAllDo() {
        always((it, attempts, picked) -> {
            if (picked != null && !picked.connectable(NOW)) {
                assertThat(anyUntried(it, attempts, target -> target.connectable(NOW))).isFalse();
            }
        });
    }

    /** Targets that are not well are in tiers in panic alone. */
    @Test
    void panicIsLeftForOthersAndEnteredOnlyByItsShareOrWhenNobodyElseIsReady() {
        always((it, attempts, picked) -> {
            int chosen = it.plan.choose(it.draw, NOW);
            if (picked == null || picked.equals(it.marked)) {
                return;
            }
            int tier = it.tierOf(picked);
            if (it.plan.tiers().get(tier).panic() && tier != chosen) {
                assertThat(anyUntried(it, attempts, target -> !it.plan.tiers().get(it.tierOf(target)).panic() && target.connectable(NOW)))
                        .isFalse();
            }
        });
    }

    @Test
    void theChosenTierServesItsFirstAttemptsWhileItHasSomebodyReady() {
        always((it, attempts, picked) -> {
            int chosen = it.plan.choose(it.draw, NOW);
            if (chosen >= 0 && attempts.count() < Decision.FAITHFUL && picked != null && !picked.equals(it.marked)) {
                boolean ready = anyUntried(it, attempts, target -> it.tierOf(target) == chosen && target.connectable(NOW));
                assertThat(!ready || it.tierOf(picked) == chosen).isTrue();
            }
        });
    }

    @Test
    void anotherZoneIsPreferredByEveryAttemptButTheFirst() {
        always((it, attempts, picked) -> {
            Target last = attempts.last();
            if (last != null && picked != null && !picked.equals(it.marked) && picked.connectable(NOW) && picked.zone().equals(last.zone())) {
                int tier = it.tierOf(picked);
                assertThat(anyUntried(
                                it,
                                attempts,
                                target -> it.tierOf(target) == tier && target.connectable(NOW) && !target.zone().equals(last.zone())))
                        .isFalse();
            }
        });
    }

    @Test
    void aMarkIsFollowedWhileItsTargetIsReadyAndItsTierTakesAShare() {
        always((it, attempts, picked) -> {
            Target marked = it.marked;
            if (marked != null && Bar.READY.admits(marked, attempts, NOW) && it.plan.takesShare(it.tierOf(marked), NOW)) {
                assertThat(picked).isSameAs(marked);
            }
        });
    }

    @Test
    void theSameQuestionGetsTheSameAnswerAndTheSameTrace() {
        always((it, attempts, picked) -> {
            DecisionTrace trace = new DecisionTrace();
            DecisionTrace again = new DecisionTrace();
            assertThat(Decision.decide(it.plan, attempts, NOW, it.draw, trace)).isSameAs(picked);
            assertThat(Decision.decide(it.plan, attempts, NOW, it.draw, again)).isSameAs(picked);
            assertThat(again.steps()).isEqualTo(trace.steps());
            assertThat(trace.steps().getLast()).isEqualTo(new TraceStep.Pick(picked == null ? null : picked.name()));
        });
    }

    /** What a tool asks of a copy is what the live path does: for each attempt of the request, with the same reasons. */
    @Test
    void aRecordedPlanDecidesAsThePlanItself() {
        for (int seed = 0; seed < CASES; seed++) {
            RandomCase it = new RandomCase(seed);
            Plan recorded = it.plan.recorded(NOW);
            Attempts attempts = new Attempts();
            Attempts ofCopies = new Attempts();
            Target picked;
            do {
                DecisionTrace trace = new DecisionTrace();
                DecisionTrace ofCopy = new DecisionTrace();
                picked = Decision.decide(it.plan, attempts, NOW, it.draw, trace);
                Target copy = Decision.decide(recorded, ofCopies, NOW, it.draw, ofCopy);
                assertThat(ofCopy.steps()).as("seed %d", seed).isEqualTo(trace.steps());
                if (picked != null) {
                    assertThat(Objects.requireNonNull(copy).name()).isEqualTo(picked.name());
                    attempts.add(picked);
                    ofCopies.add(copy);
                }
            } while (picked != null && attempts.count() < Attempts.MOST);
        }
    }

    /** The obstacle of every candidate that the trace names is the one that keeps it from being picked, and the pick has none. */
    @Test
    void theTraceSaysOfEveryCandidateWhetherItCouldBePicked() {
        always((it, attempts, picked) -> {
            DecisionTrace trace = new DecisionTrace();
            Decision.decide(it.plan, attempts, NOW, it.draw, trace);
            List<TraceStep.Question> questions = new ArrayList<>();
            trace.steps().forEach(step -> {
                if (step instanceof TraceStep.Question question) {
                    questions.add(question);
                }
            });
            for (TraceStep.Question question : questions) {
                boolean last = question.equals(questions.getLast()) && picked != null;
                assertThat(question.candidates().stream().anyMatch(candidate -> candidate.obstacle() == null)).isEqualTo(last);
                question.candidates().forEach(candidate -> {
                    if (last && Objects.requireNonNull(picked).name().equals(candidate.target())) {
                        assertThat(candidate.obstacle()).isNull();
                    }
                });
            }
        });
    }
}

package io.weir.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is explained is what happens, attempt by attempt, to a real exchange with the same luck in the same state. */
class ExplainedPicksTest {
    private static final int WORLDS = 1000;
    private static final int QUESTIONS = 10;

    private final Set<String> seen = new TreeSet<>();

    @Test
    void tenThousandRequestsGoWhereTheirExplanationsSay() throws Exception {
        for (int seed = 0; seed < WORLDS; seed++) {
            RandomWorld world = new RandomWorld(seed);
            LiveRequests live = new LiveRequests(world);
            for (int i = 0; i < QUESTIONS; i++) {
                Question question = world.question();
                List<Integer> loads = loads(world);
                Explanation explanation = Explainer.explain(question, world);
                assertThat(loads(world)).as("asking changes nothing").isEqualTo(loads);
                assertThat(Explainer.explain(question, world).text()).as("the same bytes").isEqualTo(explanation.text());
                LiveRequests.Outcome outcome = live.send(question);
                assertThat(outcome.attempts()).as("seed %d, %s", seed, explanation.text()).isEqualTo(attempts(explanation));
                if (outcome.attempts().isEmpty()) {
                    Ending ending = explanation.ending();
                    assertThat(outcome.status()).isEqualTo(ending.status());
                    assertThat(outcome.body()).contains("reason: " + ending.reason());
                    assertThat(ending.remedy()).isNotBlank();
                    seen.add(String.valueOf(ending.reason()));
                } else {
                    note(explanation, outcome.attempts().size());
                }
            }
        }
        assertThat(seen)
                .as("what the cases were like")
                .contains("no_route", "wrong_region", "residency", "no_workers", "5 attempts", "1 attempts", "panic", "comes back", "held back", "warming", "hashed", "rests");
    }

    private static List<Integer> loads(RandomWorld world) {
        return world.targets.stream().map(Target::inFlight).toList();
    }

    private static List<String> attempts(Explanation explanation) {
        List<String> attempts = new ArrayList<>();
        for (Stage stage : explanation.stages()) {
            Object first = stage.facts().get("worker");
            if (first != null) {
                attempts.add(first.toString());
            }
            if (stage.name().equals("retries")) {
                stage.sheets().forEach(sheet -> sheet.rows().forEach(row -> attempts.add(Objects.requireNonNull(row.get(1)).toString())));
            }
        }
        return attempts;
    }

    private void note(Explanation explanation, int attempts) {
        seen.add(attempts + " attempts");
        String text = explanation.text();
        note(text, "in panic", "panic");
        note(text, "it goes back there", "comes back");
        note(text, "held back", "held back");
        note(text, "warms up", "warming");
        note(text, "is at home at", "hashed");
        note(text, "rests after", "rests");
    }

    private void note(String text, String sign, String what) {
        if (text.contains(sign)) {
            seen.add(what);
        }
    }
}

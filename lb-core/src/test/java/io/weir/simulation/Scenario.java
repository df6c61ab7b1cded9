package io.weir.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides what happens in a world. The same scenario is the same world, event by event.
 *
 * @param seed of all chance: when packets arrive, who is picked, which thread comes first
 * @param config as users write it
 * @param acts in order of time; when the last is over, everything heals
 */
record Scenario(long seed, String config, List<Act> acts) {
    Scenario {
        acts = List.copyOf(acts);
    }

    /** {@code script}: a line for each act. */
    static Scenario of(long seed, String config, String script) {
        return new Scenario(seed, config, script.lines().filter(line -> !line.isBlank()).map(Act::parse).toList());
    }

    /** The random one of that seed. */
    static Scenario random(long seed) {
        return new Draft(seed).scenario();
    }

    /** How it ended. */
    Outcome run() {
        return run(Sabotage.NONE);
    }

    Outcome run(Sabotage sabotage) {
        return new World(this, sabotage).run();
    }

    /** Fails with a test to paste if a rule was broken. */
    void mustHold() {
        Violation violation = run().violation();
        if (violation != null) {
            throw new AssertionError(violation + "\n\n" + asTest(violation));
        }
    }

    /** One that breaks the same rule with as few acts as one gets by leaving them out one by one. */
    Scenario shrunk(Violation violation, Sabotage sabotage) {
        Scenario least = this;
        for (int i = acts.size() - 1; i >= 0; i--) {
            List<Act> fewer = new ArrayList<>(least.acts);
            fewer.remove(i);
            Scenario tried = new Scenario(seed, config, fewer);
            Violation still = tried.run(sabotage).violation();
            if (still != null && still.rule().equals(violation.rule())) {
                least = tried;
            }
        }
        return least;
    }

    /** A test to paste into a class of this package. */
    String asTest(@Nullable Violation violation) {
        StringBuilder text = new StringBuilder();
        if (violation != null) {
            text.append("    /** ").append(violation).append(" */\n");
        }
        text.append("    @Test\n    void seed").append(seed).append("() {\n        Scenario.of(").append(seed).append("L, \"\"\"\n");
        config.lines().forEach(line -> text.append("                ").append(line).append('\n'));
        text.append("                \"\"\", \"\"\"\n");
        acts.forEach(act -> text.append("                ").append(act).append('\n'));
        return text.append("                \"\"\").mustHold();\n    }\n").toString();
    }
}

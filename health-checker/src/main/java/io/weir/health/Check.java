package io.weir.health;

import java.time.Duration;
import java.util.function.Consumer;

/** Asks one endpoint how it is. Used on the health loop alone, one question at a time. */
public interface Check extends AutoCloseable {
    /** Asks; {@code answer} is told once, on the health loop, after {@code timeout} at the latest. */
    void ask(Duration timeout, Consumer<CheckResult> answer);

    /** Gives its connection up. A question that is under way gets no answer. */
    @Override
    void close();
}

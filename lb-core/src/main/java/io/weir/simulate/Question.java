package io.weir.simulate;

import io.weir.failover.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be tried out.
 *
 * @param losses one after the other, each once the shares have settled after the one before; at least one
 * @param app the only one that is looked at, or null: all
 * @param load exchanges under way, or null: as many as there are
 * @param seed of what requests leave to chance
 */
public record Question(List<Loss> losses, @Nullable String app, @Nullable Integer load, long seed) {
    /** The seed where nobody names one. */
    public static final int FIRST_SEED = 1;

    /** More losses than that are a mistake. */
    private static final int MOST_LOSSES = 8;

    public Question {
        losses = List.copyOf(losses);
        if (losses.isEmpty() || losses.size() > MOST_LOSSES) {
            throw new IllegalArgumentException("name from 1 to " + MOST_LOSSES + " losses");
        }
    }

    /**
     * What fails, and then, perhaps, separated by commas.
     *
     * @throws IllegalArgumentException with a message for the person who wrote it
     */
    public static List<Loss> failures(String lose, @Nullable String then) {
        List<String> texts = new ArrayList<>(List.of(lose));
        if (then != null) {
            texts.addAll(Arrays.asList(then.split(",", -1)));
        }
        return texts.stream().map(text -> new Loss(Scope.parse(text), Loss.Means.FAILURE)).toList();
    }
}

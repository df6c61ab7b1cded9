package io.weir.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two lists of mappings. Each is followed from one list to the other, first by all that it says, then by its host and path;
 * of those that stay, as few as possible are said to have moved. Goes through the lists and not through their pairs.
 */
final class MappingsDifference {
    private static final int NONE = -1;

    private final List<MappingSettings> before;
    private final List<MappingSettings> after;
    /** By place in the list before. */
    private final int[] to;
    /** By place in the list after. */
    private final int[] from;

    private record Key(@Nullable String host, String path) {}

    private MappingsDifference(List<MappingSettings> before, List<MappingSettings> after) {
        this.before = before;
        this.after = after;
        this.to = new int[before.size()];
        this.from = new int[after.size()];
        Arrays.fill(to, NONE);
        Arrays.fill(from, NONE);
    }

    static void tell(List<MappingSettings> before, List<MappingSettings> after, Consumer<String> lines) {
        if (before.equals(after)) {
            return;
        }
        MappingsDifference difference = new MappingsDifference(before, after);
        difference.match(mapping -> mapping);
        difference.match(mapping -> new Key(mapping.host(), mapping.path()));
        difference.tell(lines);
    }

    /** Pairs those that are alike in that, in the order of both lists. */
    private void match(Function<MappingSettings, Object> by) {
        Map<Object, ArrayDeque<Integer>> open = new HashMap<>();
        for (int i = 0; i < to.length; i++) {
            if (to[i] == NONE) {
                open.computeIfAbsent(by.apply(before.get(i)), _ -> new ArrayDeque<>()).add(i);
            }
        }
        for (int i = 0; i < from.length; i++) {
            ArrayDeque<Integer> alike = from[i] == NONE ? open.get(by.apply(after.get(i))) : null;
            if (alike != null && !alike.isEmpty()) {
                from[i] = alike.remove();
                to[from[i]] = i;
            }
        }
    }

    private void tell(Consumer<String> lines) {
        for (int i = 0; i < to.length; i++) {
            if (to[i] == NONE) {
                lines.accept(place(i) + ": gone, was " + text(before.get(i)));
            }
        }
        boolean[] still = still();
        for (int i = 0; i < from.length; i++) {
            if (from[i] == NONE) {
                lines.accept(place(i) + ": new, " + text(after.get(i)));
                continue;
            }
            MappingSettings was = before.get(from[i]);
            MappingSettings is = after.get(i);
            if (!still[i]) {
                lines.accept(place(i) + ": moved, was " + place(from[i]) + ", " + text(is));
            }
            if (!was.equals(is)) {
                lines.accept(place(i) + ": " + key(is) + ": " + was.goal().text() + " -> " + is.goal().text());
            }
        }
    }

    /** By place in the list after: the longest run of those that stand in the same order in both. */
    private boolean[] still() {
        int[] lasts = new int[from.length]; // by length of a run: the place at which the one ends that ends earliest in the list before
        int[] previous = new int[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            if (from[i] == NONE) {
                continue;
            }
            int low = 0;
            int high = length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (from[lasts[middle]] < from[i]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            previous[i] = low == 0 ? NONE : lasts[low - 1];
            lasts[low] = i;
            length = Math.max(length, low + 1);
        }
        boolean[] still = new boolean[from.length];
        for (int i = length == 0 ? NONE : lasts[length - 1]; i != NONE; i = previous[i]) {
            still[i] = true;
        }
        return still;
    }

    private static String place(int index) {
        return "mappings[" + index + ']';
    }

    private static String text(MappingSettings mapping) {
        return key(mapping) + ": " + Quoted.clean(mapping.goal().text());
    }

    private static String key(MappingSettings mapping) {
        return Quoted.clean((mapping.host() == null ? "any host, " : mapping.host()) + mapping.path());
    }
}

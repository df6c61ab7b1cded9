package io.weir.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between two values as {@link SettingsTree} writes them, a line for each: {@code timeouts.response: 300s -> 30s}. */
final class TreeDifference {
    /** In characters, of a value within a line. */
    private static final int LONGEST = 120;

    private final Consumer<String> lines;

    private TreeDifference(Consumer<String> lines) {
        this.lines = lines;
    }

    /** Both under that path; a null is a key that isn't there. */
    static void tell(KeyPath path, @Nullable Object before, @Nullable Object after, Consumer<String> lines) {
        new TreeDifference(lines).tell(path, before, after);
    }

    private void tell(KeyPath path, @Nullable Object before, @Nullable Object after) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (before instanceof Map<?, ?> was && after instanceof Map<?, ?> is) {
            was.forEach((key, value) -> tell(path.key(String.valueOf(key)), value, is.get(key)));
            is.forEach((key, value) -> {
                if (!was.containsKey(key)) {
                    tell(path.key(String.valueOf(key)), null, value);
                }
            });
        } else if (before instanceof List<?> was && after instanceof List<?> is) {
            tellLists(path, was, is);
        } else if (before == null) {
            lines.accept(path + ": new, " + print(after));
        } else if (after == null) {
            lines.accept(path + ": gone, was " + print(before));
        } else {
            lines.accept(path + ": " + print(before) + " -> " + print(after));
        }
    }

    private void tellLists(KeyPath path, List<?> before, List<?> after) {
        if (before.size() == after.size() && before.stream().allMatch(Map.class::isInstance)) {
            for (int i = 0; i < before.size(); i++) {
                tell(path.item(i), before.get(i), after.get(i));
            }
            return;
        }
        List<Object> gone = new ArrayList<>(before);
        after.forEach(gone::remove);
        List<Object> come = new ArrayList<>(after);
        before.forEach(come::remove);
        if (gone.isEmpty() && come.isEmpty()) {
            lines.accept(path + ": " + print(before) + " -> " + print(after));
            return;
        }
        gone.forEach(item -> lines.accept(path + ": without " + print(item)));
        come.forEach(item -> lines.accept(path + ": with " + print(item)));
    }

    /** In one line, as YAML. */
    static String print(@Nullable Object value) {
        String text = text(value);
        return Quoted.clean(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…");
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.entrySet().stream().map(it -> it.getKey() + ": " + text(it.getValue())).collect(Collectors.joining(", ", "{", "}"));
            case Collection<?> list -> list.stream().map(TreeDifference::text).collect(Collectors.joining(", ", "[", "]"));
            case null -> "";
            default -> value.toString();
        };
    }
}

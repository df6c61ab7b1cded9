package io.weir.admin;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Facts for people: a line each with the names in one column, then the tables. */
final class TextForm {
    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private TextForm() {}

    static void write(Map<String, Object> facts, Appendable to) throws IOException {
        int widest = facts.entrySet().stream()
                .filter(fact -> !(fact.getValue() instanceof Table))
                .mapToInt(fact -> fact.getKey().length())
                .max()
                .orElse(0);
        boolean first = true;
        for (Map.Entry<String, Object> fact : facts.entrySet()) {
            if (fact.getValue() instanceof Table table) {
                if (!table.rows().isEmpty() || first) {
                    to.append(first ? "" : "\n");
                    table(fact.getKey(), table, to);
                    first = false;
                }
            } else {
                to.append(padded(words(fact.getKey()), widest)).append(GAP).append(text(fact.getValue())).append('\n');
                first = false;
            }
        }
    }

    private static void table(String name, Table table, Appendable to) throws IOException {
        int[] shown = IntStream.range(0, table.columns().size()).filter(table::shows).toArray();
        List<List<String>> lines = new ArrayList<>();
        lines.add(Arrays.stream(shown).mapToObj(i -> words(table.columns().get(i)).toUpperCase(Locale.ROOT)).toList());
        table.rows().forEach(row -> lines.add(Arrays.stream(shown).mapToObj(i -> text(row.get(i))).toList()));
        int[] widths = new int[shown.length];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(padded(line.get(i), widths[i])).append(GAP);
            }
            to.append(text.toString().stripTrailing()).append('\n');
        }
        if (table.leftOff() > 0) {
            to.append("and ").append(String.valueOf(table.leftOff())).append(" more ").append(words(name)).append("; see limit= and app=\n");
        }
    }

    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> NOTHING;
            case Duration duration -> duration(duration);
            case Map<?, ?> facts ->
                facts.entrySet().stream().map(fact -> words(String.valueOf(fact.getKey())) + " " + text(fact.getValue())).collect(Collectors.joining(", "));
            case List<?> items -> items.isEmpty() ? NOTHING : items.stream().map(TextForm::text).collect(Collectors.joining(", "));
            case Object other -> other.toString();
        };
    }

    /** To about three digits: {@code 412us}, {@code 1.8ms}, {@code 250ms}, {@code 12.5s}, {@code 3h 12m}, {@code 5d 2h}. */
    private static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 1) {
            long micros = duration.toNanos() / 1000;
            return micros == 0 || micros >= 10_000
                    ? micros / 1000 + "ms"
                    : micros < 1000 ? micros + "us" : String.format(Locale.ROOT, "%d.%dms", micros / 1000, micros % 1000 / 100);
        }
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%d.%ds", seconds, duration.toMillisPart() / 100);
        }
        if (seconds < 3600) {
            return duration.toMinutes() + "m " + duration.toSecondsPart() + "s";
        }
        return duration.toDays() == 0
                ? duration.toHours() + "h " + duration.toMinutesPart() + "m"
                : duration.toDays() + "d " + duration.toHoursPart() + "h";
    }

    private static String words(String name) {
        return name.replace('_', ' ');
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}

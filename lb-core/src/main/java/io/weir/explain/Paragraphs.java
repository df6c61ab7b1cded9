package io.weir.explain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Stages as people read them on a terminal: names in one column, sentences beside them, sheets aligned below. */
final class Paragraphs {
    private static final int INDENT = 11;
    /** Where sentences are broken. Rows aren't: a terminal that is too narrow breaks them. */
    private static final int WIDTH = 120;

    private static final String GAP = "  ";

    private final StringBuilder out = new StringBuilder();

    void line(String text) {
        out.append(text).append('\n');
    }

    void stage(Stage stage) {
        out.append('\n');
        sentence(stage.name(), stage.outcome());
        stage.why().forEach(sentence -> sentence("", sentence));
        for (Sheet sheet : stage.sheets()) {
            if (!sheet.rows().isEmpty() || sheet.leftOff() > 0) {
                out.append('\n');
                sheet(sheet);
            }
        }
    }

    private void sentence(String name, String text) {
        StringBuilder line = new StringBuilder(padded(name, INDENT));
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                line(line.toString());
                line.setLength(0);
                line.append(" ".repeat(INDENT + 2));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        line(line.toString());
    }

    /** Columns in which nobody has anything to say are left out. */
    private void sheet(Sheet sheet) {
        List<StringBuilder> lines = new ArrayList<>();
        for (int i = 0; i <= sheet.rows().size(); i++) {
            lines.add(new StringBuilder(" ".repeat(INDENT)));
        }
        for (int column = 0; column < sheet.columns().size(); column++) {
            List<String> cells = cells(sheet, column);
            int width = cells.stream().mapToInt(String::length).max().orElse(0);
            for (int i = 0; i < cells.size(); i++) {
                lines.get(i).append(padded(cells.get(i), width)).append(GAP);
            }
        }
        lines.forEach(line -> line(line.toString().stripTrailing()));
        if (sheet.leftOff() > 0) {
            line(" ".repeat(INDENT) + "and " + sheet.leftOff() + " more " + sheet.name());
        }
    }

    /** A column under its title; none if it is to be left out. */
    private static List<String> cells(Sheet sheet, int column) {
        List<String> cells = new ArrayList<>();
        cells.add(sheet.columns().get(column).replace('_', ' ').toUpperCase(Locale.ROOT));
        boolean says = false;
        for (List<@Nullable Object> row : sheet.rows()) {
            cells.add(text(row.get(column)));
            says |= row.get(column) != null;
        }
        return says ? cells : List.of();
    }

    private static String text(@Nullable Object cell) {
        return switch (cell) {
            case null -> "-";
            case Duration duration -> duration(duration);
            case Object other -> other.toString();
        };
    }

    /** To about three digits: {@code 1.8ms}, {@code 250ms}, {@code 12.5s}, {@code 3m 12s}, {@code 5h 2m}. */
    static String duration(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        if (millis < 1000) {
            return millis < 10 ? String.format(Locale.ROOT, "%.1fms", millis) : Math.round(millis) + "ms";
        }
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%d.%ds", seconds, duration.toMillisPart() / 100);
        }
        return seconds < 3600 ? seconds / 60 + "m " + seconds % 60 + "s" : seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    @Override
    public String toString() {
        return out.toString();
    }
}

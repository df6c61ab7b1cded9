package io.weir.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * When a plan is not to be carried out: {@code closes>0}, {@code removed-workers>20%}, {@code rerouted>1%}.
 *
 * @param most what may be at most: a number, or a share of 1
 */
public record PlanCondition(Figure figure, double most) {
    private static final Pattern FORM = Pattern.compile("([a-z-]+)\\s*>\\s*([0-9]{1,9}(?:\\.[0-9]{1,3})?)(%?)");

    /** What is compared. */
    public enum Figure {
        CLOSES(false),
        REMOVED_WORKERS(true),
        REROUTED(true);

        private final boolean share;

        Figure(boolean share) {
            this.share = share;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * As people write it.
     *
     * @throws IllegalArgumentException with a message for them
     */
    public static PlanCondition parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (form.matches()) {
            for (Figure figure : Figure.values()) {
                boolean percent = !form.group(3).isEmpty();
                if (figure.word().equals(form.group(1)) && figure.share == percent && (percent || form.group(2).indexOf('.') < 0)) {
                    return new PlanCondition(figure, Double.parseDouble(form.group(2)) / (percent ? 100 : 1));
                }
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no condition; write closes>0, removed-workers>20% or rerouted>1%");
    }

    /** Several, with commas between them. */
    public static List<PlanCondition> parseAll(String text) {
        return Arrays.stream(text.split(",")).map(PlanCondition::parse).toList();
    }

    /** Whether it holds for that value of its figure. */
    boolean holds(double value) {
        return value > most;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return figure.word() + ">" + print(most, figure.share);
    }

    /** As a figure of that kind is written. */
    String print(double value) {
        return print(value, figure.share);
    }

    private static String print(double value, boolean share) {
        double shown = share ? value * 100 : value;
        String number = Math.abs(shown - Math.rint(shown)) < 1e-9 ? String.valueOf(Math.round(shown)) : String.format(Locale.ROOT, "%.1f", shown);
        return number + (share ? "%" : "");
    }

    /** As {@link #parseAll} reads them. */
    public static String text(List<PlanCondition> all) {
        return all.stream().map(PlanCondition::toString).collect(Collectors.joining(","));
    }
}

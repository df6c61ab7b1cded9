package io.weir.simulate;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a drill is to end before its time: when of the attempts of the last seconds more than that share failed by a worker's fault.
 *
 * @param share 0 to 1
 */
public record AbortCondition(double share) {
    /** Fewer attempts say nothing. */
    private static final long ENOUGH = 50;

    private static final Pattern FORM = Pattern.compile("errors *> *(\\d{1,3}(?:\\.\\d{1,3})?) *%");
    private static final double PERCENT = 100;

    /**
     * Reads {@code errors>1%}.
     *
     * @throws IllegalArgumentException with a message for the person who wrote it
     */
    public static AbortCondition parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        double share = form.matches() ? Double.parseDouble(form.group(1)) / PERCENT : Double.NaN;
        if (!(share < 1)) {
            throw new IllegalArgumentException("\"" + text + "\" is no condition; write errors>1%, with less than 100%");
        }
        return new AbortCondition(share);
    }

    boolean holds(long requests, long failed) {
        return requests >= ENOUGH && failed > share * requests;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        String percent = String.format(Locale.ROOT, "%.3f", share * PERCENT);
        return "errors>" + percent.replaceAll("\\.?0+$", "") + '%';
    }
}

package io.weir.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When something is to be undone: when of the attempts of some time more than that share failed by a worker's fault.
 *
 * @param share 0 to 1
 */
public record ErrorCondition(double share) {
    static final String HINT = "write errors>1%, with less than 100%";
    /** Of the text; blanks may stand around the comparison and before the unit. */
    static final String PATTERN = "errors *> *(\\d{1,3}(?:\\.\\d{1,3})?) *%";

    /** Fewer attempts say nothing. */
    private static final long ENOUGH = 50;

    private static final Pattern FORM = Pattern.compile(PATTERN);
    private static final double PERCENT = 100;

    public ErrorCondition {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("no share of errors: " + share);
        }
    }

    /**
     * Reads {@code errors>1%}.
     *
     * @throws IllegalArgumentException with a message for the person who wrote it
     */
    public static ErrorCondition parse(String text) {
        ErrorCondition read = readOrNull(text);
        if (read == null) {
            throw new IllegalArgumentException("\"" + text + "\" is no condition; " + HINT);
        }
        return read;
    }

    static @Nullable ErrorCondition readOrNull(String text) {
        Matcher form = FORM.matcher(text.strip());
        double share = form.matches() ? Double.parseDouble(form.group(1)) / PERCENT : Double.NaN;
        return share < 1 ? new ErrorCondition(share) : null;
    }

    /** Whether it holds; never of so few requests that they say nothing. */
    public boolean holds(long requests, long failed) {
        return requests >= ENOUGH && failed > share * requests;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        String percent = String.format(Locale.ROOT, "%.3f", share * PERCENT);
        return "errors>" + percent.replaceAll("\\.?0+$", "") + '%';
    }
}

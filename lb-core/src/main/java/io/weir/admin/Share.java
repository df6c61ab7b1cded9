package io.weir.admin;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * A part of a whole: 40 % to people, {@code 0.4} to programs.
 *
 * @param value 0 to 1, or above where there is more than is needed; in thousandths
 */
record Share(BigDecimal value) {
    private static final int DIGITS = 3;

    static Share of(double value) {
        return new Share(BigDecimal.valueOf(value).setScale(DIGITS, RoundingMode.HALF_UP));
    }

    @Override
    public String toString() {
        double percent = value.doubleValue() * 100;
        return String.format(Locale.ROOT, percent == Math.rint(percent) ? "%.0f%%" : "%.1f%%", percent);
    }
}

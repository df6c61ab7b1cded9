package io.weir.explain;

import java.util.Locale;

/** A part of a whole, 0 to 1. */
record Part(double of1) {
    /** To a tenth of a percent, as {@code 12.5%}; whole percents without it. */
    @Override
    public String toString() {
        long tenths = Math.round(of1 * 1000);
        return tenths % 10 == 0 ? tenths / 10 + "%" : String.format(Locale.ROOT, "%d.%d%%", tenths / 10, tenths % 10);
    }
}

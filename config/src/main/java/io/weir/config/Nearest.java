package io.weir.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the name that was probably meant. */
final class Nearest {

    /** Longer names are not compared. As long as a DNS label. */
    private static final int LONGEST = 63;

    /**
     * Comparisons for one config: some tenth of a second. A config in which thousands of mappings name none of thousands of apps
     * would otherwise cost their product.
     */
    private int comparisonsLeft = 200_000;

    /** {@code did you mean …?}, or null if none of the known names is near. */
    @Nullable String hint(String name, Collection<String> known) {
        String nearest = to(name, known);
        return nearest == null ? null : question(nearest);
    }

    static String question(String nearest) {
        return "did you mean " + Quoted.cut(nearest) + "?";
    }

    /** The known name that differs least, or null if none is near. */
    @Nullable String to(String name, Collection<String> known) {
        if (name.length() > LONGEST) {
            return null;
        }
        // A third of the letters may differ: "wieght" is weight, but "tls" is not via.
        int nearestDistance = Math.max(1, name.length() / 3) + 1;
        String nearest = null;
        for (String candidate : known) {
            if (comparisonsLeft-- <= 0) {
                return nearest;
            }
            if (Math.abs(candidate.length() - name.length()) < nearestDistance && candidate.length() <= LONGEST) {
                int distance = distance(name, candidate);
                if (distance < nearestDistance) {
                    nearestDistance = distance;
                    nearest = candidate;
                }
            }
        }
        return nearest;
    }

    /** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}

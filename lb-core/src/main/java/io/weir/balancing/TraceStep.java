package io.weir.balancing;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of a decision: what was looked at, and why it went on as it did. Names and figures alone: the same question gives equal steps,
 * be it asked of a plan or of a recorded copy.
 */
public sealed interface TraceStep {
    /** In words, for people. */
    String text();

    /**
     * The tier was chosen.
     *
     * @param luck the request's, [0, 1): the tier is the one in whose part of the shares, laid side by side, it falls
     * @param tier null if none takes traffic
     */
    record Choice(double luck, List<TierThen> tiers, @Nullable String tier) implements TraceStep {
        public Choice {
            tiers = List.copyOf(tiers);
        }

        @Override
        public String text() {
            String all = tiers.stream().map(TierThen::text).collect(Collectors.joining(", "));
            return tier == null ? "no tier takes traffic: " + all : String.format(Locale.ROOT, "tier %s, by luck %.3f: %s", tier, luck, all);
        }
    }

    /** How a tier stood: its part of the traffic, 0 to 1, and how many targets it has. */
    record TierThen(String tier, double share, Standing standing, int targets) {
        String text() {
            return String.format(Locale.ROOT, "%s %s with %.1f%%, %d targets", tier, standing.text(), 100 * share, targets);
        }
    }

    /**
     * The request carries a target's mark.
     *
     * @param target null if no tier that takes traffic has the target
     * @param tier the target's
     * @param obstacle why it can't go back to it; null if it does, or has nobody to go back to
     */
    record Mark(@Nullable String target, @Nullable String tier, @Nullable Obstacle obstacle) implements TraceStep {
        @Override
        public String text() {
            if (target == null) {
                return "the client's mark is of no target that takes traffic";
            }
            return "the client's mark is of " + target + " in " + tier
                    + (obstacle == null ? ": it goes back there" : ", which " + obstacle.text());
        }
    }

    /** A tier was asked for a target that clears a bar. */
    record Question(String tier, Bar bar, List<Candidate> candidates) implements TraceStep {
        public Question {
            candidates = List.copyOf(candidates);
        }

        @Override
        public String text() {
            return "tier " + tier + ", " + bar.name().toLowerCase(Locale.ROOT) + ": "
                    + (candidates.isEmpty() ? "no targets" : candidates.stream().map(Candidate::text).collect(Collectors.joining("; ")));
        }
    }

    /**
     * A target that might have been picked.
     *
     * @param inFlight exchanges under way at it
     * @param latency its average, in ns; 0 if it is not known or not measured
     * @param part of its share that it gets, 0 to 1: less than 1 while it warms up
     * @param cost what the tier's policy compares targets by for this request, less is better; null if it goes by turns
     * @param obstacle why it can't be picked; null if it can
     */
    record Candidate(
            String target,
            String zone,
            int weight,
            int inFlight,
            long latency,
            double part,
            @Nullable Double cost,
            @Nullable Obstacle obstacle) {
        String text() {
            StringBuilder out = new StringBuilder(String.format(Locale.ROOT, "%s (zone %s, weight %d, %d under way", target, zone, weight, inFlight));
            if (latency > 0) {
                out.append(String.format(Locale.ROOT, ", %.1f ms", latency / 1e6));
            }
            if (part < 1) {
                out.append(String.format(Locale.ROOT, ", warming up at %.0f%%", 100 * part));
            }
            if (cost != null) {
                out.append(String.format(Locale.ROOT, ", cost %.3g", cost));
            }
            out.append(')');
            return obstacle == null ? out.toString() : out.append(' ').append(obstacle.text()).toString();
        }
    }

    /**
     * Round-robin picked: the running number falls on a place of the rotation.
     *
     * @param due whose place it is
     * @param picked it, or one by lot in its stead
     */
    record Turn(int turn, int place, int length, String due, String picked) implements TraceStep {
        @Override
        public String text() {
            String falls = String.format(Locale.ROOT, "turn %s falls on place %d of %d, %s", Integer.toUnsignedString(turn), place + 1, length, due);
            return due.equals(picked) ? falls : falls + "; by lot " + picked + " instead";
        }
    }

    /** Two were drawn, and the second taken if the first costs more than {@code margin} times as much; null if there is but one. */
    record TwoChoices(String first, double firstCost, @Nullable String second, double secondCost, double margin, String picked)
            implements TraceStep {
        @Override
        public String text() {
            return second == null
                    ? "only " + first + " can be drawn"
                    : String.format(Locale.ROOT, "drawn %s (cost %.3g) and %s (cost %.3g): %s", first, firstCost, second, secondCost, picked);
        }
    }

    /**
     * The key's order was followed.
     *
     * @param home the first in it
     * @param inFlight what home has under way
     * @param most what it may have; null if it has nothing, and so nobody asked
     */
    record Hash(long key, String home, int inFlight, @Nullable Double most, String picked) implements TraceStep {
        @Override
        public String text() {
            String first = String.format(Locale.ROOT, "key %016x is at home at %s", key, home);
            return home.equals(picked)
                    ? first
                    : String.format(Locale.ROOT, "%s, which is full with %d of %.0f; next is %s", first, inFlight, most, picked);
        }
    }

    /**
     * The one that was picked warms up.
     *
     * @param part of its share that it gets, 0 to 1
     * @param luck it is passed over if this is not below
     * @param instead who gets the request; null if the target keeps it, by luck or since nobody else can
     */
    record Warm(String target, double part, double luck, @Nullable String instead) implements TraceStep {
        @Override
        public String text() {
            String warms = String.format(Locale.ROOT, "%s warms up at %.0f%%, luck %.3f", target, 100 * part, luck);
            return warms + (instead != null ? ": " + instead + " instead" : luck < part ? "" : ": nobody else can");
        }
    }

    /** The outcome; null if nobody is left. */
    record Pick(@Nullable String target) implements TraceStep {
        @Override
        public String text() {
            return target == null ? "nobody is left" : "picked " + target;
        }
    }
}

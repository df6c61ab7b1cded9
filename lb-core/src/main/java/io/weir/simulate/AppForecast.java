package io.weir.simulate;

import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of one app. Lists by step begin with how it is before the first loss.
 *
 * @param entrances as the app's situation has them; the one at {@code home} is that of requests that name no region
 */
public record AppForecast(String app, List<Entrance> entrances, int home, List<WorkerForecast> workers) {
    /** How much more a worker gets, where that can't be told. No number, and so neither above nor below any. */
    static final double UNKNOWN = Double.NaN;

    /**
     * Requests that ask for it in one way.
     *
     * @param asked the region that they name, or empty: the global domain
     * @param tiers names, the most preferred first
     * @param shares of the tiers, 0 to 1, by step
     * @param verdicts by step
     * @param settled how long after each loss the shares don't change any more, by step; the first is 0
     */
    public record Entrance(String asked, List<String> tiers, List<List<Double>> shares, List<Verdict> verdicts, List<Duration> settled) {
        /** The worst that comes of a loss. What was so before the first loss doesn't come of one. */
        Verdict worst() {
            Verdict worst = Verdict.UNTOUCHED;
            for (int step = 1; step < verdicts.size(); step++) {
                worst = worse(worst, news(step));
            }
            return worst;
        }

        /** The verdict after that step, unless it was no better before the first. */
        public Verdict news(int step) {
            Verdict before = verdicts.getFirst();
            boolean worse = verdicts.get(step).compareTo(before) < 0 && before.compareTo(Verdict.STOPPED_BY_RESIDENCY) > 0;
            return worse ? verdicts.get(step) : Verdict.UNTOUCHED;
        }
    }

    /**
     * One worker.
     *
     * @param loads exchanges under way at it, by step
     * @param factors by step, how much more it gets by the plan than before; of one that got nothing, than others of its weight did. 0 if it
     *     is lost, or gets nothing; {@link #UNKNOWN} where it gets something that can't be compared
     * @param most exchanges that may be under way at it
     */
    public record WorkerForecast(Worker worker, boolean lost, List<Double> loads, List<Double> factors, int most) {
        /** Whether more exchanges are under way after that step than may be. */
        public boolean over(int step) {
            return loads.get(step) > most;
        }

        /** The highest after any loss, as far as it is known. */
        public double factor() {
            return factors.stream().skip(1).mapToDouble(Double::doubleValue).filter(factor -> !Double.isNaN(factor)).max().orElse(0);
        }

        /** Whether after a loss it gets something that can't be compared, and nothing that can. */
        public boolean isUnknown() {
            return factor() == 0 && factors.stream().skip(1).anyMatch(factor -> factor.isNaN());
        }
    }

    private static Verdict worse(Verdict one, Verdict other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    public Entrance atHome() {
        return entrances.get(home);
    }

    /** The worst for requests that name no region. */
    Verdict worst() {
        return atHome().worst();
    }

    /** The regions for which requests that name them find nobody any more after that step; without the one where the app begins. */
    public List<String> darkByName(int step) {
        return entrances.stream()
                .filter(entrance -> !entrance.equals(atHome()) && entrance.news(step).compareTo(Verdict.STOPPED_BY_RESIDENCY) <= 0)
                .map(Entrance::asked)
                .toList();
    }

    /** Whether it can be told of none of its workers that get something how much more that is. */
    public boolean isUnknown() {
        return factor() == 0 && workers.stream().anyMatch(WorkerForecast::isUnknown);
    }

    /** The highest of its workers, as far as it is known. */
    public double factor() {
        return workers.stream().mapToDouble(WorkerForecast::factor).max().orElse(0);
    }

    private static String why(Verdict verdict) {
        return switch (verdict) {
            case DARK -> ": nobody who is well would be left";
            case STOPPED_BY_RESIDENCY -> ": its residency admits nobody of those who would be left";
            case NOTHING_ELSE_LEFT -> ": nothing else may serve it";
            case PANIC, OVERLOADED, MOVED, UNTOUCHED -> ": too few who are well would be left";
        };
    }

    /** Why this must not be done to the app on purpose, each with the kind of requests that it concerns; empty if it may. */
    public List<String> objections() {
        List<String> objections = new ArrayList<>();
        for (Entrance entrance : entrances) {
            Verdict worst = entrance.worst();
            if (worst.harms() || (worst == Verdict.NOTHING_ELSE_LEFT && entrance.equals(atHome()))) {
                objections.add((entrance.equals(atHome()) ? app : app + " in " + entrance.asked()) + why(worst));
            }
        }
        return objections;
    }
}

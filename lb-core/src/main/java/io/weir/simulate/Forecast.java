package io.weir.simulate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** What becomes of all apps: sums over all of them, and the worst of them whole. Not thread-safe. */
public final class Forecast {
    /** Of the worst verdict, then of the highest load, then by name. */
    private static final Comparator<AppForecast> WORST_FIRST = Comparator.comparing(AppForecast::worst)
            .thenComparing(Comparator.comparingDouble(AppForecast::factor).reversed())
            .thenComparing(AppForecast::app);

    /** What comes of one loss. */
    public static final class Step {
        private final int number;
        private final Loss loss;
        private final Map<Verdict, Long> apps = new EnumMap<>(Verdict.class);
        private long darkByName;
        private long workersOver;

        private Step(int number, Loss loss) {
            this.number = number;
            this.loss = loss;
        }

        private void add(AppForecast app) {
            apps.merge(app.atHome().news(number), 1L, Long::sum);
            darkByName += app.darkByName(number).size();
            workersOver += app.workers().stream().filter(worker -> worker.over(number) && !worker.over(0)).count();
        }

        public Loss loss() {
            return loss;
        }

        /** Apps whose requests without a region come to that. */
        public long apps(Verdict verdict) {
            return apps.getOrDefault(verdict, 0L);
        }

        /** Regions of apps that are not where the app begins, and for which requests that name them find nobody. */
        public long darkByName() {
            return darkByName;
        }

        /** Workers with more exchanges than connections. */
        public long workersOver() {
            return workersOver;
        }
    }

    private final Question question;
    private final Load load;
    private final int all;
    private final int most;
    private final List<Step> steps = new ArrayList<>();
    private final PriorityQueue<AppForecast> worst;
    private final List<String> objections = new ArrayList<>();
    private long objected;
    private final List<String> unmanned = new ArrayList<>();
    private int unmannedApps;
    private int concerned;
    private int darkBefore;

    /**
     * One that knows nothing yet.
     *
     * @param all how many apps are looked at
     * @param most how many of the worst are kept
     */
    Forecast(Question question, Load load, int all, int most) {
        this.question = question;
        this.load = load;
        this.all = all;
        this.most = most;
        this.worst = new PriorityQueue<>(WORST_FIRST.reversed());
        for (Loss loss : question.losses()) {
            steps.add(new Step(steps.size() + 1, loss));
        }
    }

    /** An app of which no worker is found: it has nobody to lose. */
    void addUnmanned(String app) {
        unmannedApps++;
        if (unmanned.size() < most) {
            unmanned.add(app);
        }
    }

    void add(AppForecast app) {
        concerned++;
        steps.forEach(step -> step.add(app));
        if (app.atHome().verdicts().getFirst().compareTo(Verdict.STOPPED_BY_RESIDENCY) <= 0) {
            darkBefore++;
        }
        for (String objection : app.objections()) {
            objected++;
            if (objections.size() < most) {
                objections.add(objection);
            }
        }
        worst.add(app);
        if (worst.size() > most) {
            worst.remove();
        }
    }

    public Question question() {
        return question;
    }

    public Load load() {
        return load;
    }

    /** How many apps were looked at. */
    public int all() {
        return all;
    }

    /** How many of them have workers that are lost. */
    public int concerned() {
        return concerned;
    }

    /** How many of those nobody serves before anything is lost. */
    public int darkBefore() {
        return darkBefore;
    }

    /** Names of apps without any worker; no more than were asked for. */
    public List<String> unmanned() {
        return unmanned;
    }

    /** How many of those there are in all. */
    public int unmannedApps() {
        return unmannedApps;
    }

    public List<Step> steps() {
        return steps;
    }

    /** The worst first. */
    public List<AppForecast> worst() {
        return worst.stream().sorted(WORST_FIRST).toList();
    }

    /** Why it must not be done on purpose; no more than were asked for. */
    public List<String> objections() {
        return objections;
    }

    /** How many objections there are in all. */
    public long objected() {
        return objected;
    }
}

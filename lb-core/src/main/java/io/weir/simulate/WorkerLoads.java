package io.weir.simulate;

import io.weir.balancing.Attempts;
import io.weir.balancing.Decision;
import io.weir.balancing.Draw;
import io.weir.balancing.Plan;
import io.weir.balancing.RecordedTarget;
import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.control.Steering;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What an app's workers get of its exchanges: by the plan, and in a trial of single decisions. */
final class WorkerLoads {
    private final Situation app;
    private final double exchanges;
    /** Exchanges that are tried out for each worker, so that few that are under way are spread as many would be. */
    private final int trials;

    private final long seed;
    /** What of the exchanges comes in where, by entrance. */
    private final double[] parts;
    /** By step, then by worker. */
    private final List<double[]> planned = new ArrayList<>();

    private final List<double[]> tried = new ArrayList<>();

    WorkerLoads(Situation app, Load load, int trials, long seed) {
        this.app = app;
        this.exchanges = load.of(members(app));
        this.trials = trials;
        this.seed = seed ^ app.settings().name().hashCode();
        this.parts = parts(app);
    }

    private static List<Member> members(Situation app) {
        return app.states().stream().map(MemberState::member).toList();
    }

    /**
     * The global domain has all of it where it has a plan of its own; else who is served in a region is taken to have named it, and where
     * nothing is under way nobody names one.
     */
    private static double[] parts(Situation app) {
        double[] parts = new double[app.entrances().size()];
        boolean global = app.entrances().get(app.home()).asked().equals(Steering.GLOBAL);
        double sum = 0;
        for (int i = 0; i < parts.length && !global; i++) {
            String region = app.entrances().get(i).asked();
            parts[i] = Load.underWay(members(app).stream().filter(member -> member.worker().region().equals(region)).toList());
            sum += parts[i];
        }
        for (int i = 0; i < parts.length; i++) {
            parts[i] = sum > 0 ? parts[i] / sum : i == app.home() ? 1 : 0;
        }
        return parts;
    }

    /** What they get while these plans are in force, which have settled at {@code now} ns. */
    void add(List<Plan> plans, long now) {
        Map<Target, Integer> places = new HashMap<>();
        app.states().forEach(state -> places.put(state.member().target(), places.size()));
        double[] byPlan = new double[places.size()];
        double[] byTrial = new double[places.size()];
        Map<Target, RecordedTarget> copies = new HashMap<>();
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] > 0) {
                lay(plans.get(i), now, parts[i] * exchanges, places, byPlan);
                attempt(plans.get(i), now, parts[i], places, copies, byTrial);
            }
        }
        planned.add(byPlan);
        tried.add(byTrial);
    }

    private static void lay(Plan plan, long now, double amount, Map<Target, Integer> places, double[] to) {
        for (int i = 0; i < plan.tiers().size(); i++) {
            Tier tier = plan.tiers().get(i);
            double weights = tier.targets().stream().mapToInt(Target::weight).sum();
            double share = plan.shares().get(i).at(now);
            for (Target target : tier.targets()) {
                Integer place = places.get(target);
                if (place != null && weights > 0) {
                    to[place] += amount * share * target.weight() / weights;
                }
            }
        }
    }

    private void attempt(Plan plan, long now, double part, Map<Target, Integer> places, Map<Target, RecordedTarget> copies, double[] to) {
        int asked = (int) Math.ceil(part * Math.max(exchanges, trials * places.size()));
        Map<Target, Integer> placesOfCopies = new HashMap<>();
        Plan trial = plan.onto(target -> copies.computeIfAbsent(target, it -> idle(it, app.now())));
        copies.forEach((target, copy) -> {
            Integer place = places.get(target);
            if (place != null) {
                placesOfCopies.put(copy, place);
            }
        });
        SplittableRandom random = new SplittableRandom(seed);
        Attempts none = new Attempts();
        Draw draw = new Draw();
        for (int turn = 0; turn < asked; turn++) {
            Target target = Decision.decide(trial, none, now, draw.begin(turn, random.nextLong()));
            Integer place = target == null ? null : placesOfCopies.get(target);
            if (target != null && place != null) {
                target.begin();
                to[place] += part * exchanges / asked;
            }
        }
    }

    private static RecordedTarget idle(Target target, long now) {
        return new RecordedTarget(target.name(), target.zone(), target.weight(), 0, target.latencyAverage(), target.connectable(now));
    }

    /**
     * How much more that worker gets at that step, by the plan, than before any loss; of one that got nothing, than others of its weight did.
     * 0 if it gets nothing; {@link AppForecast#UNKNOWN} of a load balancer that stands for who knows how many, and where no worker got
     * anything that it could be compared with.
     */
    double factor(int worker, int step) {
        double after = planned.get(step)[worker];
        double before = planned.getFirst()[worker];
        if (after == 0) {
            return 0;
        }
        if (isGateway(worker)) {
            return AppForecast.UNKNOWN;
        }
        double of = before > 0 ? before : app.states().get(worker).member().target().weight() * usual();
        return of > 0 ? after / of : AppForecast.UNKNOWN;
    }

    private boolean isGateway(int worker) {
        return app.settings().isBehindGateway(app.states().get(worker).member().worker().region());
    }

    /** What there was for each unit of weight of those who served before any loss. */
    private double usual() {
        double weights = 0;
        double sum = 0;
        for (int i = 0; i < app.states().size(); i++) {
            double load = planned.getFirst()[i];
            if (load > 0 && !isGateway(i)) {
                weights += app.states().get(i).member().target().weight();
                sum += load;
            }
        }
        return weights > 0 ? sum / weights : 0;
    }

    /** What that worker got in the trial, by step. */
    List<Double> of(int worker) {
        return tried.stream().map(step -> step[worker]).toList();
    }
}

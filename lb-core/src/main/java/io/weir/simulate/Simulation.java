package io.weir.simulate;

import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.config.UpstreamSettings;
import io.weir.control.AppControl;
import io.weir.failover.ErrorRates;
import io.weir.failover.FailoverPlanner;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.failover.Outlook;
import io.weir.failover.TierOutlook;
import io.weir.health.AdminState;
import io.weir.upstream.GatewayTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tries losses out on apps, each by itself. The planners are copies of those that make the live plans, the decisions those of the live path
 * on copies of the targets; time goes on by itself until shares have settled. The same situation, question and seed give the same answer.
 */
public final class Simulation {
    /** Workers whose situation the control thread takes in one turn, and those of one app more: about a millisecond. */
    private static final int AT_ONCE = 500;

    /** Turns of planning after which shares that still change are taken as they are: more than a ramp of two hours has. */
    private static final int MOST_TURNS = 10_000;

    /** Exchanges that are tried out for each loss, unless there are so many workers that they are {@link #FEWEST} for each, or so few. */
    private static final long TRIED = 1_000_000;

    private static final long FEWEST = 20;
    private static final long MOST = 200;

    private static final double ROUNDING = 1e-9;

    private final Question question;
    private final Load load;
    private final int trials;

    private Simulation(Question question, Load load, int trials) {
        this.question = question;
        this.load = load;
        this.trials = trials;
    }

    /**
     * What would become of the apps; of the worst {@code most} of them in detail.
     *
     * @throws NoneSuchException if a loss concerns nobody, or there is no such app
     */
    public static Forecast of(Apps apps, Question question, int most) throws NoneSuchException {
        List<AppControl> all = apps.all();
        for (Loss loss : question.losses()) {
            if (all.stream().noneMatch(app -> concerns(loss, app))) {
                throw new NoneSuchException("no worker is in " + loss.scope() + "; see weir status, or the page /workers");
            }
        }
        List<AppControl> seen = all.stream().filter(app -> question.app() == null || question.app().equals(app.settings().name())).toList();
        if (seen.isEmpty()) {
            throw new NoneSuchException("there is no app " + question.app() + " among " + all.size());
        }
        List<AppControl> concerned = seen.stream().filter(app -> !app.members().isEmpty() && question.losses().stream().anyMatch(loss -> concerns(loss, app))).toList();
        Load load = Load.over(seen, question.load());
        long workers = concerned.stream().mapToLong(app -> app.members().size()).sum();
        Simulation simulation = new Simulation(question, load, (int) Math.clamp(TRIED / Math.max(1, workers), FEWEST, MOST));
        Forecast forecast = new Forecast(question, load, seen.size(), most);
        seen.stream().filter(app -> app.members().isEmpty()).forEach(app -> forecast.addUnmanned(app.settings().name()));
        for (int from = 0; from < concerned.size(); ) {
            int to = from;
            for (int taken = 0; to < concerned.size() && taken < AT_ONCE; to++) {
                taken += concerned.get(to).members().size();
            }
            apps.situations(concerned.subList(from, to)).forEach(app -> forecast.add(simulation.of(app)));
            from = to;
        }
        return forecast;
    }

    /** Something is named that there isn't; the message is for the person who did. */
    public static final class NoneSuchException extends Exception {
        private static final long serialVersionUID = 1;

        NoneSuchException(String message) {
            super(message, null, false, false);
        }
    }

    private static boolean concerns(Loss loss, AppControl app) {
        return app.has(loss.scope());
    }

    /** How everything is after a loss, once it has settled; the first is before any. */
    private record Moment(Map<Member, MemberState> states, List<Outlook> outlooks, List<Duration> settled, long now) {}

    /** What becomes of one app. */
    AppForecast of(Situation app) {
        List<Moment> moments = moments(app);
        List<AppForecast.WorkerForecast> workers = workers(app, moments);
        List<AppForecast.Entrance> entrances = new ArrayList<>();
        for (int i = 0; i < app.entrances().size(); i++) {
            entrances.add(entrance(app, i, moments, workers));
        }
        return new AppForecast(app.settings().name(), entrances, app.home(), workers);
    }

    private List<AppForecast.WorkerForecast> workers(Situation app, List<Moment> moments) {
        WorkerLoads loads = new WorkerLoads(app, load, trials, question.seed());
        moments.forEach(moment -> loads.add(moment.outlooks().stream().map(Outlook::plan).toList(), moment.now()));
        List<AppForecast.WorkerForecast> workers = new ArrayList<>();
        for (int i = 0; i < app.states().size(); i++) {
            Member member = app.states().get(i).member();
            List<Double> factors = new ArrayList<>();
            for (int step = 0; step < moments.size(); step++) {
                factors.add(serves(state(moments.get(step).states(), member)) ? loads.factor(i, step) : 0);
            }
            boolean lost = !state(moments.getLast().states(), member).equals(app.states().get(i));
            UpstreamSettings upstream = app.settings().upstream();
            int most = app.settings().isBehindGateway(member.worker().region()) ? GatewayTarget.most(upstream) : upstream.connections();
            workers.add(new AppForecast.WorkerForecast(member.worker(), lost, loads.of(i), factors, most));
        }
        return workers;
    }

    private List<Moment> moments(Situation app) {
        List<FailoverPlanner> planners = app.entrances().stream().map(entrance -> entrance.planner().copy()).toList();
        Map<Member, MemberState> states = new HashMap<>();
        app.states().forEach(state -> states.put(state.member(), state));
        List<Moment> moments = new ArrayList<>();
        List<Outlook> before = planners.stream().map(planner -> plan(planner, app.now(), states)).toList();
        moments.add(new Moment(Map.copyOf(states), before, before.stream().map(_ -> Duration.ZERO).toList(), app.now()));
        for (Loss loss : question.losses()) {
            states.replaceAll((_, state) -> loss.of(state));
            moments.add(settle(planners, Map.copyOf(states), moments.getLast().now()));
        }
        return moments;
    }

    private static Moment settle(List<FailoverPlanner> planners, Map<Member, MemberState> states, long since) {
        List<Outlook> outlooks = new ArrayList<>();
        List<Duration> settled = new ArrayList<>();
        long last = since;
        for (FailoverPlanner planner : planners) {
            long now = since;
            Outlook outlook = plan(planner, now, states);
            for (int turns = 0; outlook.next() != Outlook.NEVER && outlook.next() > now && turns < MOST_TURNS; turns++) {
                now = outlook.next();
                outlook = plan(planner, now, states);
            }
            outlooks.add(outlook);
            settled.add(Duration.ofNanos(now - since));
            last = Math.max(last, now);
        }
        return new Moment(states, outlooks, settled, last);
    }

    private static Outlook plan(FailoverPlanner planner, long now, Map<Member, MemberState> states) {
        return planner.plan(now, member -> state(states, member), ErrorRates.UNKNOWN);
    }

    private static MemberState state(Map<Member, MemberState> states, Member member) {
        MemberState state = states.get(member);
        if (state == null) {
            throw new IllegalStateException("a tier has a worker that the app hasn't: " + member.worker());
        }
        return state;
    }

    private AppForecast.Entrance entrance(Situation app, int place, List<Moment> moments, List<AppForecast.WorkerForecast> workers) {
        List<List<Double>> shares = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        List<Member> outside = app.entrances().stream().flatMap(entrance -> entrance.planner().order().outside().stream()).toList();
        for (int step = 0; step < moments.size(); step++) {
            Moment moment = moments.get(step);
            Outlook outlook = moment.outlooks().get(place);
            shares.add(outlook.plan().shares().stream().map(share -> share.at(moment.now())).toList());
            boolean someoneOutside = outside.stream().map(member -> state(moment.states(), member)).anyMatch(Simulation::serves);
            Verdict alone = Verdict.of(outlook, someoneOutside);
            verdicts.add(alone == Verdict.UNTOUCHED && step > 0 ? compared(moments, place, step, workers) : alone);
        }
        return new AppForecast.Entrance(
                app.entrances().get(place).asked(),
                moments.getFirst().outlooks().get(place).tiers().stream().map(TierOutlook::name).toList(),
                shares,
                verdicts,
                moments.stream().map(moment -> moment.settled().get(place)).toList());
    }

    private static boolean serves(MemberState state) {
        return state.health().available() && state.admin() == AdminState.ENABLED && state.member().target().weight() > 0;
    }

    /** Who gets what, by what a tier's share is to people: in thousandths. */
    private static Map<Set<Target>, Long> serving(Plan plan, long now) {
        Map<Set<Target>, Long> serving = new HashMap<>();
        for (int i = 0; i < plan.tiers().size(); i++) {
            long share = Math.round(1000 * plan.shares().get(i).at(now));
            if (share > 0) {
                serving.put(Set.copyOf(plan.tiers().get(i).targets()), share);
            }
        }
        return serving;
    }

    private static Verdict compared(List<Moment> moments, int place, int step, List<AppForecast.WorkerForecast> workers) {
        Moment first = moments.getFirst();
        Moment then = moments.get(step);
        boolean same = serving(first.outlooks().get(place).plan(), first.now()).equals(serving(then.outlooks().get(place).plan(), then.now()));
        boolean over = workers.stream().anyMatch(worker -> worker.factors().get(step) > FailoverPlanner.OVERLOAD + ROUNDING
                || (worker.over(step) && !worker.over(0)));
        return same ? Verdict.UNTOUCHED : over ? Verdict.OVERLOADED : Verdict.MOVED;
    }
}

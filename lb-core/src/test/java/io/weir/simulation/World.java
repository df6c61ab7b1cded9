package io.weir.simulation;

import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.config.AppSettings;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.ControlListener;
import io.weir.control.Steering;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.failover.Evacuation;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import io.weir.failover.TierOrder;
import io.weir.health.HealthTransition;
import io.weir.health.WorkerReport;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.upstream.AttemptFailure;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One scenario under way: a balancer, its workers, its clients and its operators, in one thread. Threads of the product are queues of tasks
 * here; whichever is due first works next, and of two at once chance chooses.
 */
final class World {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** How long the control thread gathers news. */
    private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(2);
    /** For how long requests that are under way may go on when nothing is wrong any more: 3 responses, 5 connections and their delays. */
    private static final long LAST = 40 * SECOND;

    private final Scenario scenario;
    private final Sabotage sabotage;
    private final SimulatedTime time = new SimulatedTime();
    private final SplittableRandom random;
    private final List<SimulatedThread> threads = new ArrayList<>();
    private final SimulatedThread fate;
    private final SimulatedThread control;
    private final Town town;
    private final Ledger ledger = new Ledger(time);
    private final Rules rules;
    private final SimulatedBalancer balancer;
    private final Requests requests;
    private final IdentityHashMap<App.RegionPlan, Steered> byPlan = new IdentityHashMap<>();
    private final List<Steered> steered = new ArrayList<>();
    private final Tally tally = new Tally();

    World(Scenario scenario, Sabotage sabotage) {
        this.scenario = scenario;
        this.sabotage = sabotage;
        this.random = new SplittableRandom(scenario.seed() + 1);
        long lag = lag();
        this.rules = new Rules(time, ledger, sabotage, GATHER + 3 * lag + TimeUnit.MICROSECONDS.toNanos(10));
        this.fate = thread(0);
        this.control = thread(lag);
        SimulatedThread health = thread(lag);
        List<SimulatedThread> loops = random.nextBoolean() ? List.of(thread(lag)) : List.of(thread(lag), thread(lag));
        Settings settings = read(scenario.config());
        this.town = new Town(settings, time, fate, random.split(), watcher());
        var ground = new SimulatedBalancer.Ground(time, random.split(), control, health, loops, town::at);
        this.balancer = new SimulatedBalancer(ground, read(sabotage.config(scenario.config())), sabotage, tap(), listener(), exchanges());
        this.requests = new Requests(fate, balancer, random.split(), rules);
        balancer.apps().forEach(app -> know(settings, app));
    }

    /** How long threads let others wait at most, in ns: mostly little. */
    private long lag() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> 0;
            case 4 -> TimeUnit.MILLISECONDS.toNanos(40);
            default -> random.nextLong(1, TimeUnit.MILLISECONDS.toNanos(3));
        };
    }

    private SimulatedThread thread(long lag) {
        SimulatedThread thread = new SimulatedThread(time, random.split(), lag, e -> failed("a task", e));
        threads.add(thread);
        return thread;
    }

    private static Settings read(String config) {
        try {
            return ConfigReader.read("scenario", config).settings();
        } catch (ConfigProblemsException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + config, e);
        }
    }

    private void know(Settings settings, AppControl control) {
        AppSettings app = Objects.requireNonNull(settings.apps().get(control.settings().name()));
        control.members().forEach(member -> ledger.add(settings, app, member));
        TierOrder orders = new TierOrder(app, settings.here(), settings.regions(), control.members());
        for (Steering each : control.steerings()) {
            boolean global = each.asked().equals(Steering.GLOBAL);
            var it = new Steered(app, global ? orders.global() : orders.named(each.asked()), each, ledger);
            steered.add(it);
            if (!global) {
                byPlan.put(Objects.requireNonNull(control.app().in(each.asked())), it);
            }
        }
    }

    // ---- running

    Outcome run() {
        balancer.begin(this::announced, transition -> ledger.of(transition.worker()).hear(transition.to()), this::failed);
        for (Act act : scenario.acts()) {
            fate.after(TimeUnit.MILLISECONDS.toNanos(act.atMillis()), () -> happen(act.what()));
        }
        long last = scenario.acts().isEmpty() ? 0 : scenario.acts().getLast().atMillis();
        passTo(SimulatedTime.BEGIN + TimeUnit.MILLISECONDS.toNanos(last) + 5 * SECOND);
        var healing = new Healing(rules, ledger, steered, balancer);
        town.healAll();
        List<Evacuation> evacuations = ledger.evacuations().all();
        control.execute(() -> evacuations.forEach(each -> restore(each.scope())));
        passTo(time.nanoTime() + 5 * SECOND);
        requests.load(0);
        while (rules.violation() == null && healing.goesOn(time.nanoTime())) {
            steered.stream().filter(each -> each.app().failover().failback().manual()).forEach(each -> failBack(each.app().name()));
            passTo(time.nanoTime() + SECOND);
            steered.forEach(each -> rules.each(rule -> rule.waited(each)));
        }
        steered.forEach(each -> requests.probe(each.app(), each.steering().asked().isEmpty() ? null : each.steering().asked()));
        passTo(time.nanoTime() + LAST);
        if (rules.violation() == null) {
            healing.nothingIsLeft(requests.open());
        }
        return new Outcome(rules.violation(), tally, requests.sent(), requests.answered(), requests.repeated(), time.age());
    }

    private void passTo(long end) {
        while (rules.violation() == null) {
            SimulatedThread next = fate;
            long due = next.dueAt();
            for (int i = 1; i < threads.size(); i++) {
                long its = threads.get(i).dueAt();
                if (its < due || (its == due && random.nextBoolean())) {
                    next = threads.get(i);
                    due = its;
                }
            }
            if (due > end) {
                break;
            }
            time.passTo(due);
            next.runOne();
        }
        time.passTo(end);
    }

    private void failed(String where, Throwable e) {
        rules.broken(e.getClass().getSimpleName(), where + " failed: " + e + " at " + List.of(e.getStackTrace()).stream().limit(6).toList());
    }

    // ---- the script

    private void happen(Act.What what) {
        switch (what) {
            case Act.Befall(Scope scope, Fault fault) -> town.befall(scope, fault);
            case Act.Heal(Scope scope) -> town.heal(scope);
            case Act.Evacuate(Scope scope, int seconds, boolean hard) -> control.execute(() -> evacuate(scope, seconds, hard));
            case Act.Restore(Scope scope) -> control.execute(() -> restore(scope));
            case Act.FailBack(String app) -> failBack(app);
            case Act.Load(int count) -> requests.load(count);
            case Act.Burst(String app, int count) -> requests.burst(app, count);
        }
    }

    private void evacuate(Scope scope, int seconds, boolean hard) {
        balancer.control().evacuate(new Evacuation(scope, time.instant().plusSeconds(seconds), hard));
    }

    private void restore(Scope scope) {
        balancer.control().restore(scope);
    }

    private void failBack(String app) {
        control.execute(() -> {
            balancer.control().failBack(app);
            rules.each(rule -> rule.failBack(app));
        });
    }

    // ---- what the product does

    private Town.Watcher watcher() {
        return new Town.Watcher() {
            @Override
            public void foundSilent(SimulatedWorker worker) {
                balancer.loops().forEach(loop -> loop.network().found(worker, SimulatedPool::foundSilent));
            }

            @Override
            public void foundRefusing(SimulatedWorker worker) {
                balancer.loops().forEach(loop -> loop.network().found(worker, SimulatedPool::foundRefusing));
            }

            @Override
            public void died(SimulatedWorker worker) {
                balancer.loops().forEach(loop -> loop.network().pool(worker).died());
            }
        };
    }

    private void announced(HealthTransition transition) {
        Ledger.Entry worker = ledger.of(transition.worker());
        if (worker.announced() != transition.from()) {
            rules.broken("TransitionsAreInOrder", worker + " was " + worker.announced() + ": " + transition);
        }
        worker.announce(transition.to(), time.nanoTime());
        tally.announced(transition);
        rules.each(rule -> rule.announced(transition, worker));
        var _ = balancer.monitor()
                .describe(ledger.pool(transition.worker()).stream().map(Ledger.Entry::worker).toList())
                .thenAccept(pool -> described(pool, worker));
    }

    private void described(List<WorkerReport> pool, Ledger.Entry worker) {
        rules.each(rule -> rule.described(pool, worker));
    }

    private SimulatedNetwork.Tap tap() {
        return new SimulatedNetwork.Tap() {
            @Override
            public void attempt(Exchange exchange, SimulatedTarget target, boolean fresh) {
                attempted(exchange, target, fresh);
            }

            @Override
            public void written(Exchange exchange) {
                SimulatedClient client = Objects.requireNonNull(requests.of(exchange));
                client.wasWritten();
                Ledger.Entry worker = ledger.of(((SimulatedTarget) Objects.requireNonNull(exchange.lastTarget())).worker());
                rules.each(rule -> rule.written(client, worker));
            }
        };
    }

    private ExchangeListener exchanges() {
        return new ExchangeListener() {
            @Override
            public void settled(Exchange exchange) {
                World.this.settled(exchange);
            }

            @Override
            public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
                SimulatedClient client = requests.of(exchange);
                if (failure != null && !failure.neverWritten() && client != null) {
                    client.failedWritten(time.nanoTime());
                }
                if (failure != null && failure.silent()) {
                    Ledger.Entry worker = ledger.of(((SimulatedTarget) target).worker());
                    rules.each(rule -> rule.silent(worker, time.nanoTime()));
                }
            }
        };
    }

    private void attempted(Exchange exchange, SimulatedTarget target, boolean fresh) {
        SimulatedClient client = Objects.requireNonNull(requests.of(exchange));
        client.attempted(fresh);
        long failedAt = fresh ? 0 : client.takeFailure();
        if (failedAt != 0) {
            rules.each(rule -> rule.repeated(client, failedAt));
        }
        App.RegionPlan at = Objects.requireNonNull(Objects.requireNonNull(exchange.to()).plan());
        Plan plan = at.plan();
        int place = 0;
        while (place < plan.tiers().size() - 1 && !plan.tiers().get(place).targets().contains(target)) {
            place++;
        }
        var pick = new Pick(time.nanoTime(), exchange, steered(exchange, at), plan, place, target, ledger.of(target.worker()), fresh);
        tally.picked(pick);
        rules.each(rule -> rule.picked(pick));
    }

    /** The one whose plan that is: of a plan that no region has, the global one. */
    private Steered steered(Exchange exchange, App.RegionPlan plan) {
        return byPlan.computeIfAbsent(plan, _ -> {
            Route to = Objects.requireNonNull(exchange.to());
            return steered(to.app().name(), Steering.GLOBAL);
        });
    }

    private Steered steered(String app, String asked) {
        return steered.stream()
                .filter(each -> each.app().name().equals(app) && each.steering().asked().equals(asked))
                .findFirst()
                .orElseThrow();
    }

    private void settled(Exchange exchange) {
        SimulatedClient client = requests.of(exchange);
        requests.settled(exchange);
        if (sabotage.endsTwice() && client != null) {
            client.settled();
        }
    }

    private ControlListener listener() {
        return new ControlListener() {
            @Override
            public void healthChanged(HealthTransition transition) {
                String app = transition.worker().app();
                steered.stream().filter(each -> each.app().name().equals(app)).forEach(World.this::reckon);
            }

            @Override
            public void planned(String app, String asked, Outlook before, Outlook after) {
                replanned(steered(app, asked), before, after);
            }

            @Override
            public void evacuated(Evacuation evacuation) {
                ledger.evacuated(evacuation);
                evacuationsChanged(evacuation.scope());
            }

            @Override
            public void restored(Scope scope, boolean early) {
                ledger.restored(scope);
                evacuationsChanged(scope);
            }
        };
    }

    private void reckon(Steered it) {
        it.reckon(ledger);
        rules.each(rule -> rule.reckoned(it));
    }

    /** What is known is reckoned with the plans that come of it, if they change or not: what is heard later stands in later ones. */
    private void evacuationsChanged(Scope scope) {
        rules.each(Invariant::evacuationsChanged);
        var _ = balancer.control().planned().thenRun(() -> steered.stream().filter(each -> each.has(scope)).forEach(this::reckon));
    }

    private void replanned(Steered it, Outlook before, Outlook after) {
        Reckoning past = it.reckoning();
        it.reckon(ledger);
        Plan plan = sabotage.published(before.plan(), after.plan());
        App.RegionPlan at = byPlan.entrySet().stream().filter(each -> each.getValue() == it).map(Map.Entry::getKey).findFirst().orElse(null);
        if (!plan.equals(after.plan()) && at != null) {
            at.publish(plan);
        }
        var change = new PlanChange(it, time.nanoTime(), before, after, plan, it.reckoning(), past);
        tally.planned(change);
        rules.each(rule -> rule.planned(change));
    }
}

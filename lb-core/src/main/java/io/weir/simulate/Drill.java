package io.weir.simulate;

import io.weir.balancing.Seconds;
import io.weir.config.ErrorCondition;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.Steering;
import io.weir.failover.Evacuation;
import io.weir.failover.Member;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Evacuates on purpose, for a time, to see that the traffic goes elsewhere and comes back; watches, and ends by itself when too much fails.
 * For threads that may wait: it asks the control thread for little at a time, since a drill may concern all of very many apps.
 *
 * <p>Evacuated → coming back → over. It begins to come back when its time is over, when its condition holds, when a person stops it, or
 * when somebody restores what it evacuated, or evacuates it anew; it is over when nothing turns any more. It restores its own evacuation
 * alone, and never one that somebody made. That is not kept over a restart, and ends by its date if nothing else ends it.
 */
public final class Drill {
    /**
     * What is to be done.
     *
     * @param abortIf when it ends before its time, or null
     */
    public record Order(Scope scope, Duration length, @Nullable ErrorCondition abortIf) {}

    /** Seconds that the condition looks at. */
    private static final int WATCHED = 5;

    /** Attempts in a second below which nothing is said of whether they have moved. */
    private static final long ENOUGH = 100;

    private static final double STRAY = 0.01;

    /** How much later the evacuation would end by itself. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** After that long what still turns, turns for another reason. */
    private static final Duration LONGEST_RETURN = Duration.ofMinutes(5);

    /** Plans whose shares are noted. */
    private static final int MOST_PLANS = 200;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Workers whose attempts the control thread adds up in one turn. */
    private static final int AT_ONCE = 2000;

    private final RunningApps.Asking control;
    private final Order order;
    private final Evacuation evacuation;
    private final Flow flow;
    private final Instant begun;
    private final long start;
    private final List<AppControl> apps;
    private final List<Member> members;
    private final List<Member> evacuated;
    private final List<Steering> plans;
    private final List<List<Double>> before;
    private final List<Flow.Attempts> seconds = new ArrayList<>();
    private long last;
    private long attempts;
    private long failed;
    private @Nullable Duration moved;
    private @Nullable List<List<Double>> during;
    private @Nullable List<List<Double>> after;
    private DrillReport.Outcome outcome = DrillReport.Outcome.UNDER_WAY;
    /** When it began to come back, in ns. */
    private long returned;
    /** Any thread reads it. */
    private volatile DrillReport report;
    /** A line for each second and each event; any thread reads it, under its own lock. */
    private final List<String> lines = new ArrayList<>();

    private volatile boolean over;

    private Drill(RunningApps.Asking control, Order order, Flow flow, Instant begun) {
        this.control = control;
        this.order = order;
        this.flow = flow;
        this.begun = begun;
        evacuation = new Evacuation(order.scope(), begun.plus(order.length()).plus(MARGIN), false, true);
        start = ask(Control::now);
        last = Seconds.of(start);
        apps = ask(it -> List.copyOf(it.apps())).stream().filter(app -> app.has(order.scope())).toList();
        members = apps.stream().flatMap(app -> app.members().stream()).toList();
        evacuated = members.stream().filter(member -> order.scope().covers(member.worker())).toList();
        plans = apps.stream().flatMap(app -> app.steerings().stream()).limit(MOST_PLANS).toList();
        before = shares(start);
        report = reported(start);
    }

    /**
     * Begins one.
     *
     * @param wall the time now
     * @throws EvacuatedException if somebody has evacuated the same; then nothing has begun
     */
    public static Drill begin(RunningApps.Asking control, Order order, Flow flow, Instant wall) throws EvacuatedException {
        Drill drill = new Drill(control, order, flow, wall);
        Optional<Evacuation> standing = drill.ask(it -> {
            Optional<Evacuation> there = Optional.ofNullable(it.evacuations().of(order.scope()));
            if (there.isEmpty()) {
                it.evacuate(drill.evacuation);
            }
            return there;
        });
        if (standing.isPresent()) {
            throw new EvacuatedException(standing.get());
        }
        drill.say(drill.start, "evacuated " + order.scope());
        return drill;
    }

    /** What a drill was to evacuate is evacuated already; the message is for the person who asked for it. */
    public static final class EvacuatedException extends Exception {
        private static final long serialVersionUID = 1;

        EvacuatedException(Evacuation standing) {
            super(
                    standing.scope() + " is evacuated until " + standing.until() + ", and a drill would end that; nothing was changed. Wait, or restore "
                            + standing.scope() + " first",
                    null,
                    false,
                    false);
        }
    }

    private <T> T ask(Function<Control, T> question) {
        return control.ask(question).join();
    }

    /** Looks at the seconds that are over, and does what is due. Once a second, until it says no. */
    public synchronized boolean tick() {
        long now = ask(Control::now);
        for (long next = last + 1; next < Seconds.of(now); next++) {
            watch(next);
            last = next;
        }
        if (outcome == DrillReport.Outcome.UNDER_WAY) {
            endIfDue(now);
        } else if (now - returned >= SECOND && hasSettled(now)) {
            after = shares(now);
            over = true;
            say(now, "over");
        }
        report = reported(now);
        return !over;
    }

    /** A person ends it before its time. */
    public synchronized void stop() {
        if (outcome == DrillReport.Outcome.UNDER_WAY) {
            comeBack(ask(Control::now), DrillReport.Outcome.STOPPED);
        }
    }

    /** It can't go on: restores its own evacuation, as far as that can still be asked for, and is over. */
    public synchronized void fail(Throwable fault) {
        if (over) {
            return;
        }
        long now = (last + 1) * SECOND;
        String restored = "";
        try {
            restored = ask(it -> it.restore(evacuation)) ? "; restored " + order.scope() : "";
        } catch (Throwable e) {
            // The process ends, or the evacuation does by its date.
        }
        if (outcome == DrillReport.Outcome.UNDER_WAY) {
            outcome = DrillReport.Outcome.FAILED;
            returned = now;
        }
        say(now, DrillReport.Outcome.FAILED.text() + ": " + fault + restored);
        report = reported(now);
        over = true;
    }

    private void watch(long second) {
        if (outcome != DrillReport.Outcome.UNDER_WAY) {
            return;
        }
        Flow.Attempts all = attempts(members, second);
        Flow.Attempts there = attempts(evacuated, second);
        seconds.add(all);
        attempts += all.all();
        failed += all.failed();
        long end = (second + 1) * SECOND;
        if (moved == null && all.all() >= ENOUGH && there.all() <= STRAY * all.all()) {
            moved = Duration.ofNanos(end - start);
        }
        say(end, all.all() + " attempts, " + all.failed() + " failed, " + there.all() + " at " + order.scope());
    }

    private Flow.Attempts attempts(List<Member> all, long second) {
        Flow.Attempts sum = Flow.Attempts.NONE;
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            List<Member> some = all.subList(from, Math.min(from + AT_ONCE, all.size()));
            sum = sum.plus(ask(_ -> flow.of(some, second)));
        }
        return sum;
    }

    private void endIfDue(long now) {
        List<Flow.Attempts> latest = seconds.subList(Math.max(0, seconds.size() - WATCHED), seconds.size());
        long all = latest.stream().mapToLong(Flow.Attempts::all).sum();
        long bad = latest.stream().mapToLong(Flow.Attempts::failed).sum();
        if (!ask(Control::evacuations).all().contains(evacuation)) {
            comeBack(now, DrillReport.Outcome.RESTORED);
        } else if (order.abortIf() != null && order.abortIf().holds(all, bad)) {
            comeBack(now, DrillReport.Outcome.ABORTED);
        } else if (now - start >= order.length().toNanos()) {
            comeBack(now, DrillReport.Outcome.COMPLETED);
        }
    }

    private void comeBack(long now, DrillReport.Outcome how) {
        List<List<Double>> until = shares(now); // before plans are made that bring it back
        outcome = ask(it -> it.restore(evacuation)
                ? how
                : it.evacuations().of(order.scope()) == null ? DrillReport.Outcome.RESTORED : DrillReport.Outcome.REPLACED);
        during = until;
        returned = now;
        boolean byOthers = outcome == DrillReport.Outcome.RESTORED || outcome == DrillReport.Outcome.REPLACED;
        say(now, byOthers ? outcome.text() : outcome.text() + "; restored " + order.scope());
    }

    private boolean hasSettled(long now) {
        return now - returned >= LONGEST_RETURN.toNanos()
                || apps.stream().flatMap(app -> app.steerings().stream()).allMatch(plan -> plan.outlook().next() == Outlook.NEVER);
    }

    private List<List<Double>> shares(long now) {
        return plans.stream()
                .map(plan -> plan.outlook().plan().shares().stream().map(share -> share.at(now)).toList())
                .toList();
    }

    private DrillReport reported(long now) {
        List<DrillReport.Share> shares = new ArrayList<>();
        int plan = 0;
        for (AppControl app : apps) {
            for (Steering steering : app.steerings()) {
                if (plan < plans.size()) {
                    for (int tier = 0; tier < before.get(plan).size(); tier++) {
                        shares.add(new DrillReport.Share(
                                app.settings().name(),
                                steering.asked(),
                                steering.outlook().tiers().get(tier).name(),
                                before.get(plan).get(tier),
                                during == null ? null : during.get(plan).get(tier),
                                after == null ? null : after.get(plan).get(tier)));
                    }
                }
                plan++;
            }
        }
        long until = outcome == DrillReport.Outcome.UNDER_WAY ? now : returned;
        return new DrillReport(order, begun, Duration.ofNanos(until - start), outcome, attempts, failed, moved, shares);
    }

    private void say(long now, String what) {
        synchronized (lines) {
            lines.add(Math.round((double) (now - start) / SECOND) + " s: " + what);
        }
    }

    // ---- for any thread

    public DrillReport report() {
        return report;
    }

    /** Whether everything has settled after it. */
    public boolean over() {
        return over;
    }

    /** What has been said of it behind that many lines. */
    public List<String> lines(int behind) {
        synchronized (lines) {
            return List.copyOf(lines.subList(Math.min(behind, lines.size()), lines.size()));
        }
    }
}

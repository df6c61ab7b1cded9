package io.weir.simulate;

import io.weir.balancing.Seconds;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.Steering;
import io.weir.failover.Evacuation;
import io.weir.failover.Member;
import io.weir.failover.Outlook;
import io.weir.failover.Scope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Evacuates on purpose, for a time, to see that the traffic goes elsewhere and comes back; watches, and ends by itself when too much fails.
 * Control thread only, but for what it says to others.
 *
 * <p>Evacuated → coming back → over. It begins to come back when its time is over, when its condition holds, when a person stops it, or
 * when somebody restores what it evacuated; it is over when nothing turns any more. Should the process end meanwhile, the evacuation ends by
 * its date.
 */
public final class Drill {
    /**
     * What is to be done.
     *
     * @param abortIf when it ends before its time, or null
     */
    public record Order(Scope scope, Duration length, @Nullable AbortCondition abortIf) {}

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

    private final Order order;
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

    private Drill(Control control, Order order, Flow flow, Instant begun) {
        this.order = order;
        this.flow = flow;
        this.begun = begun;
        start = control.now();
        last = Seconds.of(start);
        apps = control.apps().stream().filter(app -> app.members().stream().anyMatch(this::goes)).toList();
        members = apps.stream().flatMap(app -> app.members().stream()).toList();
        evacuated = members.stream().filter(this::goes).toList();
        plans = apps.stream().flatMap(app -> app.steerings().stream()).limit(MOST_PLANS).toList();
        before = shares(start);
        report = reported(start);
    }

    private boolean goes(Member member) {
        return order.scope().covers(member.worker());
    }

    /**
     * Begins one.
     *
     * @param wall the time now
     * @throws IOException if the evacuation can't be kept over a restart; then nothing has begun
     */
    public static Drill begin(Control control, Order order, Flow flow, Instant wall) throws IOException {
        Drill drill = new Drill(control, order, flow, wall);
        control.evacuate(new Evacuation(order.scope(), wall.plus(order.length()).plus(MARGIN), false));
        drill.say(drill.start, "evacuated " + order.scope());
        return drill;
    }

    /** Looks at the seconds that are over, and does what is due. Once a second, until it says no. */
    public boolean tick(Control control) {
        long now = control.now();
        for (long next = last + 1; next < Seconds.of(now); next++) {
            watch(next);
            last = next;
        }
        if (outcome == DrillReport.Outcome.UNDER_WAY) {
            endIfDue(control, now);
        } else if (now - returned >= SECOND && hasSettled(now)) {
            after = shares(now);
            over = true;
            say(now, "over");
        }
        report = reported(now);
        return !over;
    }

    /** A person ends it before its time. */
    public void stop(Control control) {
        if (outcome == DrillReport.Outcome.UNDER_WAY) {
            comeBack(control, control.now(), DrillReport.Outcome.STOPPED);
        }
    }

    private void watch(long second) {
        if (outcome != DrillReport.Outcome.UNDER_WAY) {
            return;
        }
        Flow.Attempts all = flow.of(members, second);
        Flow.Attempts there = flow.of(evacuated, second);
        seconds.add(all);
        attempts += all.all();
        failed += all.failed();
        long end = (second + 1) * SECOND;
        if (moved == null && all.all() >= ENOUGH && there.all() <= STRAY * all.all()) {
            moved = Duration.ofNanos(end - start);
        }
        say(end, all.all() + " attempts, " + all.failed() + " failed, " + there.all() + " at " + order.scope());
    }

    private void endIfDue(Control control, long now) {
        List<Flow.Attempts> latest = seconds.subList(Math.max(0, seconds.size() - WATCHED), seconds.size());
        long all = latest.stream().mapToLong(Flow.Attempts::all).sum();
        long bad = latest.stream().mapToLong(Flow.Attempts::failed).sum();
        if (control.evacuations().of(order.scope()) == null) {
            comeBack(control, now, DrillReport.Outcome.RESTORED);
        } else if (order.abortIf() != null && order.abortIf().holds(all, bad)) {
            comeBack(control, now, DrillReport.Outcome.ABORTED);
        } else if (now - start >= order.length().toNanos()) {
            comeBack(control, now, DrillReport.Outcome.COMPLETED);
        }
    }

    private void comeBack(Control control, long now, DrillReport.Outcome how) {
        try {
            var _ = control.restore(order.scope());
        } catch (IOException e) {
            say(now, "can't be restored, and is tried again; by its date it ends soon after the drill's time: " + e.getMessage());
            return;
        }
        during = shares(now);
        outcome = how;
        returned = now;
        say(now, how.text() + "; restored " + order.scope());
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

package io.weir.control;

import io.weir.balancing.Touched;
import io.weir.balancing.Traffic;
import io.weir.exchange.ExchangeListener;
import io.weir.health.AnswerWindow;
import io.weir.health.TrafficReport;
import io.weir.loop.EventLoops;
import io.weir.topology.Worker;
import io.weir.upstream.WorkerTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What requests see of the workers, from all event loops, as health wants to hear it: all that is bad, and good answers where they can change
 * something. Of the others, which are nearly all, nothing is made and nothing is looked up.
 *
 * <p>A worker's good answers are held back when its pool has had no others for {@link #REST}, which is longer than a window of success rates,
 * and for the interval of its check, and it is {@linkplain WorkerState#isIndifferent healthy}. That is asked when one was just told, so
 * health's last word of it is a good one. With the first bad answer of the pool, or when a crowd waits, all of its workers are told of again,
 * and what was held back of them in the present {@link AnswerWindow} is told as well: health compares the same numbers as if all had been
 * told. When a worker's health changes, it is told of again too; its pool need not be, as nothing that is compared has changed.
 */
public final class TrafficSums {
    /** What is bad in a pool is noted once in that time, in ns. */
    private static final long NOTED = TimeUnit.SECONDS.toNanos(1);

    /** Until the bad is long past, though it was noted late, and told a bit later than what is good now. */
    private static final long MARGIN = 2 * NOTED;

    /** For how long there is nothing bad in a pool until good answers are held back, in ns, at least. */
    static final long REST = AnswerWindow.LENGTH + MARGIN;

    private final Touched touched;
    private final Function<Worker, @Nullable WorkerState> known;

    /**
     * At that many event loops. Nothing is held back.
     *
     * @param wake has {@link #collect} called at once, by the control thread; called on event loops, and not again until that was done
     */
    public TrafficSums(int loops, Runnable wake) {
        this(loops, wake, _ -> null);
    }

    /** The same, with what can't change anything held back; {@code control} knows how workers are. */
    public TrafficSums(int loops, Runnable wake, Control control) {
        this(loops, wake, control::known);
    }

    private TrafficSums(int loops, Runnable wake, Function<Worker, @Nullable WorkerState> known) {
        this.touched = new Touched(loops, wake);
        this.known = known;
    }

    /** Where the targets that are to be watched are listed. */
    public Touched touched() {
        return touched;
    }

    /** What counts the attempts of that loop. */
    public ExchangeListener onLoop(EventLoops.Loop loop) {
        return new TrafficCounts(loop.index(), loop.clock());
    }

    /**
     * What has been seen since it was called before, of those workers alone that there is something to say of that may change something.
     * Every {@link Touched#PERIOD}, and whenever a failure asks for it; {@code now} in ns. Control thread only.
     */
    public List<TrafficReport> collect(long now) {
        List<TrafficReport> reports = new ArrayList<>();
        touched.look(now, traffic -> {
            if (traffic.target() instanceof WorkerTarget target) {
                tell(target.worker(), traffic, now, reports);
            }
        });
        return reports;
    }

    private void tell(Worker worker, Traffic traffic, long now, List<TrafficReport> reports) {
        if (traffic.newBad() > 0 || traffic.waiting()) {
            if (traffic.restsSince() == Long.MIN_VALUE || now - traffic.restsSince() >= NOTED) {
                stir(worker, traffic, now, reports);
            }
            reports.add(report(worker, traffic, now));
        } else if (traffic.isHeldBack()) {
            traffic.hold(AnswerWindow.of(now));
        } else {
            reports.add(report(worker, traffic, now));
            rest(worker, traffic, now);
        }
    }

    /** Something is bad in that pool. */
    private void stir(Worker worker, Traffic its, long now, List<TrafficReport> reports) {
        its.hear();
        its.restsSince(now);
        WorkerState state = known.apply(worker);
        if (state == null) {
            return;
        }
        for (WorkerState each : state.pool()) {
            Traffic traffic = each.member().target().seen();
            if (traffic != null && traffic != its) {
                traffic.hear();
                traffic.restsSince(now);
                int earlier = traffic.release(AnswerWindow.of(now));
                if (earlier > 0) {
                    reports.add(TrafficReport.ofEarlier(each.member().worker(), earlier));
                }
            }
        }
    }

    /** A good answer was told. */
    private void rest(Worker worker, Traffic traffic, long now) {
        if (traffic.restsSince() == Long.MIN_VALUE) {
            traffic.restsSince(now - NOTED); // what is bad next is noted
            return;
        }
        long quiet = now - traffic.restsSince();
        if (quiet >= REST) {
            WorkerState state = known.apply(worker);
            if (state != null && state.isIndifferent(quiet - MARGIN)) {
                traffic.holdBack();
            }
        }
    }

    private static TrafficReport report(Worker worker, Traffic traffic, long now) {
        return new TrafficReport(
                worker,
                traffic.newGood(),
                traffic.newBad(),
                traffic.streak(),
                traffic.newSilent(),
                traffic.newRefused(),
                traffic.waiting(),
                traffic.release(AnswerWindow.of(now)));
    }
}

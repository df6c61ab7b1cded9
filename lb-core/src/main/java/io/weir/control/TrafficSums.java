package io.weir.control;

import io.weir.balancing.Touched;
import io.weir.balancing.Traffic;
import io.weir.exchange.ExchangeListener;
import io.weir.health.TrafficReport;
import io.weir.loop.EventLoops;
import io.weir.upstream.WorkerTarget;
import java.util.ArrayList;
import java.util.List;

/** What requests see of the workers, from all event loops, as health wants to hear it. */
public final class TrafficSums {
    private final Touched touched;

    /**
     * At that many event loops.
     *
     * @param wake has {@link #collect} called at once, by the control thread; called on event loops, and not again until that was done
     */
    public TrafficSums(int loops, Runnable wake) {
        this.touched = new Touched(loops, wake);
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
     * What has been seen since it was called before, of those workers alone that there is something to say of. Every {@link Touched#PERIOD},
     * and whenever a failure asks for it; {@code now} in ns. Control thread only.
     */
    public List<TrafficReport> collect(long now) {
        List<TrafficReport> reports = new ArrayList<>();
        touched.look(now, traffic -> {
            if (traffic.target() instanceof WorkerTarget target) {
                reports.add(report(target, traffic));
            }
        });
        return reports;
    }

    private static TrafficReport report(WorkerTarget target, Traffic traffic) {
        return new TrafficReport(
                target.worker(),
                traffic.newGood(),
                traffic.newBad(),
                traffic.streak(),
                traffic.newSilent(),
                traffic.newRefused(),
                traffic.waiting());
    }
}

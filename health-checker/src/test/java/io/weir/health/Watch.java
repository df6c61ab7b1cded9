package io.weir.health;

import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** A monitor in virtual time with scripted checks, and what it has announced. */
final class Watch implements AutoCloseable {
    final VirtualLoop loop = new VirtualLoop(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());
    final ScriptedChecks checks = new ScriptedChecks(loop);
    final List<HealthTransition> transitions = new ArrayList<>();
    final HealthMonitor monitor;

    Watch() {
        this(1);
    }

    Watch(long seed) {
        monitor = new HealthMonitor(loop, checks, loop::now, new SplittableRandom(seed));
        var _ = monitor.transitions().subscribe(transitions::add);
    }

    void pass(long millis) {
        loop.pass(Duration.ofMillis(millis));
    }

    void traffic(TrafficReport... reports) {
        monitor.traffic(List.of(reports));
        loop.settle();
    }

    WorkerReport report(Worker worker) {
        var reports = monitor.describe(List.of(worker));
        loop.settle();
        return reports.join().getFirst();
    }

    Health health(Worker worker) {
        return report(worker).health();
    }

    /** {@code unproven>healthy CHECK}, for each change so far. */
    List<String> story(Worker worker) {
        return transitions.stream()
                .filter(change -> change.worker().equals(worker))
                .map(change -> (change.from() + ">" + change.to()).toLowerCase(Locale.ROOT) + " " + change.cause())
                .toList();
    }

    @Override
    public void close() {
        monitor.close();
        loop.settle();
    }
}

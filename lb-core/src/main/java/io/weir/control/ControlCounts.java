package io.weir.control;

import io.weir.health.Health;
import io.weir.health.HealthTransition.Cause;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What the control thread has seen and done, in numbers. Written by it alone, read by any thread. */
@SuppressWarnings("EnumOrdinal") // places in memory that nobody else sees
public final class ControlCounts {
    private static final int HEALTHS = Health.values().length;
    private static final double SECOND = 1e9;

    private final AtomicIntegerArray workers = new AtomicIntegerArray(HEALTHS);
    private final AtomicLongArray transitions = new AtomicLongArray(HEALTHS * Cause.values().length);
    private final AtomicLongArray measured = new AtomicLongArray(Measured.Outcome.values().length);
    private final AtomicLongArray nanos = new AtomicLongArray(Measured.Outcome.values().length);
    private final AtomicLong zoneFailovers = new AtomicLong();
    private final AtomicLong tierFailovers = new AtomicLong();
    private final AtomicLong failbacks = new AtomicLong();
    private final AtomicLong panics = new AtomicLong();
    private final AtomicLong inPanic = new AtomicLong();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicLong unmeasured = new AtomicLong();
    private final AtomicLong zoneRisks = new AtomicLong();
    private final AtomicLong regionRisks = new AtomicLong();
    private final AtomicLong shortNow = new AtomicLong();
    private volatile double last = Double.NaN;

    // ---- what the control thread writes

    void worker(Health health) {
        workers.incrementAndGet(health.ordinal());
    }

    /** One of that health isn't there any more. */
    void workerGone(Health health) {
        workers.decrementAndGet(health.ordinal());
    }

    void transition(Health from, Health to, Cause cause) {
        workers.decrementAndGet(from.ordinal());
        workers.incrementAndGet(to.ordinal());
        transitions.incrementAndGet(cause.ordinal() * HEALTHS + to.ordinal());
    }

    void risks(Risks before, Risks after) {
        zoneRisks.addAndGet(one(after.zones() > 0) - one(before.zones() > 0));
        regionRisks.addAndGet(one(after.regions() > 0) - one(before.regions() > 0));
        shortNow.addAndGet(one(after.shortNow()) - one(before.shortNow()));
    }

    private static long one(boolean it) {
        return it ? 1 : 0;
    }

    void incident(Incident incident) {
        switch (incident) {
            case Incident.FailedOver over -> (over.ofZone() ? zoneFailovers : tierFailovers).incrementAndGet();
            case Incident.FailbackBegan _ -> {}
            case Incident.FailbackDone _ -> failbacks.incrementAndGet();
            case Incident.PanicBegan _ -> {
                panics.incrementAndGet();
                inPanic.incrementAndGet();
            }
            case Incident.PanicEnded _ -> inPanic.decrementAndGet();
            case Incident.FailoverMeasured(Measured it) -> measured(it);
        }
    }

    private void measured(Measured it) {
        measured.incrementAndGet(it.outcome().ordinal());
        nanos.addAndGet(it.outcome().ordinal(), it.took().toNanos());
        last = it.took().toNanos() / SECOND;
        if (it.missed()) {
            missed.incrementAndGet();
        }
    }

    void unmeasured() {
        unmeasured.incrementAndGet();
    }

    // ---- what anybody reads

    /** Workers that are of that health now. */
    public int workers(Health health) {
        return workers.get(health.ordinal());
    }

    /** How often a worker became so by that. */
    public long transitions(Cause cause, Health to) {
        return transitions.get(cause.ordinal() * HEALTHS + to.ordinal());
    }

    public long zoneFailovers() {
        return zoneFailovers.get();
    }

    public long tierFailovers() {
        return tierFailovers.get();
    }

    /** Tiers that have had their share back. */
    public long failbacks() {
        return failbacks.get();
    }

    public long panics() {
        return panics.get();
    }

    /** Tiers that are in panic now. */
    public long inPanic() {
        return inPanic.get();
    }

    public long measured(Measured.Outcome outcome) {
        return measured.get(outcome.ordinal());
    }

    /** What those took together, in seconds. */
    public double seconds(Measured.Outcome outcome) {
        return nanos.get(outcome.ordinal()) / SECOND;
    }

    /** What the last one took, in seconds; NaN before the first. */
    public double lastSeconds() {
        return last;
    }

    /** Failovers that took longer than their app's objective. */
    public long missed() {
        return missed.get();
    }

    /** Failovers that were not measured, because too many others were. */
    public long notMeasured() {
        return unmeasured.get();
    }

    /** Apps that couldn't bear the loss of some zone. */
    public long appsWithZoneRisks() {
        return zoneRisks.get();
    }

    public long appsWithRegionRisks() {
        return regionRisks.get();
    }

    /** Apps that have too few workers for all of their traffic now. */
    public long appsShortNow() {
        return shortNow.get();
    }
}

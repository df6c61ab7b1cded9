package io.weir.simulation;

import io.weir.config.CheckSettings;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.SimulatedEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A worker's address with what is wrong there, as packets find it when they arrive. */
final class SimulatedWorker {
    /** What becomes of a packet. */
    enum Reach {
        OPEN,
        REFUSED,
        LOST
    }

    static final long NEVER = Long.MAX_VALUE;
    /** After that long without a fault nothing is remembered of those before that would delay a suspicion, in ns. */
    private static final long LONG_WELL = TimeUnit.SECONDS.toNanos(20);

    private final WorkerAddress address;
    private final SimulatedTime time;
    private final long roundTrip;
    private final SimulatedEndpoint endpoint;
    private final Runnable died;
    private final List<Fault> faults = new ArrayList<>();
    /** While it flaps: whether it is in its dead turn. */
    private boolean down;
    /** Since when every check that needs no answer fails, and every one that needs one; {@link #NEVER} if it may pass. */
    private long refusesSince = NEVER;

    private long silentSince = NEVER;
    /** Since when neither requests nor such checks get through, if nothing was wrong for a while before. */
    private long goneSince = NEVER;

    private long standsStillSince = NEVER;
    private long wellSince;

    /**
     * @param roundTrip of packets to it and back, in ns
     * @param watcher is told what is found of it and what becomes of its connections
     */
    SimulatedWorker(WorkerAddress address, SimulatedTime time, long roundTrip, Town.Watcher watcher) {
        this.address = address;
        this.time = time;
        this.roundTrip = roundTrip;
        this.died = () -> watcher.died(this);
        this.endpoint = new SimulatedEndpoint(() -> watcher.foundSilent(this), () -> watcher.foundRefusing(this));
        this.wellSince = time.nanoTime();
    }

    SimulatedEndpoint endpoint() {
        return endpoint;
    }

    long roundTrip() {
        return roundTrip;
    }

    // ---- what happens to it

    void befall(Fault fault) {
        change(() -> faults.add(fault));
    }

    void heal() {
        change(() -> {
            faults.clear();
            down = false;
        });
    }

    boolean flaps() {
        return has(Fault.Kind.FLAPPING);
    }

    /** It flaps, and turns. */
    void turn() {
        change(() -> down = !down);
    }

    private void change(Runnable what) {
        long now = time.nanoTime();
        boolean wasDead = reach() == Reach.REFUSED;
        boolean wasWell = isWell();
        what.run();
        boolean refuses = reach() != Reach.OPEN || has(Fault.Kind.UNWELL);
        refusesSince = refuses ? Math.min(refusesSince, now) : NEVER;
        silentSince = refuses || hangs() ? Math.min(silentSince, now) : NEVER;
        boolean gone = reach() != Reach.OPEN && !flaps();
        if (wasWell && now - wellSince >= LONG_WELL) {
            goneSince = gone ? now : NEVER;
            standsStillSince = gone || hangs() ? now : NEVER;
        } else if (!gone) {
            goneSince = NEVER;
            standsStillSince = hangs() ? standsStillSince : NEVER;
        }
        if (!wasWell && isWell()) {
            wellSince = now;
        }
        if (reach() == Reach.REFUSED && !wasDead) {
            died.run();
        }
    }

    // ---- what packets find

    Reach reach() {
        if (has(Fault.Kind.LOST)) {
            return Reach.LOST;
        }
        return has(Fault.Kind.DEAD) || (flaps() && down) ? Reach.REFUSED : Reach.OPEN;
    }

    boolean hangs() {
        return has(Fault.Kind.HANGING);
    }

    boolean unwell() {
        return has(Fault.Kind.UNWELL);
    }

    /** The worst there is of a kind that is counted; 0 if nothing. */
    int amount(Fault.Kind kind) {
        int most = 0;
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i).kind() == kind) {
                most = Math.max(most, faults.get(i).amount());
            }
        }
        return most;
    }

    private boolean has(Fault.Kind kind) {
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i).kind() == kind) {
                return true;
            }
        }
        return false;
    }

    /** Since when each such check of it has had to fail, in ns; {@link #NEVER} if one may pass. */
    long failsSince(CheckSettings.Kind kind) {
        return kind instanceof CheckSettings.Tcp ? refusesSince : silentSince;
    }

    /**
     * Since when neither requests nor such checks have got through, in ns, when that was the first thing that was wrong with it for a good
     * while; else {@link #NEVER}.
     */
    long suddenlyGoneSince(CheckSettings.Kind kind) {
        return kind instanceof CheckSettings.Tcp ? goneSince : standsStillSince;
    }

    /** Since when nothing is wrong with it, in ns; {@link #NEVER} if something is. */
    long wellSince() {
        return isWell() ? wellSince : NEVER;
    }

    /** Whether nothing is wrong with it. */
    boolean isWell() {
        return faults.isEmpty();
    }

    @Override
    public String toString() {
        return address + (faults.isEmpty() ? "" : " " + faults);
    }
}

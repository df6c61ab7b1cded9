package io.weir.balancing;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What became of the attempts at one target. Each event loop counts in a slot of its own; the control thread sums the slots, and between two
 * sums nothing is passed from one to the other. Made when the first attempt at the target has come to something, so that the many targets
 * that nobody asks cost nothing.
 *
 * <p>The loops put it on the list of {@link Touched} when there is something to see. It stays there while attempts come in close order, so that
 * on a busy target a loop does no more than add to its slot.
 */
public final class Traffic {
    /** That many attempts that wait together, and not one of them answered, look as if nobody were there. */
    static final int CROWD = 3;

    /** For how long in ns none is answered until they look so. */
    static final long QUIET = 300_000_000L;

    /** Ints between two slots: 64 bytes. */
    private static final int STRIDE = 16;

    private static final int HEADS = 0;
    private static final int GOOD = 1;
    private static final int BAD = 2;
    private static final int SILENT = 3;
    /** Bad ones whose response had begun. */
    private static final int CUT = 4;

    /** Silent ones for which there was no connection. */
    private static final int REFUSED = 5;

    private static final AtomicIntegerFieldUpdater<Traffic> STREAK = AtomicIntegerFieldUpdater.newUpdater(Traffic.class, "streak");
    private static final AtomicIntegerFieldUpdater<Traffic> LISTED = AtomicIntegerFieldUpdater.newUpdater(Traffic.class, "listed");

    private final Target target;
    private final Touched list;
    private final int loops;

    /** Counts since ever, modulo 2³², a slot for each loop. Written by its loop alone. */
    private final AtomicIntegerArray slots;

    /** Bad ones since the last good one. All loops; written while something is bad, else only read. */
    private volatile int streak;

    /** 1 while it is on the list. */
    private volatile int listed;

    /** When a loop last asked the control thread to look at once, in ns. All loops; one of several may be forgotten. */
    private volatile long raised = Long.MIN_VALUE;

    /** The next one on the list; fixed while it is there. */
    @Nullable Traffic next;

    // What follows is the control thread's.
    private final Seconds seconds = new Seconds();
    private int seenHeads;
    private int seenGood;
    private int seenBad;
    private int seenSilent;
    private int seenRefused;
    private int good;
    private int bad;
    private int silent;
    private int refused;
    private boolean waiting;
    private long quietSince;
    private boolean watched;
    /** Until when it stays on the list though nothing happens. */
    private long staysUntil;
    /** When it was taken off the list, or {@link Long#MAX_VALUE} while it is there. */
    private long unlistedAt;

    // What is told of it, as its reporter keeps it.
    private boolean heldBack;
    private long restsSince = Long.MIN_VALUE;
    private int held;
    private long heldIn;

    Traffic(Target target, Touched list) {
        this.target = target;
        this.list = list;
        this.loops = list.loops();
        this.slots = new AtomicIntegerArray((loops + 1) * STRIDE);
    }

    // ---- what event loops count

    /** There are that many attempts as wait in a crowd, with this one. */
    void crowded() {
        touch();
    }

    /** The head of a response came. Called on that loop. */
    void answered(int loop) {
        add(loop, HEADS);
    }

    /** An attempt was answered well, and is over. Called on that loop. */
    public void good(int loop) {
        add(loop, GOOD);
        if (streak != 0) {
            streak = 0;
        }
        touch();
    }

    /**
     * An attempt failed by the worker's fault, or its response says that the worker is unwell. Called on that loop; the control thread looks
     * at once, if none of this target's has made it look for a while.
     *
     * @param answered whether the head of its response had come
     * @param silent whether nothing came at all
     * @param now in ns
     */
    public void bad(int loop, boolean answered, boolean silent, long now) {
        add(loop, BAD);
        if (answered) {
            add(loop, CUT);
        }
        if (silent) {
            add(loop, SILENT);
        }
        STREAK.incrementAndGet(this);
        touch();
        long last = raised;
        if (last == Long.MIN_VALUE || now - last >= Touched.PERIOD) {
            raised = now;
            list.raise();
        }
    }

    /** As a bad one that is silent, because it was refused a connection. */
    public void refused(int loop, long now) {
        add(loop, REFUSED);
        bad(loop, false, true, now);
    }

    private void add(int loop, int what) {
        int at = (loop + 1) * STRIDE + what;
        slots.setRelease(at, slots.getPlain(at) + 1);
    }

    private void touch() {
        if (listed == 0) {
            list();
        }
    }

    private void list() {
        if (LISTED.compareAndSet(this, 0, 1)) {
            list.push(this);
        }
    }

    // ---- what the control thread sums

    /**
     * It was put on the list; whether it has not been looked at until now.
     *
     * @param since when the list was looked at before: it has become a crowd after that, if it is one
     */
    boolean watch(long since, long now) {
        boolean first = !watched;
        if (first) {
            watched = true;
            staysUntil = now;
            quietSince = since;
        }
        unlistedAt = Long.MAX_VALUE;
        return first;
    }

    /** Takes in what the loops have counted; whether there is something to say. */
    boolean sum(long now) {
        int heads = total(HEADS);
        int cut = total(CUT);
        int allGood = total(GOOD);
        int allBad = total(BAD);
        int allSilent = total(SILENT);
        int allRefused = total(REFUSED);
        good = allGood - seenGood;
        bad = allBad - seenBad;
        silent = allSilent - seenSilent;
        refused = allRefused - seenRefused;
        int unanswered = target.inFlight() - (heads - allGood - cut);
        if (heads != seenHeads || unanswered < CROWD) {
            quietSince = now;
        }
        waiting = now - quietSince >= QUIET;
        int ended = good + bad;
        if (ended != 0) {
            seconds.add(now, ended, bad);
        }
        if (ended > 1 || unanswered >= CROWD) {
            staysUntil = now + Touched.STILL;
        }
        seenHeads = heads;
        seenGood = allGood;
        seenBad = allBad;
        seenSilent = allSilent;
        seenRefused = allRefused;
        return ended != 0 || waiting;
    }

    private int total(int what) {
        int sum = 0;
        for (int loop = 1; loop <= loops; loop++) {
            sum += slots.getAcquire(loop * STRIDE + what);
        }
        return sum;
    }

    /** Whether it is to be looked at further. */
    boolean stays(long now) {
        boolean off = unlistedAt != Long.MAX_VALUE;
        if (now - staysUntil < 0) {
            if (off) {
                unlistedAt = Long.MAX_VALUE;
                LISTED.compareAndSet(this, 0, 1); // else a loop has put it on the list again
            }
        } else if (!off) {
            unlistedAt = now;
            listed = 0;
        } else if (now - unlistedAt >= Touched.SETTLED) {
            watched = false;
            return false;
        }
        return true;
    }

    public Target target() {
        return target;
    }

    /** Attempts that ended well between the last two sums. Control thread only, like all that follows. */
    public int newGood() {
        return good;
    }

    /** Bad ones between the last two sums. */
    public int newBad() {
        return bad;
    }

    /** Those of them that got no answer. */
    public int newSilent() {
        return silent;
    }

    /** Those of them that were refused a connection. */
    public int newRefused() {
        return refused;
    }

    /** Bad ones since the last good one. */
    public int streak() {
        return streak;
    }

    /** Whether a crowd waits, and none was answered for a while. */
    public boolean waiting() {
        return waiting;
    }

    /** The same, second by second. */
    public Seconds seconds() {
        return seconds;
    }

    // ---- what is told of it

    /** Good ones are held back from now on. */
    public void holdBack() {
        heldBack = true;
    }

    /** The next good one is told of, if they were held back. */
    public void hear() {
        heldBack = false;
    }

    public boolean isHeldBack() {
        return heldBack;
    }

    /** Since when there were only good answers around it, in ns; {@link Long#MIN_VALUE} until that was said. */
    public long restsSince() {
        return restsSince;
    }

    /** There were others, or it is not known, until then. */
    public void restsSince(long time) {
        restsSince = time;
    }

    /** The good ones between the last two sums are held back, in the window of that number: those of others are forgotten. */
    public void hold(long window) {
        if (heldIn != window) {
            heldIn = window;
            held = 0;
        }
        held += good;
    }

    /** Good ones that were held back in that window; they are no longer. */
    public int release(long window) {
        int released = heldIn == window ? held : 0;
        held = 0;
        return released;
    }
}

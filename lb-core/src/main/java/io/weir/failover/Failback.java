package io.weir.failover;

import io.weir.balancing.Line;
import io.weir.config.FailbackSettings;
import io.weir.failover.FailbackState.Phase;
import org.jspecify.annotations.Nullable;

/**
 * How one tier's traffic comes back: a state machine that limits what the tier is given, below what it could carry. It exists only while
 * there is something to remember.
 *
 * <p>The <em>limit</em> falls with the tier's capacity at once, and rises only by these rules:
 *
 * <pre>
 * from                 when                                                      to          limit
 * (nothing), SETTLED   its share is below what it should be, not below half      SPILLING    its capacity
 *                      nobody of it is enabled                                   SPILLING    0
 *                      its share is below half of what it should be              LOST        its capacity
 * SETTLED              ten holds have passed since it came back                  (nothing)   none
 * SPILLING             its capacity falls, its share is below half               LOST        its capacity
 *                      people let it serve again, and nobody of it is well       LOST        0
 *                      its capacity rises                                        RAMPING     rises
 *                      it isn't to get more than it gets                         SETTLED     none
 * LOST                 its capacity is above the limit                           STEADYING   stays
 *                      it had to be given everything before it had a verdict     SETTLED     none
 * STEADYING            its capacity changes                                      STEADYING   stays, a new interval begins
 *                      one check interval has passed                             HOLDING     stays; WAITING with failback: manual
 * HOLDING              its capacity falls, not to the limit                      STEADYING   stays
 *                      the hold has passed                                       RAMPING     rises
 * WAITING              its capacity falls, not to the limit                      STEADYING   stays
 * these three          its capacity falls to the limit                           LOST        its capacity
 *                      a person says so                                          RAMPING     rises
 * RAMPING              it answers worse than the tier that it takes over from    PAUSED      stays
 *                      its capacity changes, not to below the limit              RAMPING     rises, over another ramp
 * PAUSED               it doesn't any more, or a person says so                  RAMPING     rises, over what was left of the ramp
 * these two            its capacity falls below the limit, share below half      LOST        its capacity
 *                      the same, share not below half; or nobody is enabled      SPILLING    its capacity
 *                      the limit reaches the capacity                            SETTLED, SPILLING or LOST, as its share is
 * from STEADYING on    the other tiers can't carry the traffic                   the same    what is missing is added at once
 * </pre>
 *
 * <p>"Should" is what the tier would get if it could carry anything, all others being as they are. The hold doubles with each LOST while the
 * share comes back after a LOST or within ten holds after that, up to {@link FailbackSettings#LONGEST_HOLD}. So under whatever flapping of a
 * tier, its traffic leaves it at most 1 + T/hold times in T, unless the others can't carry it.
 *
 * <p>While workers of the tier are enabled and unproven, its traffic follows its capacity down, but no edge of a fall is taken: after a start
 * verdicts come one by one, and the first bad one doesn't tell that the tier is lost.
 */
final class Failback {
    /** Parts of the traffic below which differences are rounding. */
    static final double EPSILON = 1e-9;

    /** How often error rates are looked at while a share comes back, in ns. */
    static final long LOOK = 1_000_000_000L;

    /** Within how many holds after a return another loss counts as a relapse. */
    private static final int WATCHED_HOLDS = 10;

    /** A tier's capacity as it is now, and how far it can be trusted. */
    enum Trust {
        /** Every enabled worker has a verdict. */
        JUDGED,
        /** Some have none yet. */
        PARTLY,
        /** None has. */
        UNKNOWN,
        /** None is enabled: people took the tier out, no fault did. */
        UNSTAFFED
    }

    private final FailbackSettings settings;
    /** How long a capacity must stay as it is to be believed, in ns. */
    private final long interval;

    private Phase phase = Phase.SETTLED;
    private Line limit = Line.ALL;
    /** The capacity that the phase counts on: that of the end of a ramp. */
    private double goal = 1;
    private long since;
    /** When the phase ends by itself, or {@link FailbackState#OPEN}. While PAUSED: what is left of the ramp. */
    private long until = FailbackState.OPEN;
    private long hold;
    /** Until when another loss is a relapse. */
    private long watchedUntil = Long.MIN_VALUE;
    private boolean returning;
    private boolean forced;
    /** In this turn of planning the capacity fell below the limit. */
    private boolean fell;
    private @Nullable String excuse;

    Failback(FailbackSettings settings, long interval) {
        this.settings = settings;
        this.interval = interval;
    }

    Failback copy() {
        Failback copy = new Failback(settings, interval);
        copy.phase = phase;
        copy.limit = limit;
        copy.goal = goal;
        copy.since = since;
        copy.until = until;
        copy.hold = hold;
        copy.watchedUntil = watchedUntil;
        copy.returning = returning;
        copy.forced = forced;
        copy.excuse = excuse;
        return copy;
    }

    Phase phase() {
        return phase;
    }

    /** The most that the tier is given at {@code now}. */
    double limit(long now) {
        return phase == Phase.SETTLED ? 1 : limit.at(now);
    }

    /** By how much the limit rises each ns. */
    double growth(long now) {
        return phase == Phase.RAMPING && now < limit.end() ? (limit.to() - limit.from()) / (limit.end() - limit.start()) : 0;
    }

    /** When the limit stops rising; {@link FailbackState#OPEN} if it doesn't rise. */
    long rampEnd() {
        return phase == Phase.RAMPING ? limit.end() : FailbackState.OPEN;
    }

    /** Whether error rates matter now. */
    boolean listens() {
        return phase.comingBack() && !forced;
    }

    /** While its share comes back: why it should wait, or null if it needn't. */
    void excuse(long now, @Nullable String worse) {
        excuse = worse;
        if (phase == Phase.RAMPING && worse != null) {
            long rest = Math.max(0, limit.end() - now);
            stay(now, Phase.PAUSED, limit.at(now), rest);
        } else if (phase == Phase.PAUSED && worse == null) {
            ramp(now, until);
        }
    }

    /** Whether a person's word would change anything. */
    boolean couldComeBack() {
        return phase.heldBack() || listens();
    }

    /** A person wants it back: now, and without pauses. */
    void failBackNow(long now) {
        if (!couldComeBack()) {
            return;
        }
        if (phase.heldBack()) {
            startRamp(now);
        } else if (phase == Phase.PAUSED) {
            ramp(now, until);
        }
        forced = true;
        excuse = null;
    }

    /** Takes the edges that come with time and with the tier's own capacity. */
    void follow(long now, double capacity, Trust trust) {
        fell = false;
        if (trust == Trust.UNKNOWN || phase == Phase.SETTLED) {
            return;
        }
        boolean believed = trust != Trust.PARTLY;
        if (believed && capacity < limit(now) - EPSILON) {
            fall(now, capacity);
            return;
        }
        switch (phase) {
            case SPILLING -> {
                if (capacity > limit(now) + EPSILON) {
                    goal = capacity;
                    ramp(now, settings.ramp().toNanos());
                }
            }
            case LOST -> {
                if (capacity > limit(now) + EPSILON) {
                    steady(now, capacity);
                }
            }
            case STEADYING, HOLDING, WAITING -> keepBack(now, capacity, believed);
            case RAMPING, PAUSED -> {
                if (capacity > goal + EPSILON || (believed && capacity < goal - EPSILON)) {
                    retarget(now, capacity);
                }
            }
            case SETTLED -> {}
        }
        if (phase.comingBack() && returning) {
            watchedUntil = now + WATCHED_HOLDS * hold;
        }
    }

    /** What the others can't carry is given to the tier at once: its limit rises to {@code to}, never above its capacity. */
    void raise(long now, double to) {
        if (phase == Phase.RAMPING) {
            limit = new Line(to, Math.max(to, goal), now, Math.max(now, limit.end()));
        } else {
            limit = Line.constant(to);
        }
    }

    /**
     * Takes the edges that depend on what all tiers get.
     *
     * @param share what the tier gets
     * @param should what it would get if it could carry anything
     * @return whether there is still something to remember
     */
    boolean judge(long now, double capacity, double share, double should, Trust trust) {
        boolean wants = share < should - EPSILON;
        switch (phase) {
            case SETTLED -> {
                if (wants && (trust == Trust.JUDGED || trust == Trust.UNSTAFFED)) {
                    lose(now, capacity, share, should, trust);
                } else {
                    return now < watchedUntil;
                }
            }
            case SPILLING -> {
                if (!wants) {
                    return settle(now);
                }
                boolean letInIll = limit(now) == 0 && trust == Trust.JUDGED;
                if (fell || letInIll) {
                    lose(now, capacity, share, should, trust);
                }
            }
            case LOST -> {
                if (limit(now) >= 1 - EPSILON) {
                    return settle(now); // it was given everything while nobody knew how it is
                }
            }
            case STEADYING, HOLDING, WAITING, RAMPING, PAUSED -> {
                if (fell) {
                    lose(now, capacity, share, should, trust);
                } else if (limit(now) >= goal - EPSILON) {
                    return arrive(now, capacity, share, should);
                }
            }
        }
        return true;
    }

    FailbackState state(long now) {
        return switch (phase) {
            case SETTLED -> FailbackState.SETTLED;
            case PAUSED -> unsettled(now, FailbackState.OPEN, excuse == null ? "paused" : excuse);
            case RAMPING -> unsettled(now, limit.end(), "its share comes back evenly");
            case SPILLING -> unsettled(now, FailbackState.OPEN, limit(now) == 0 ? "nobody of it is enabled" : "it carries no more");
            case LOST -> unsettled(now, FailbackState.OPEN, "too few of its workers are well");
            case STEADYING -> unsettled(now, until, "it must stay as it is for one check interval");
            case HOLDING -> unsettled(now, until, "it must stay well for " + hold / 1_000_000_000L + " s");
            case WAITING -> unsettled(now, FailbackState.OPEN, "it waits for a person (failback: manual)");
        };
    }

    private FailbackState unsettled(long now, long end, String why) {
        return new FailbackState(phase, limit(now), since, end, why);
    }

    /** When it has to be looked at again if nothing happens; {@link FailbackState#OPEN}: never. */
    long next(long now) {
        return switch (phase) {
            case SETTLED, SPILLING, LOST, WAITING -> FailbackState.OPEN;
            case STEADYING, HOLDING -> until;
            case RAMPING -> forced ? limit.end() : Math.min(limit.end(), now + LOOK);
            case PAUSED -> now + LOOK;
        };
    }

    FailbackMemo.Entry memo(String tier, long now) {
        long rest =
                switch (phase) {
                    case STEADYING, HOLDING -> Math.max(0, until - now);
                    case RAMPING -> Math.max(0, limit.end() - now);
                    case PAUSED -> until;
                    case SETTLED, SPILLING, LOST, WAITING -> FailbackState.OPEN;
                };
        long watched = watchedUntil > now ? watchedUntil - now : 0;
        return new FailbackMemo.Entry(tier, phase, limit(now), goal, now - since, rest, hold, watched, returning, forced);
    }

    /** As one was that left this memo; what the settings say now holds from the next edge on. */
    static Failback restored(FailbackSettings settings, long interval, FailbackMemo.Entry memo, long now) {
        Failback failback = new Failback(settings, interval);
        failback.goal = memo.goal();
        failback.hold = memo.hold();
        failback.watchedUntil = memo.watched() > 0 ? now + memo.watched() : Long.MIN_VALUE;
        failback.returning = memo.returning();
        failback.forced = memo.forced();
        failback.limit = Line.constant(memo.limit());
        switch (memo.phase()) {
            case HOLDING, WAITING -> {
                if (settings.manual()) {
                    failback.enter(now, Phase.WAITING, FailbackState.OPEN);
                } else { // the whole hold for one that waited
                    failback.enter(now, Phase.HOLDING, now + Math.min(memo.rest(), memo.hold()));
                }
            }
            case STEADYING -> failback.enter(now, memo.phase(), now + memo.rest());
            case PAUSED -> failback.enter(now, memo.phase(), memo.rest());
            case RAMPING -> failback.ramp(now, memo.rest());
            case SETTLED, SPILLING, LOST -> failback.enter(now, memo.phase(), FailbackState.OPEN);
        }
        failback.since = now - memo.age();
        return failback;
    }

    private void fall(long now, double capacity) {
        if (phase == Phase.LOST) {
            limit = Line.constant(capacity);
        } else if (phase.heldBack()) {
            stay(now, Phase.LOST, capacity, FailbackState.OPEN);
        } else {
            fell = true; // judged when it is known what its share has become
            limit = Line.constant(capacity);
        }
    }

    private void keepBack(long now, double capacity, boolean believed) {
        if (believed && capacity <= limit(now) + EPSILON) {
            stay(now, Phase.LOST, capacity, FailbackState.OPEN);
        } else if (believed && capacity < goal - EPSILON) {
            steady(now, capacity);
        } else if (capacity > goal + EPSILON) {
            goal = capacity;
            if (phase == Phase.STEADYING) {
                steady(now, capacity);
            }
        }
        if (phase == Phase.STEADYING && now >= until) {
            if (settings.manual()) {
                enter(now, Phase.WAITING, FailbackState.OPEN);
            } else {
                enter(now, Phase.HOLDING, until + hold); // from when it was due, however late this turn is
            }
        }
        if (phase == Phase.HOLDING && now >= until) {
            startRamp(now);
        }
    }

    private void steady(long now, double capacity) {
        goal = capacity;
        enter(now, Phase.STEADYING, now + interval);
    }

    private void startRamp(long now) {
        returning = true;
        ramp(now, settings.ramp().toNanos());
    }

    private void retarget(long now, double capacity) {
        goal = capacity;
        long whole = settings.ramp().toNanos();
        if (phase == Phase.RAMPING) {
            long began = since;
            ramp(now, whole);
            since = began;
        } else {
            until = whole;
        }
    }

    private void ramp(long now, long length) {
        limit = new Line(limit.at(now), goal, now, now + length);
        enter(now, Phase.RAMPING, FailbackState.OPEN);
    }

    /** Its share is below what it should be. */
    private void lose(long now, double capacity, double share, double should, Trust trust) {
        boolean relapse = returning || now < watchedUntil;
        boolean half = share < should / 2 - EPSILON && trust != Trust.UNSTAFFED;
        if (half) {
            long first = settings.hold().toNanos();
            hold = relapse ? Math.min(2 * hold, Math.max(first, FailbackSettings.LONGEST_HOLD.toNanos())) : first;
            watchedUntil = Long.MIN_VALUE;
        }
        returning = false;
        forced = false;
        stay(now, half ? Phase.LOST : Phase.SPILLING, capacity, FailbackState.OPEN);
    }

    /** Its share has come back as far as its capacity goes. */
    private boolean arrive(long now, double capacity, double share, double should) {
        boolean wants = share < should - EPSILON;
        if (returning || phase.heldBack()) {
            watchedUntil = now + WATCHED_HOLDS * hold;
        }
        returning = false;
        forced = false;
        if (!wants || capacity < goal - EPSILON) { // the second: verdicts are missing, and when they have come it is judged anew
            return settle(now);
        }
        boolean half = share < should / 2 - EPSILON;
        if (half) {
            hold = Math.max(hold, settings.hold().toNanos()); // what comes from a spill has none
        }
        stay(now, half ? Phase.LOST : Phase.SPILLING, goal, FailbackState.OPEN);
        return true;
    }

    private boolean settle(long now) {
        stay(now, Phase.SETTLED, 1, FailbackState.OPEN);
        return now < watchedUntil;
    }

    private void stay(long now, Phase next, double at, long end) {
        limit = Line.constant(at);
        enter(now, next, end);
    }

    private void enter(long now, Phase next, long end) {
        if (phase != next) {
            since = now;
        }
        phase = next;
        until = end;
    }
}

package io.weir.failover;

import io.weir.balancing.Balance;
import io.weir.balancing.Line;
import io.weir.balancing.Plan;
import io.weir.config.AppSettings;
import io.weir.config.CheckSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes an app's plans for one {@link Order}: what each tier takes of the traffic, and who serves in it. A plan depends on the members'
 * states, on the time, and on what was before: traffic leaves a tier at once and comes back with care ({@link Failback}). Control thread only.
 *
 * <p>With h the share of a tier's enabled and proven workers that is available, by weight, its capacity is e = min(1, 1.4 h), and E the sum
 * of all e:
 *
 * <ul>
 *   <li>E ≥ 1: each tier takes up to e of what those before it leave ({@link Shares}), within the limit that its failback sets. Limits rise
 *       at once by what would be left over.
 *   <li>0 &lt; E &lt; 1: everybody is needed, limits don't hold, shares are e/E. A tier with h below {@code panic} is in panic: all its
 *       enabled workers serve.
 *   <li>E = 0: the first tier with an enabled worker (of a group: each, by weight) takes all in panic; with {@code panic: 0%} nobody does.
 * </ul>
 *
 * <p>A tier whose workers are all unproven has e = 1 while the order has no available worker at all, or what is available is held back by
 * failback, else 0: at a start, requests go to workers without verdict rather than nowhere. Draining, disabled and evacuated workers don't count. If no tier has an enabled worker,
 * the evacuated ones are recalled: they count as enabled, but for those that were evacuated hard.
 */
public final class FailoverPlanner {
    /** How much of its own part of the load a well worker is taken to carry when others are lost. */
    public static final double OVERLOAD = Shares.OVERLOAD;

    private final AppSettings app;
    private final Balance balance;
    private final Order order;
    /** By tier; null until a tier has something to remember, as hardly any planner of a hundred thousand has. */
    private @Nullable Failback @Nullable [] failbacks;
    private @Nullable Outlook last;
    /** A person has said that traffic is to come back, and no plan was made since. */
    private boolean told;

    public FailoverPlanner(AppSettings app, Balance balance, Order order) {
        this.app = app;
        this.balance = balance;
        this.order = order;
    }

    public Order order() {
        return order;
    }

    /** One that goes on from here by itself, to try what would happen. */
    public FailoverPlanner copy() {
        FailoverPlanner copy = new FailoverPlanner(app, balance, order);
        copy.last = last;
        copy.told = told;
        if (failbacks != null) {
            copy.failbacks = new Failback[order.tiers().size()];
            for (int i = 0; i < failbacks.length; i++) {
                Failback failback = failbacks[i];
                copy.failbacks[i] = failback == null ? null : failback.copy();
            }
        }
        return copy;
    }

    /** What a planner that comes after this one has to know. */
    public FailbackMemo memo(long now) {
        List<FailbackMemo.Entry> entries = new ArrayList<>();
        for (int i = 0; i < order.tiers().size(); i++) {
            Failback failback = failback(i);
            if (failback != null) {
                entries.add(failback.memo(order.tiers().get(i).name(), now));
            }
        }
        return entries.isEmpty() ? FailbackMemo.NONE : new FailbackMemo(entries);
    }

    /** Goes on from what another planner knew. Tiers that aren't there any more are left out. Before the first plan. */
    public void restore(FailbackMemo memo, long now) {
        for (FailbackMemo.Entry entry : memo.tiers()) {
            for (int i = 0; i < order.tiers().size(); i++) {
                if (order.tiers().get(i).name().equals(entry.tier()) && failback(i) == null) {
                    remember(i, Failback.restored(app.failover().failback(), interval(), entry, now));
                    break;
                }
            }
        }
    }

    /** A person wants traffic back where it waits, from the next plan on and without pauses. Whether any waits. */
    public boolean failBackNow() {
        for (int i = 0; i < order.tiers().size(); i++) {
            Failback failback = failback(i);
            told |= failback != null && failback.couldComeBack();
        }
        return told;
    }

    /**
     * The plan from {@code now} on, in ns on a monotonic clock that never goes back between calls. Without news it is what it was, and the
     * very same object unless a share turns.
     */
    public Outlook plan(long now, Function<Member, MemberState> states, ErrorRates errors) {
        Muster[] musters = muster(states, false);
        boolean recalled = !any(musters, Muster::staffed) && any(musters, Muster::evacuated);
        if (recalled) {
            musters = muster(states, true);
        }
        double unproven = any(musters, Muster::anyAvailable) && !holdsBackFromUnknown(now, musters) ? 0 : 1;
        double[] health = new double[musters.length];
        double[] capacity = new double[musters.length];
        for (int i = 0; i < musters.length; i++) {
            health[i] = musters[i].health(unproven);
            capacity[i] = Shares.capacity(health[i]);
        }
        listen(now, errors);
        follow(now, musters, capacity);
        judge(now, musters, capacity, rooms(now, capacity));
        return outlook(now, musters, recalled, health, capacity);
    }

    /**
     * Whether tiers that are held back are the only ones known to be well: those that nobody knows yet go before them, as after a restart,
     * where a verdict of the one that is to wait may come first.
     */
    private boolean holdsBackFromUnknown(long now, Muster[] musters) {
        if (failbacks == null) {
            return false;
        }
        double able = 0;
        double allowed = 0;
        boolean unknown = false;
        for (int i = 0; i < musters.length; i++) {
            double capacity = Shares.capacity(musters[i].health(0));
            Failback failback = failback(i);
            able += capacity;
            allowed += failback == null ? capacity : Math.min(capacity, failback.limit(now));
            unknown |= musters[i].trust() == Failback.Trust.UNKNOWN;
        }
        return unknown && Math.min(1, able) - allowed > Failback.EPSILON;
    }

    private Muster[] muster(Function<Member, MemberState> states, boolean recall) {
        Muster[] musters = new Muster[order.tiers().size()];
        for (int i = 0; i < musters.length; i++) {
            musters[i] = Muster.of(order.tiers().get(i), states, recall);
        }
        return musters;
    }

    private static boolean any(Muster[] musters, Predicate<Muster> what) {
        for (Muster muster : musters) {
            if (what.test(muster)) {
                return true;
            }
        }
        return false;
    }

    private void follow(long now, Muster[] musters, double[] capacity) {
        for (int i = 0; i < musters.length; i++) {
            Failback failback = failback(i);
            if (failback != null) {
                if (told) {
                    failback.failBackNow(now);
                }
                failback.follow(now, capacity[i], musters[i].trust());
            }
        }
        told = false;
    }

    /** Tiers whose share comes back wait while they answer worse than those that it is taken from. */
    private void listen(long now, ErrorRates errors) {
        Outlook before = last;
        for (int i = 0; i < order.tiers().size() && before != null; i++) {
            Failback failback = failback(i);
            if (failback != null && failback.listens()) {
                failback.excuse(now, worse(now, i, before.plan(), errors));
            }
        }
    }

    private @Nullable String worse(long now, int back, Plan plan, ErrorRates errors) {
        List<TierSpec> tiers = order.tiers();
        ErrorRates.Rate theirs = ErrorRates.Rate.NONE;
        for (int i = 0; i < tiers.size(); i++) {
            boolean givesAway = i > back || (i < back && tiers.get(i).sharesWith(tiers.get(back)));
            if (givesAway && plan.shares().get(i).at(now) > 0) {
                theirs = theirs.plus(errors.of(tiers.get(i)));
            }
        }
        ErrorRates.Rate own = errors.of(tiers.get(back));
        return own.worseThan(theirs)
                ? "it fails %.1f %% of its requests, those that it takes over from %.1f %%".formatted(100 * own.share(), 100 * theirs.share())
                : null;
    }

    /** What each tier may be given: its capacity within its limit. Limits rise where the traffic would find no room. */
    private double[] rooms(long now, double[] capacity) {
        double[] room = capacity.clone();
        if (failbacks == null) {
            return room;
        }
        for (int i = 0; i < room.length; i++) {
            Failback failback = failback(i);
            room[i] = failback == null ? capacity[i] : Math.min(capacity[i], failback.limit(now));
        }
        double missing = Math.min(1, Shares.sum(capacity)) - Shares.sum(room);
        if (missing > Failback.EPSILON) {
            double[] spare = new double[room.length];
            Arrays.setAll(spare, i -> capacity[i] - room[i]);
            double[] more = Shares.fill(order.tiers(), missing, spare);
            for (int i = 0; i < room.length; i++) {
                Failback failback = failback(i);
                if (failback != null && more[i] > 0) {
                    room[i] += more[i];
                    failback.raise(now, room[i]);
                }
            }
        }
        return room;
    }

    private void judge(long now, Muster[] musters, double[] capacity, double[] room) {
        double[] shares = shares(capacity, room);
        for (int i = 0; i < room.length; i++) {
            Failback failback = failback(i);
            if (failback == null && capacity[i] >= 1) {
                continue; // it gets all that there is for it
            }
            double should = should(i, room);
            Failback.Trust trust = musters[i].trust();
            if (failback != null) {
                if (!failback.judge(now, capacity[i], shares[i], should, trust)) {
                    remember(i, null);
                }
            } else if (shares[i] < should - Failback.EPSILON && room.length > 1) { // one alone always gets all: nothing can come back
                Failback beginning = new Failback(app.failover().failback(), interval());
                if (beginning.judge(now, capacity[i], shares[i], should, trust)) {
                    remember(i, beginning);
                }
            }
        }
    }

    /** What that tier would get if it could carry anything, all others being as they are. */
    private double should(int tier, double[] room) {
        double[] able = room.clone();
        able[tier] = 1;
        return Shares.fill(order.tiers(), 1, able)[tier];
    }

    /** What each tier takes now; nothing if none can carry anything. */
    private double[] shares(double[] capacity, double[] room) {
        double all = Shares.sum(capacity);
        return all == 0 || enough(all) ? Shares.fill(order.tiers(), 1, room) : Arrays.stream(capacity).map(e -> e / all).toArray();
    }

    private static boolean enough(double all) {
        return all >= 1 - Failback.EPSILON;
    }

    private Outlook outlook(long now, Muster[] musters, boolean recalled, double[] health, double[] capacity) {
        boolean[] panic = new boolean[musters.length];
        Line[] shares = new Line[musters.length];
        long turn = lay(now, musters, health, capacity, panic, shares);
        Draft draft = new Draft(now, last, app.health().slowStart(), balance);
        draft.turnsAt(turn);
        for (int i = 0; i < musters.length; i++) {
            Failback failback = failback(i);
            if (failback != null) {
                draft.turnsAt(failback.next(now));
            }
            TierSpec spec = order.tiers().get(i);
            draft.add(
                    spec,
                    musters[i],
                    new TierOutlook(
                            spec.name(),
                            spec.region(),
                            musters[i].enabled().size(),
                            musters[i].proven(),
                            musters[i].available(),
                            health[i],
                            capacity[i],
                            panic[i],
                            failback == null ? FailbackState.SETTLED : failback.state(now),
                            draft.asBefore(i, shares[i])));
        }
        last = draft.outlook(recalled);
        return last;
    }

    /** Fills in who is in panic and what each takes; returns when shares turn. */
    private long lay(long now, Muster[] musters, double[] health, double[] capacity, boolean[] panic, Line[] shares) {
        double trusted = app.failover().panic();
        double all = Shares.sum(capacity);
        if (all > 0 && enough(all)) {
            return layGrowing(now, capacity, shares);
        }
        double[] still;
        if (all > 0) {
            still = Arrays.stream(capacity).map(e -> e / all).toArray();
            for (int i = 0; i < panic.length; i++) {
                panic[i] = health[i] < trusted && musters[i].staffed();
            }
        } else {
            double[] staffed = new double[musters.length];
            Arrays.setAll(staffed, i -> musters[i].staffed() && trusted > 0 ? 1 : 0);
            still = Shares.fill(order.tiers(), 1, staffed);
            for (int i = 0; i < panic.length; i++) {
                panic[i] = still[i] > 0;
            }
        }
        Arrays.setAll(shares, i -> constant(still[i]));
        return Outlook.NEVER;
    }

    private long layGrowing(long now, double[] capacity, Line[] shares) {
        double[] room = capacity.clone();
        double[] growth = new double[room.length];
        double turn = Double.POSITIVE_INFINITY;
        for (int i = 0; i < room.length; i++) {
            Failback failback = failback(i);
            if (failback != null) {
                double limit = failback.limit(now);
                room[i] = Math.min(capacity[i], limit);
                if (limit < capacity[i] && failback.growth(now) > 0) {
                    growth[i] = failback.growth(now);
                    turn = Math.min(turn, Math.min((double) (failback.rampEnd() - now), Math.ceil((capacity[i] - limit) / growth[i])));
                }
            }
        }
        Shares laid = Shares.growing(order.tiers(), 1, room, growth);
        double length = Math.max(1, Math.min(turn, Math.ceil(laid.turn())));
        Arrays.setAll(shares, i -> laid.slope(i) == 0
                ? constant(laid.of(i))
                : new Line(laid.of(i), Math.clamp(laid.of(i) + laid.slope(i) * length, 0, 1), now, now + (long) length));
        return Double.isInfinite(length) ? Outlook.NEVER : now + (long) length;
    }

    private static Line constant(double share) {
        return share == 0 ? Line.NONE : share == 1 ? Line.ALL : Line.constant(share);
    }

    private @Nullable Failback failback(int tier) {
        return failbacks == null ? null : failbacks[tier];
    }

    private void remember(int tier, @Nullable Failback failback) {
        if (failbacks == null) {
            failbacks = new Failback[order.tiers().size()];
        }
        failbacks[tier] = failback;
        if (Arrays.stream(failbacks).allMatch(Objects::isNull)) {
            failbacks = null;
        }
    }

    /** How long a capacity must stay as it is to be believed, in ns. */
    private long interval() {
        CheckSettings check = app.health().check();
        return (check == null ? CheckSettings.DEFAULT : check).interval().toNanos();
    }
}
